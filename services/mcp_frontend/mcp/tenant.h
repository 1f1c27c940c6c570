// What stands behind the protocol for one caller: the tools, prompts and resources it may use.
// Knows no wire format but through the Revision it is given.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/base/call_context.h"
#include "services/mcp_frontend/mcp/answer.h"
#include "services/mcp_frontend/mcp/revision.h"
#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::mcp {

// What the client has said to an InputNeeded of the same request; empty the first time.
struct Inputs {
  // One JSON object: the client's result by InputRequest::key. Not checked, and it may hold more or
  // less than was asked for.
  std::string responses_json = {};
  std::string state = {};
};

// What a client says of itself with a request.
struct ClientWishes {
  // One JSON object; empty where its revision does not tell with each request.
  std::string capabilities_json = {};
  // As JSON; empty where it does not want to hear of progress.
  std::string progress_token = {};
  // From which level on it wants log messages; empty for none.
  std::string log_level = {};
};

// What a client says of itself with a request. What it does not say is empty.
struct Introduction {
  std::string name = {};
  std::string version = {};
  // The one that it talks from here on.
  std::string revision = {};
  // One JSON object.
  std::string capabilities_json = {};
};

struct ToolCall {
  std::string name = {};
  // One JSON object as the client sent it; empty for none.
  std::string arguments_json = {};
  Inputs inputs = {};
  ClientWishes client = {};
};

struct PromptCall {
  std::string name = {};
  // One JSON object as the client sent it; empty for none.
  std::string arguments_json = {};
  Inputs inputs = {};
  ClientWishes client = {};
};

// What stands in the field that a person is filling in, and where.
struct CompletionCall {
  // Exactly one of them: a prompt's name, or a resource template's URI.
  std::string prompt = {};
  std::string uri_template = {};
  std::string argument = {};
  std::string value = {};
};

// A property of a tool's arguments that a header repeats: `x-mcp-header` of its schema.
struct ParamHeader {
  // The part behind `Mcp-Param-`.
  std::string header = {};
  // At the top level of the arguments.
  std::string property = {};
};

// Used by one request at a time. None of its methods may block; each ends in an answer.
class Tenant {
 public:
  virtual ~Tenant() = default;

  // Who calls, as far as it matters to what may be mixed up: an MCP server's id.
  virtual absl::string_view id() const = 0;

  // Whether clients of the legacy era get a session id. Without one any replica serves any request,
  // and nothing has to be begun anew after a restart.
  virtual bool keeps_sessions() const { return false; }

  // Told before each request that is served. Where `lasting`, what is said holds for the client's
  // later requests too, which may come to another replica; otherwise for this one alone.
  virtual void Meet(const Revision&, const Introduction&, bool /*lasting*/) {}

  // Headers that must repeat arguments of this tool; nullptr for none.
  virtual const std::vector<ParamHeader>* ParamHeadersOf(absl::string_view) const {
    return nullptr;
  }

  // Answers `tools/list`: all of them, on one page. So do the other lists.
  virtual void ListTools(const Revision& revision, std::shared_ptr<Answer> answer) = 0;
  virtual void CallTool(const Revision& revision, const CallContext& context, ToolCall call,
                        std::shared_ptr<Answer> answer) = 0;

  virtual void ListPrompts(const Revision& revision, std::shared_ptr<Answer> answer) = 0;
  virtual void GetPrompt(const Revision& revision, const CallContext& context, PromptCall call,
                         std::shared_ptr<Answer> answer) = 0;

  virtual void ListResources(const Revision& revision, std::shared_ptr<Answer> answer) = 0;
  virtual void ListResourceTemplates(const Revision& revision, std::shared_ptr<Answer> answer) = 0;
  // Refuses a URI that it does not know by Revision::ResourceNotFound().
  virtual void ReadResource(const Revision& revision, const CallContext& context, std::string uri,
                            std::shared_ptr<Answer> answer) = 0;

  // At most 100 values.
  virtual void Complete(const Revision& revision, const CallContext& context, CompletionCall call,
                        std::shared_ptr<Answer> answer) = 0;
};

}  // namespace mesh::mcp
