#include "gateway/scopes.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"

namespace mesh::gateway {

bool ScopeCovers(absl::string_view granted, absl::string_view needed) {
  if (absl::EqualsIgnoreCase(granted, needed)) return true;
  const size_t dot = needed.rfind('.');
  return dot != absl::string_view::npos && granted.size() == dot + 4 &&
         absl::StartsWithIgnoreCase(granted, needed.substr(0, dot + 1)) &&
         absl::EndsWithIgnoreCase(granted, "ALL");
}

std::set<std::string> NeededScopes(const ToolList& tools) {
  std::set<std::string> scopes;
  for (const tools::v1::Tool& tool : tools) {
    scopes.insert(tool.scopes().begin(), tool.scopes().end());
  }
  return scopes;
}

std::vector<MissingScope> MissingScopes(const auth::v1::Account& account, const ToolList& tools) {
  std::map<std::string, std::vector<std::string>> missing;
  if (!account.scopes().empty()) {
    for (const tools::v1::Tool& tool : tools) {
      for (const std::string& needed : tool.scopes()) {
        const auto covers = [&](const std::string& scope) { return ScopeCovers(scope, needed); };
        if (std::none_of(account.scopes().begin(), account.scopes().end(), covers)) {
          missing[needed].push_back(tool.name());
        }
      }
    }
  }
  std::vector<MissingScope> result;
  for (auto& [scope, names] : missing) {
    result.push_back({.scope = scope, .tools = std::move(names)});
  }
  return result;
}

}  // namespace mesh::gateway
