#include "services/mcp_frontend/conformance/fixtures.h"

#include <functional>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include <nlohmann/json.hpp>

#include "services/mcp_frontend/conformance/fixture_media.h"
#include "services/mcp_frontend/conformance/fixture_schemas.h"
#include "services/mcp_frontend/mcp/notifications.h"
#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::conformance {
namespace {

using mcp::Answer;
using mcp::InputNeeded;
using mcp::InputRequest;
using mcp::Revision;
using nlohmann::json;

constexpr absl::Duration kKeep = absl::Minutes(5);

// Between two things that a slow tool says.
constexpr absl::Duration kPause = absl::Milliseconds(50);

// One call of a tool, or its continuation.
struct Turn {
  Fixtures& fixtures;
  const Revision& revision;
  mcp::ToolCall call = {};
  std::shared_ptr<Answer> answer = {};

  json arguments() const { return Object(call.arguments_json); }
  json responses() const { return Object(call.inputs.responses_json); }
  json capabilities() const { return Object(call.client.capabilities_json); }

  // Its result: `content` is the array.
  void Finish(const json& content, bool is_error = false) const {
    std::string members = absl::StrCat(R"("content":)", content.dump());
    if (is_error) members += R"(,"isError":true)";
    answer->Result(revision.Write({.members = absl::Cord(std::move(members))}));
  }
  void FinishText(absl::string_view text) const { Finish(json::array({TextOf(text)})); }

  static json TextOf(absl::string_view text) {
    return {{"type", "text"}, {"text", std::string(text)}};
  }

