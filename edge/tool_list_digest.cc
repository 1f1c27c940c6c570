#include "edge/tool_list_digest.h"

#include "absl/strings/str_cat.h"

#include "common/base/hash.h"
#include "edge/policy.h"

namespace mesh::edge {

std::string ToolListDigest(const Catalogue& catalogue, const auth::v1::McpServerConfig& config) {
  std::string shown;
  for (const tools::v1::Tool& tool : catalogue.tools()) {
    if (!Allows(config, tool)) continue;
    // Each behind its length, so that no two lists are the same text.
    for (const std::string* text : {&tool.name(), &tool.title(), &tool.description(),
                                    &tool.input_schema_json(), &tool.output_schema_json()}) {
      absl::StrAppend(&shown, text->size(), ":", *text);
    }
    absl::StrAppend(&shown, tool.read_only(), tool.destructive(), tool.idempotent(),
                    tool.open_world());
  }
  return Sha256Hex(shown);
}

}  // namespace mesh::edge
