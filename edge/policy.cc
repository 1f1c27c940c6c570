#include "edge/policy.h"

#include <algorithm>
#include <set>

#include "absl/algorithm/container.h"
#include "absl/strings/str_join.h"

namespace mesh::edge {
namespace {

using tools::v1::Tool;

struct Word {
  const char* name;
  bool (*covers)(const Tool& tool);
};

bool Reads(const Tool& tool) {
  return tool.method() == Tool::LIST || tool.method() == Tool::GET ||
         (tool.method() == Tool::CUSTOM && tool.read_only());
}

bool Writes(const Tool& tool) {
  return tool.method() == Tool::CREATE || tool.method() == Tool::UPDATE ||
         tool.method() == Tool::DELETE || (tool.method() == Tool::CUSTOM && !tool.read_only());
}

template <Tool::Method method>
bool Is(const Tool& tool) {
  return tool.method() == method;
}

constexpr Word kWords[] = {
    {"read", Reads},
    {"write", Writes},
    {"custom", Is<Tool::CUSTOM>},
    {"get", Is<Tool::GET>},
    {"list", Is<Tool::LIST>},
    {"create", Is<Tool::CREATE>},
    {"update", Is<Tool::UPDATE>},
    {"delete", Is<Tool::DELETE>},
};

// A word that is not known covers nothing, so a newer store does not widen what an old replica
// allows.
bool Covers(absl::string_view name, const Tool& tool) {
  return absl::c_any_of(kWords,
                        [&](const Word& word) { return name == word.name && word.covers(tool); });
}

}  // namespace

bool Allows(const auth::v1::McpServerConfig& config, const Tool& tool) {
  const bool method =
      config.methods().empty() ||
      absl::c_any_of(config.methods(), [&](const std::string& name) { return Covers(name, tool); });
  const bool tag =
      config.tags().empty() || absl::c_any_of(config.tags(), [&](const std::string& name) {
        return absl::c_linear_search(tool.tags(), name);
      });
  return method && tag;
}

bool NeedsApproval(const auth::v1::McpServerConfig& config, const Tool& tool) {
  if (tool.read_only()) return false;
  switch (config.approval()) {
    case auth::v1::McpServerConfig::NONE:
      return false;
    case auth::v1::McpServerConfig::DESTRUCTIVE:
      return tool.destructive();
    default:
      // What a newer store knows and this replica does not asks for no less.
      return true;
  }
}

bool IsMethodWord(absl::string_view word) {
  return absl::c_any_of(kWords, [&](const Word& known) { return word == known.name; });
}

std::string MethodWords() {
  return absl::StrJoin(kWords, ", ",
                       [](std::string* out, const Word& word) { out->append(word.name); });
}

std::string FilterKey(const auth::v1::McpServerConfig& config) {
  const std::set<std::string> methods(config.methods().begin(), config.methods().end());
  const std::set<std::string> tags(config.tags().begin(), config.tags().end());
  // Neither separator can be part of a word: both are control characters.
  return absl::StrJoin(methods, "\x1f") + "\x1e" + absl::StrJoin(tags, "\x1f");
}

}  // namespace mesh::edge