 private:
  static json Object(const std::string& text) {
    json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
    return value.is_object() ? value : json::object();
  }
};

json Image() { return {{"type", "image"}, {"data", kPng}, {"mimeType", "image/png"}}; }

json EmbeddedResource(const std::string& uri, const char* type, const std::string& text) {
  return {{"type", "resource"}, {"resource", {{"uri", uri}, {"mimeType", type}, {"text", text}}}};
}

std::string StringAt(const json& value, const json::json_pointer& path) {
  if (!value.contains(path) || !value.at(path).is_string()) return {};
  return value.at(path).get<std::string>();
}

// A form with one field.
InputRequest Form(const std::string& key, const std::string& message, const std::string& field,
                  const char* type) {
  const json params = {{"message", message},
                       {"requestedSchema",
                        {{"type", "object"},
                         {"properties", {{field, {{"type", type}}}}},
                         {"required", json::array({field})}}}};
  return {.key = key, .method = "elicitation/create", .params_json = params.dump()};
}

InputRequest FormOf(const std::string& key, const std::string& message, const char* schema) {
  const json params = {{"message", message}, {"requestedSchema", json::parse(schema)}};
  return {.key = key, .method = "elicitation/create", .params_json = params.dump()};
}

InputRequest Sampling(const std::string& key, const std::string& text, int max_tokens) {
  const json params = {
      {"messages", json::array({{{"role", "user"}, {"content", Turn::TextOf(text)}}})},
      {"maxTokens", max_tokens}};
  return {.key = key, .method = "sampling/createMessage", .params_json = params.dump()};
}

InputRequest Roots(const std::string& key) { return {.key = key, .method = "roots/list"}; }

// --- Tools that answer at once
// --------------------------------------------------------------------

void SimpleText(const Turn& turn) {
  turn.FinishText("This is a simple text response for testing.");
}

void ImageContent(const Turn& turn) { turn.Finish(json::array({Image()})); }

void AudioContent(const Turn& turn) {
  turn.Finish(json::array({{{"type", "audio"}, {"data", kWav}, {"mimeType", "audio/wav"}}}));
}

void Embedded(const Turn& turn) {
  turn.Finish(json::array({EmbeddedResource("test://embedded-resource", "text/plain",
                                            "This is an embedded resource content.")}));
}

void Mixed(const Turn& turn) {
  turn.Finish(json::array({Turn::TextOf("Multiple content types test:"), Image(),
                           EmbeddedResource("test://mixed-content-resource", "application/json",
                                            R"({"test":"data","value":123})")}));
}

void Failing(const Turn& turn) {
  turn.Finish(json::array({Turn::TextOf("This tool intentionally returns an error for testing")}),
              /*is_error=*/true);
}

void Echo(const Turn& turn) { turn.FinishText(turn.arguments().dump()); }

void MissingCapability(const Turn& turn) {
  if (!turn.capabilities().contains("sampling")) {
    return turn.answer->Error(mcp::CapabilityMissing("sampling"));
  }
  turn.FinishText("The client can sample.");
}

void ChangeTools(const Turn& turn) {
  turn.fixtures.listeners().Tell(turn.fixtures.id(), {.tools = true});
  turn.FinishText("The tools have changed.");
}

void ChangePrompts(const Turn& turn) {
  turn.fixtures.listeners().Tell(turn.fixtures.id(), {.prompts = true});
  turn.FinishText("The prompts have changed.");
}

// --- Tools that say something on the way
// ----------------------------------------------------------

// Says each of `steps` after a pause, and then `last`.
void SayOneByOne(const Turn& turn, std::vector<std::function<void(const Turn&)>> steps, size_t next,
                 std::string last) {
  if (next == steps.size()) return turn.FinishText(last);
  steps[next](turn);
  turn.fixtures.timer().Post(kPause,
                             [turn, steps = std::move(steps), next, last = std::move(last)] {
                               SayOneByOne(turn, steps, next + 1, last);
                             });
}

void WithLogging(const Turn& turn) {
  std::vector<std::function<void(const Turn&)>> steps;
  for (const char* text :
       {"Tool execution started", "Tool processing data", "Tool execution completed"}) {
    steps.emplace_back(
        [text](const Turn& of) { SendLog(*of.answer, of.call.client, "info", json(text).dump()); });
  }
  SayOneByOne(turn, std::move(steps), 0, "Tool with logging executed successfully");
}

void WithProgress(const Turn& turn) {
  std::vector<std::function<void(const Turn&)>> steps;
  for (const int progress : {0, 50, 100}) {
    steps.emplace_back([progress](const Turn& of) {
      ReportProgress(*of.answer, of.call.client, progress, 100,
                     absl::StrCat("Completed step ", progress, " of 100"));
    });
  }
  SayOneByOne(turn, std::move(steps), 0, turn.call.client.progress_token);
}

void Reconnection(const Turn& turn) {
  turn.answer->Detach();
  turn.fixtures.timer().Post(2 * kPause, [turn] { turn.FinishText("The client came back."); });
}

// --- Tools that ask the client
// --------------------------------------------------------------------

// Whether the client has answered `key` with an object.
bool Answered(const json& responses, const std::string& key) {
  return responses.contains(key) && responses[key].is_object();
}

void AskSampling(const Turn& turn) {
  const json responses = turn.responses();
  if (!Answered(responses, "sample")) {
    return turn.answer->NeedInput(
        {.requests = {
             Sampling("sample", StringAt(turn.arguments(), "/prompt"_json_pointer), 100)}});
  }
  turn.FinishText(
      absl::StrCat("LLM response: ", StringAt(responses, "/sample/content/text"_json_pointer)));
}

// Asks for a form once, and shows what came back.
void AskForm(const Turn& turn, const char* label, InputRequest form) {
  const json responses = turn.responses();
  const std::string key = form.key;
  if (!Answered(responses, key)) {
    return turn.answer->NeedInput({.requests = {std::move(form)}});
  }
  const json& response = responses[key];
  turn.FinishText(absl::StrCat(label, ": action=", response.value("action", ""), ", content=",
                               response.contains("content") ? response["content"].dump() : "{}"));
}

void AskElicitation(const Turn& turn) {
  AskForm(
      turn, "User response",
      Form("answer", StringAt(turn.arguments(), "/message"_json_pointer), "response", "string"));
}

void AskDefaults(const Turn& turn) {
  AskForm(turn, "Elicitation completed",
          FormOf("form", "Please look through the defaults", kDefaultsForm));
}

void AskEnums(const Turn& turn) {
  AskForm(turn, "Elicitation completed", FormOf("form", "Please choose", kEnumsForm));
}

void StreamingElicitation(const Turn& turn) {
  ReportProgress(*turn.answer, turn.call.client, 50, 100, "Half of it");
  turn.FinishText("Streaming complete");
}

void LoggingTool(const Turn& turn) {
  SendLog(*turn.answer, turn.call.client, "info", R"("Diagnostic trace logging activated")");
  turn.FinishText("Logging evaluated");
}

void InputElicitation(const Turn& turn) {
  const json responses = turn.responses();
  if (!Answered(responses, "user_name")) {
    return turn.answer->NeedInput(
        {.requests = {Form("user_name", "What is your name?", "name", "string")}});
  }
  turn.FinishText(
      absl::StrCat("Hello, ", StringAt(responses, "/user_name/content/name"_json_pointer), "!"));
}

void InputSampling(const Turn& turn) {
  const json responses = turn.responses();
  if (!Answered(responses, "capital_question")) {
    return turn.answer->NeedInput(
        {.requests = {Sampling("capital_question", "What is the capital of France?", 100)}});
  }
  turn.FinishText(absl::StrCat("Sampling result: ",
                               StringAt(responses, "/capital_question/content/text"_json_pointer)));
}

size_t CountRoots(const json& responses, const std::string& key) {
  return responses[key].contains("roots") ? responses[key]["roots"].size() : 0;
}

void InputRoots(const Turn& turn) {
  const json responses = turn.responses();
  if (!Answered(responses, "client_roots")) {
    return turn.answer->NeedInput({.requests = {Roots("client_roots")}});
  }
  turn.FinishText(absl::StrCat("Found ", CountRoots(responses, "client_roots"), " root(s)"));
}

// Asks for a confirmation, and wants its own state back with it.
void Confirm(const Turn& turn, const char* state, const char* text) {
  if (turn.call.inputs.state != state || !Answered(turn.responses(), "confirm")) {
    return turn.answer->NeedInput(
        {.requests = {Form("confirm", "Please confirm", "ok", "boolean")}, .state = state});
  }
  turn.FinishText(text);
}

void InputState(const Turn& turn) {
  Confirm(turn, "request-state", "state-ok: the state came back");
}

void InputTamperedState(const Turn& turn) {
  Confirm(turn, "tamper-test", "integrity-ok: the state came back unchanged");
}

void InputMultiple(const Turn& turn) {
  const json responses = turn.responses();
  if (turn.call.inputs.state != "multiple-inputs" || !Answered(responses, "user_name") ||
      !Answered(responses, "greeting") || !Answered(responses, "client_roots")) {
    return turn.answer->NeedInput(
        {.requests = {Form("user_name", "What is your name?", "name", "string"),
                      Sampling("greeting", "Generate a greeting", 50), Roots("client_roots")},
         .state = "multiple-inputs"});
  }
  turn.FinishText(
      absl::StrCat("Name: ", StringAt(responses, "/user_name/content/name"_json_pointer),
                   "; Greeting: ", StringAt(responses, "/greeting/content/text"_json_pointer),
                   "; Roots: ", CountRoots(responses, "client_roots")));
}

void InputMultiRound(const Turn& turn) {
  const json responses = turn.responses();
  absl::string_view state = turn.call.inputs.state;
  if (absl::ConsumePrefix(&state, "2:") && Answered(responses, "step2")) {
    return turn.FinishText(absl::StrCat("Multi-round complete for ", state, " who likes ",
                                        StringAt(responses, "/step2/content/color"_json_pointer)));
  }
  if (turn.call.inputs.state == "1" && Answered(responses, "step1")) {
    return turn.answer->NeedInput(
        {.requests = {Form("step2", "Step 2: What is your favorite color?", "color", "string")},
         .state = absl::StrCat("2:", StringAt(responses, "/step1/content/name"_json_pointer))});
  }
  turn.answer->NeedInput(
      {.requests = {Form("step1", "Step 1: What is your name?", "name", "string")}, .state = "1"});
}

void InputCapabilities(const Turn& turn) {
  const json responses = turn.responses();
  if (!responses.empty()) {
    return turn.FinishText(absl::StrCat("capabilities-ok: ", responses.size(), " answered"));
  }
  const json capabilities = turn.capabilities();
  InputNeeded needed{.state = "capabilities"};
  if (capabilities.contains("elicitation")) {
    needed.requests.push_back(Form("elicit_input", "Elicitation input", "value", "string"));
  }
  if (capabilities.contains("sampling")) {
    needed.requests.push_back(Sampling("sample_input", "Sample request", 50));
  }
  if (needed.requests.empty()) return turn.FinishText("No supported capabilities declared");
  turn.answer->NeedInput(std::move(needed));
}

// --- Lists
// ----------------------------------------------------------------------------------------

struct Tool {
  const char* name = "";
  const char* description = "";
  void (*call)(const Turn& turn) = nullptr;
  const char* input_schema = R"({"type":"object","properties":{},"additionalProperties":false})";
};

constexpr char kPromptSchema[] =
    R"({"type":"object","properties":{"prompt":{"type":"string","description":"For the model"}},)"
    R"("required":["prompt"]})";
constexpr char kMessageSchema[] =
    R"({"type":"object","properties":{"message":{"type":"string","description":"For the user"}},)"
    R"("required":["message"]})";
constexpr char kHeaderSchema[] =
    R"({"type":"object","properties":{"region":{"type":"string","description":"Also a header",)"
    R"("x-mcp-header":"Region"}},"required":["region"]})";

constexpr char kHeaderTool[] = "test_custom_header";

// By name.
constexpr Tool kTools[] = {
    {"json_schema_2020_12_tool", "Has a schema of many keywords", Echo, kJsonSchema202012},
    {"test_audio_content", "Answers with a sound", AudioContent},
    {kHeaderTool, "Has an argument that a header repeats", Echo, kHeaderSchema},
    {"test_elicitation", "Asks the user for a text", AskElicitation, kMessageSchema},
    {"test_elicitation_sep1034_defaults", "Asks by a form with defaults", AskDefaults},
    {"test_elicitation_sep1330_enums", "Asks by a form with choices", AskEnums},
    {"test_embedded_resource", "Answers with a resource", Embedded},
    {"test_error_handling", "Fails", Failing},
    {"test_image_content", "Answers with a picture", ImageContent},
    {"test_input_required_result_capabilities", "Asks what the client can answer",
     InputCapabilities},
    {"test_input_required_result_elicitation", "Asks for a name", InputElicitation},
    {"test_input_required_result_list_roots", "Asks for the client's roots", InputRoots},
    {"test_input_required_result_multi_round", "Asks twice", InputMultiRound},
    {"test_input_required_result_multiple_inputs", "Asks three things at once", InputMultiple},
    {"test_input_required_result_request_state", "Asks, and wants its state back", InputState},
    {"test_input_required_result_sampling", "Asks the client's model", InputSampling},
    {"test_input_required_result_tampered_state", "Asks, and looks at its state",
     InputTamperedState},
    {"test_logging_tool", "Logs once", LoggingTool},
    {"test_missing_capability", "Needs a client that can sample", MissingCapability},
    {"test_multiple_content_types", "Answers with text, picture and resource", Mixed},
    {"test_reconnection", "Lets go of the client for a while", Reconnection},
    {"test_sampling", "Asks the client's model", AskSampling, kPromptSchema},
    {"test_simple_text", "Answers with a text", SimpleText},
    {"test_streaming_elicitation", "Tells of progress on its stream", StreamingElicitation},
    {"test_tool_with_logging", "Logs three times", WithLogging},
    {"test_tool_with_progress", "Tells of progress three times", WithProgress},
    {"test_trigger_prompt_change", "Says that the prompts have changed", ChangePrompts},
    {"test_trigger_tool_change", "Says that the tools have changed", ChangeTools},
};

json Argument(const char* name, const char* description) {
  return {{"name", name}, {"description", description}, {"required", true}};
}

json Prompts() {
  return {
      {{"name", "test_simple_prompt"}, {"description", "Has no arguments"}},
      {{"name", "test_prompt_with_arguments"},
       {"description", "Has two arguments"},
       {"arguments", {Argument("arg1", "The first"), Argument("arg2", "The second")}}},
      {{"name", "test_prompt_with_embedded_resource"},
       {"description", "Holds a resource"},
       {"arguments", json::array({Argument("resourceUri", "Of the resource")})}},
      {{"name", "test_prompt_with_image"}, {"description", "Holds a picture"}},
      {{"name", "test_input_required_result_prompt"}, {"description", "Asks the user first"}},
  };
}

json UserMessage(json content) { return {{"role", "user"}, {"content", std::move(content)}}; }

constexpr char kTemplatePrefix[] = "test://template/";
constexpr char kTemplateSuffix[] = "/data";

json Resource(const char* uri, const char* name, const char* description, const char* type) {
  return {{"uri", uri}, {"name", name}, {"description", description}, {"mimeType", type}};
}

// The content of a resource, null where there is none.
json ContentOf(absl::string_view uri) {
  json content = {{"uri", std::string(uri)}, {"mimeType", "text/plain"}};
  if (uri == "test://static-text") {
    content["text"] = "This is the content of the static text resource.";
    return content;
  }
  if (uri == "test://static-binary") {
    content["mimeType"] = "image/png";
    content["blob"] = kPng;
    return content;
  }
  if (uri == "test://watched-resource") {
    content["text"] = "Watched resource content";
    return content;
  }
  absl::string_view id = uri;
  if (!absl::ConsumePrefix(&id, kTemplatePrefix) || !absl::ConsumeSuffix(&id, kTemplateSuffix)) {
    return nullptr;
  }
  const json text = {
      {"id", std::string(id)}, {"templateTest", true}, {"data", absl::StrCat("Data for ID: ", id)}};
  content["mimeType"] = "application/json";
  content["text"] = text.dump();
  return content;
}

// `"<name>":<value>` as a result that may be kept.
void AnswerList(const Revision& revision, Answer& answer, const char* name, const json& value) {
  answer.Result(revision.Write(
      {.members = absl::Cord(absl::StrCat("\"", name, "\":", value.dump())), .keep = kKeep}));
}

}  // namespace

