#include "services/mcp_frontend/tool_lists.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

#include "edge/policy.h"
#include "edge/tool_list_digest.h"
#include "services/mcp_frontend/mcp/json_text.h"

namespace mesh::frontend {
namespace {

// Filters are few; whoever makes many of them costs others a serialisation, not memory.
constexpr size_t kMaxLists = 1024;

// For how long a client may keep a list: the catalogue changes with a release.
constexpr absl::Duration kKeepList = absl::Minutes(1);

void AppendTool(std::string& out, const tools::v1::Tool& tool) {
  const auto hint = [](bool value) { return value ? "true" : "false"; };
  absl::StrAppend(&out, R"({"name":)", mcp::JsonString(tool.name()), R"(,"title":)",
                  mcp::JsonString(tool.title()), R"(,"description":)",
                  mcp::JsonString(tool.description()), R"(,"inputSchema":)",
                  tool.input_schema_json());
  if (!tool.output_schema_json().empty()) {
    absl::StrAppend(&out, R"(,"outputSchema":)", tool.output_schema_json());
  }
  absl::StrAppend(&out, R"(,"annotations":{"title":)", mcp::JsonString(tool.title()),
                  R"(,"readOnlyHint":)", hint(tool.read_only()), R"(,"destructiveHint":)",
                  hint(tool.destructive()), R"(,"idempotentHint":)", hint(tool.idempotent()),
                  R"(,"openWorldHint":)", hint(tool.open_world()), "}}");
}

absl::Cord Serialise(const edge::Catalogue& catalogue, const auth::v1::McpServerConfig& config,
                     const mcp::Revision& revision) {
  std::string members = R"("tools":[)";
  bool first = true;
  for (const tools::v1::Tool& tool : catalogue.tools()) {
    if (!edge::Allows(config, tool)) continue;
    if (!std::exchange(first, false)) members += ",";
    AppendTool(members, tool);
  }
  members += "]";
  return revision.Write({.members = absl::Cord(std::move(members)), .keep = kKeepList});
}

}  // namespace

ToolList ToolLists::Get(const edge::Catalogue& catalogue, const auth::v1::McpServerConfig& config,
                        const mcp::Revision& revision) {
  const std::string key = absl::StrCat(revision.label(), "\x1d", edge::FilterKey(config));
  {
    const std::lock_guard lock(mu_);
    if (digest_ != catalogue.digest()) {
      digest_ = catalogue.digest();
      lists_.clear();
    }
    if (const auto found = lists_.find(key); found != lists_.end()) return found->second;
  }
  ToolList list{.json = Serialise(catalogue, config, revision),
                .digest = edge::ToolListDigest(catalogue, config)};
  const std::lock_guard lock(mu_);
  if (digest_ != catalogue.digest()) return list;
  if (lists_.size() >= kMaxLists) lists_.erase(lists_.begin());
  return lists_.emplace(key, std::move(list)).first->second;
}

}  // namespace mesh::frontend
