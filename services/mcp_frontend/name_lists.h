// Names of departments and people of a connected account, read by the same tools as everything
// else and held for a minute: for completing what a person types.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/clock.h"
#include "common/rpc/call_group.h"
#include "edge/resolution_cache.h"
#include "mesh/tools/v1/tools.grpc.pb.h"
#include "services/mcp_frontend/prompts.h"

namespace mesh::frontend {

// The tool that tells the names of a kind.
absl::string_view ToolOf(NameKind kind);

// Those of `names` that a person may mean by `typed`, whatever the case: first those that begin
// with it, then those with a word that does. `limit` of them at most.
std::vector<std::string> Matching(const std::vector<std::string>& names, absl::string_view typed,
                                  size_t limit, size_t& total);

// Thread-safe. Every fetch under way must end before this is destroyed.
class NameLists {
 public:
  using Names = std::shared_ptr<const std::vector<std::string>>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<Names>) &&>;

  NameLists(const Clock& clock, tools::v1::ToolService::StubInterface& tools,
            rpc::CallGroup& calls);

  // Sorted, each once; at most those of five pages. Fails like the tool.
  void Get(NameKind kind, const std::string& account, Done done);

 private:
  edge::ResolutionCache<std::vector<std::string>> cache_;
};

}  // namespace mesh::frontend