const std::vector<mcp::ParamHeader>* Fixtures::ParamHeadersOf(absl::string_view tool) const {
  static const auto& headers =
      *new std::vector<mcp::ParamHeader>{{.header = "Region", .property = "region"}};
  return tool == kHeaderTool ? &headers : nullptr;
}

void Fixtures::ListTools(const Revision& revision, std::shared_ptr<Answer> answer) {
  json tools = json::array();
  for (const Tool& tool : kTools) {
    tools.push_back({{"name", tool.name},
                     {"description", tool.description},
                     {"inputSchema", json::parse(tool.input_schema)}});
  }
  AnswerList(revision, *answer, "tools", tools);
}

void Fixtures::CallTool(const Revision& revision, const CallContext&, mcp::ToolCall call,
                        std::shared_ptr<Answer> answer) {
  for (const Tool& tool : kTools) {
    if (call.name != tool.name) continue;
    return tool.call({*this, revision, std::move(call), std::move(answer)});
  }
  answer->Error(mcp::InvalidParams(absl::StrCat("Unknown tool: ", call.name)));
}

void Fixtures::ListPrompts(const Revision& revision, std::shared_ptr<Answer> answer) {
  AnswerList(revision, *answer, "prompts", Prompts());
}

void Fixtures::GetPrompt(const Revision& revision, const CallContext&, mcp::PromptCall call,
                         std::shared_ptr<Answer> answer) {
  const json arguments = json::parse(call.arguments_json, nullptr, /*allow_exceptions=*/false);
  json messages = json::array();
  if (call.name == "test_simple_prompt") {
    messages.push_back(UserMessage(Turn::TextOf("This is a simple prompt for testing.")));
  } else if (call.name == "test_prompt_with_arguments") {
    messages.push_back(UserMessage(Turn::TextOf(
        absl::StrCat("Prompt with arguments: arg1='", StringAt(arguments, "/arg1"_json_pointer),
                     "', arg2='", StringAt(arguments, "/arg2"_json_pointer), "'"))));
  } else if (call.name == "test_prompt_with_embedded_resource") {
    messages.push_back(
        UserMessage(EmbeddedResource(StringAt(arguments, "/resourceUri"_json_pointer), "text/plain",
                                     "Embedded resource content for testing.")));
    messages.push_back(UserMessage(Turn::TextOf("Please process the embedded resource above.")));
  } else if (call.name == "test_prompt_with_image") {
    messages.push_back(UserMessage(Image()));
    messages.push_back(UserMessage(Turn::TextOf("Please analyze the image above.")));
  } else if (call.name == "test_input_required_result_prompt") {
    const json responses =
        json::parse(call.inputs.responses_json, nullptr, /*allow_exceptions=*/false);
    if (!responses.is_object() || !Answered(responses, "user_context")) {
      return answer->NeedInput(
          {.requests = {
               Form("user_context", "What context should the prompt use?", "context", "string")}});
    }
    messages.push_back(UserMessage(Turn::TextOf(
        absl::StrCat("Prompt with context: ",
                     StringAt(responses, "/user_context/content/context"_json_pointer)))));
  } else {
    return answer->Error(mcp::InvalidParams(absl::StrCat("Unknown prompt: ", call.name)));
  }
  answer->Result(
      revision.Write({.members = absl::Cord(absl::StrCat(R"("messages":)", messages.dump()))}));
}

