#include "services/mcp_frontend/mcp/methods.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

namespace mesh::mcp {
namespace {

using nlohmann::json;

// The arguments as one JSON object, empty for none; nullopt where they are something else.
std::optional<std::string> ArgumentsOf(const RawArguments& arguments) {
  switch (arguments.form) {
    case RawArguments::Form::kAbsent:
      return std::string();
    case RawArguments::Form::kObject:
      return arguments.text;
    case RawArguments::Form::kString: {
      const absl::string_view inside = absl::StripAsciiWhitespace(arguments.text);
      if (!inside.empty() && !absl::StartsWith(inside, "{")) return std::nullopt;
      return std::string(inside);
    }
    case RawArguments::Form::kOther:
      break;
  }
  return std::nullopt;
}

// Serves a call with a name and arguments, which the server may interrupt for a question.
template <typename Call, typename Begin>
void ServeCall(const Revision& revision, const Incoming& incoming, ClientWishes client,
               absl::string_view of, Begin begin) {
  const Message& message = incoming.message;
  if (!message.name.has_value()) {
    return incoming.answer->Error(
        InvalidParams(absl::StrCat("`name` must be the name of a ", of, ".")));
  }
  std::optional<std::string> arguments = ArgumentsOf(message.arguments);
  if (!arguments.has_value()) {
    return incoming.answer->Error(InvalidParams("`arguments` must be an object."));
  }
  const std::string subject = absl::StrCat(message.method, "\n", *message.name, "\n", *arguments);
  Call call{
      .name = *message.name, .arguments_json = *std::move(arguments), .client = std::move(client)};
  revision.Converse(incoming, subject,
                    [begin = std::move(begin), call = std::move(call)](
                        Inputs inputs, std::shared_ptr<Answer> answer) mutable {
                      Call turn = call;
                      turn.inputs = std::move(inputs);
                      begin(std::move(turn), std::move(answer));
                    });
}

// A member of type string, or empty.
std::string Text(const json& object, const char* key) {
  if (!object.is_object()) return {};
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void Complete(const Revision& revision, const Incoming& incoming) {
  const json params = json::parse(incoming.message.params, nullptr, /*allow_exceptions=*/false);
  const json none = json::object();
  const json& ref = params.is_object() && params.contains("ref") ? params["ref"] : none;
  const json& argument =
      params.is_object() && params.contains("argument") ? params["argument"] : none;
  CompletionCall call{.argument = Text(argument, "name"), .value = Text(argument, "value")};
  const std::string type = Text(ref, "type");
  if (type == "ref/prompt") call.prompt = Text(ref, "name");
  if (type == "ref/resource") call.uri_template = Text(ref, "uri");
  if (call.prompt.empty() && call.uri_template.empty()) {
    return incoming.answer->Error(
        InvalidParams("`ref` must name a prompt (ref/prompt, name) or a resource template "
                      "(ref/resource, uri)."));
  }
  if (call.argument.empty()) {
    return incoming.answer->Error(InvalidParams("`argument` must have a `name` and a `value`."));
  }
  incoming.tenant->Complete(revision, incoming.context, std::move(call), incoming.answer);
}

void Read(const Revision& revision, const Incoming& incoming) {
  if (!incoming.message.uri.has_value()) {
    return incoming.answer->Error(InvalidParams("`uri` must be the URI of a resource."));
  }
  incoming.tenant->ReadResource(revision, incoming.context, *incoming.message.uri, incoming.answer);
}

using List = void (Tenant::*)(const Revision&, std::shared_ptr<Answer>);

List ListOf(absl::string_view method) {
  if (method == "tools/list") return &Tenant::ListTools;
  if (method == "prompts/list") return &Tenant::ListPrompts;
  if (method == "resources/list") return &Tenant::ListResources;
  if (method == "resources/templates/list") return &Tenant::ListResourceTemplates;
  return nullptr;
}

}  // namespace

bool ServeShared(const Revision& revision, const Incoming& incoming, ClientWishes client) {
  const std::string& method = incoming.message.method;
  const std::shared_ptr<Tenant>& tenant = incoming.tenant;
  if (method == "tools/call") {
    ServeCall<ToolCall>(revision, incoming, std::move(client), "tool",
                        [&revision, tenant, context = incoming.context](
                            ToolCall call, std::shared_ptr<Answer> answer) {
                          tenant->CallTool(revision, context, std::move(call), std::move(answer));
                        });
  } else if (method == "prompts/get") {
    ServeCall<PromptCall>(revision, incoming, std::move(client), "prompt",
                          [&revision, tenant, context = incoming.context](
                              PromptCall call, std::shared_ptr<Answer> answer) {
                            tenant->GetPrompt(revision, context, std::move(call),
                                              std::move(answer));
                          });
  } else if (const List list = ListOf(method); list != nullptr) {
    // All there is stands on the first page, so no cursor was ever given.
    if (incoming.message.has_cursor) {
      incoming.answer->Error(InvalidParams("`cursor` is not one that this server gave."));
    } else {
      (*tenant.*list)(revision, incoming.answer);
    }
  } else if (method == "resources/read") {
    Read(revision, incoming);
  } else if (method == "completion/complete") {
    Complete(revision, incoming);
  } else {
    return false;
  }
  return true;
}

}  // namespace mesh::mcp
