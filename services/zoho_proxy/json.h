// The two JSON types of this service, as forward declarations.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace mesh::zoho_proxy {

// Keeps the order of keys: documents and schemas, which a model reads from the top.
using Json = nlohmann::ordered_json;

// What valijson validates: a call's arguments and what is built from them.
using Arguments = nlohmann::json;

}  // namespace mesh::zoho_proxy
