// The prompts this server offers: the workflows that administrators of Zoho Meeting ask for most.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "edge/catalogue.h"
#include "mesh/auth/v1/mcp_servers.pb.h"

namespace mesh::frontend {

// What the value of an argument is the name of, in the live account.
enum class NameKind { kNone, kDepartment, kPerson };

struct PromptArgument {
  std::string name = {};
  std::string title = {};
  std::string description = {};
  bool required = false;
  NameKind completes = NameKind::kNone;
  // Where it is not given.
  std::string fallback = {};
};

struct Prompt {
  std::string name = {};
  std::string title = {};
  std::string description = {};
  std::vector<PromptArgument> arguments = {};
  // Tools without which it cannot be followed.
  std::vector<std::string> tools = {};
  // What the user says, with `{argument}` in place of values.
  std::string text = {};
};

// By name.
const std::vector<Prompt>& Prompts();

// nullptr where there is none.
const Prompt* FindPrompt(absl::string_view name);

// Whether an MCP server of this `config` may call what the prompt needs.
bool Offers(const edge::Catalogue& catalogue, const auth::v1::McpServerConfig& config,
            const Prompt& prompt);

// As `prompts/list` shows it.
std::string PromptJson(const Prompt& prompt);

struct RenderedPrompt {
  // Members of the result of `prompts/get`.
  std::string members = {};
  // What is wrong with the arguments; empty where there are members.
  std::string wrong = {};
};

// `arguments_json` is one JSON object, or empty.
RenderedPrompt Render(const Prompt& prompt, const std::string& arguments_json);

}  // namespace mesh::frontend
