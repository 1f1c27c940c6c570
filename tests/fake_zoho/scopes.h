// OAuth scopes as Zoho writes and compares them. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace fake_zoho {

// The scopes in `text`, which are separated by commas or spaces.
std::vector<std::string> SplitScopes(absl::string_view text);

// Every scope that the endpoints of this program ask for.
const std::vector<std::string>& AllScopes();

// Whether Zoho knows the scope; letters' case does not matter, and `ALL` stands for any operation.
bool IsKnownScope(absl::string_view scope);

// Whether `granted` allows `needed`: all of its parts between commas, of each any one between bars
// (`A.b.READ|C.b.READ,D.e.READ`). A granted `A.b.ALL` allows `A.b.READ`.
bool Allows(const std::vector<std::string>& granted, absl::string_view needed);

}  // namespace fake_zoho
