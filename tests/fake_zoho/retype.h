// Ids and durations as numbers or as strings: Zoho writes both. Pure.
#pragma once

#include <string>

#include "nlohmann/json_fwd.hpp"

namespace fake_zoho {

// Makes every id, duration and offset in `body` a string (`strings`) or a number (`numbers`), and
// leaves them alone for anything else.
void Retype(const std::string& type, nlohmann::ordered_json& body);

}  // namespace fake_zoho
