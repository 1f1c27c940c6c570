// What an account's OAuth scopes allow, held against what the tools need. Pure.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "mesh/auth/v1/accounts.pb.h"
#include "mesh/tools/v1/tools.pb.h"

namespace mesh::gateway {

using ToolList = google::protobuf::RepeatedPtrField<tools::v1::Tool>;

// Whether `granted` is `needed`, or its `ALL`. Case does not matter.
bool ScopeCovers(absl::string_view granted, absl::string_view needed);

// Every scope that a tool needs, sorted.
std::set<std::string> NeededScopes(const ToolList& tools);

// A scope that was not granted, and the tools that cannot be called without it.
struct MissingScope {
  std::string scope = {};
  std::vector<std::string> tools = {};
};

// By scope. Empty also where Zoho did not tell what it granted.
std::vector<MissingScope> MissingScopes(const auth::v1::Account& account, const ToolList& tools);

}  // namespace mesh::gateway