void Fixtures::ListResources(const Revision& revision, std::shared_ptr<Answer> answer) {
  AnswerList(
      revision, *answer, "resources",
      json::array(
          {Resource("test://static-text", "static-text", "A text", "text/plain"),
           Resource("test://static-binary", "static-binary", "A picture", "image/png"),
           Resource("test://watched-resource", "watched-resource", "To hear of", "text/plain")}));
}

void Fixtures::ListResourceTemplates(const Revision& revision, std::shared_ptr<Answer> answer) {
  AnswerList(revision, *answer, "resourceTemplates",
             json::array({{{"uriTemplate", absl::StrCat(kTemplatePrefix, "{id}", kTemplateSuffix)},
                           {"name", "template"},
                           {"description", "Says its id"},
                           {"mimeType", "application/json"}}}));
}

void Fixtures::ReadResource(const Revision& revision, const CallContext&, std::string uri,
                            std::shared_ptr<Answer> answer) {
  const json content = ContentOf(uri);
  if (content.is_null()) return answer->Error(revision.ResourceNotFound(uri));
  AnswerList(revision, *answer, "contents", json::array({content}));
}

void Fixtures::Complete(const Revision& revision, const CallContext&, mcp::CompletionCall,
                        std::shared_ptr<Answer> answer) {
  answer->Result(revision.Write(
      {.members = absl::Cord(R"("completion":{"values":[],"total":0,"hasMore":false})")}));
}

}  // namespace mesh::conformance
