#include "services/mcp_frontend/mcp/methods.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace mesh::mcp {

void ServeListTools(const Revision& revision, const Message& message, Tenant& tenant,
                    std::shared_ptr<Answer> answer) {
  // All tools are on the first page, so no cursor was ever given.
  if (message.has_cursor) {
    return answer->Error(InvalidParams("`cursor` is not one that this server gave."));
  }
  tenant.ListTools(revision, std::move(answer));
}

void ServeCallTool(const Revision& revision, const Message& message, const CallContext& context,
                   Tenant& tenant, std::shared_ptr<Answer> answer) {
  if (!message.name.has_value()) {
    return answer->Error(InvalidParams("`name` must be the name of a tool."));
  }
  ToolCall call{.name = *message.name};
  switch (message.arguments.form) {
    case RawArguments::Form::kAbsent:
      break;
    case RawArguments::Form::kObject:
      call.arguments_json = message.arguments.text;
      break;
    case RawArguments::Form::kString: {
      const absl::string_view inside = absl::StripAsciiWhitespace(message.arguments.text);
      if (!inside.empty() && !absl::StartsWith(inside, "{")) {
        return answer->Error(InvalidParams("`arguments` must be an object."));
      }
      call.arguments_json = std::string(inside);
      break;
    }
    case RawArguments::Form::kOther:
      return answer->Error(InvalidParams("`arguments` must be an object."));
  }
  tenant.CallTool(revision, context, std::move(call), std::move(answer));
}

}  // namespace mesh::mcp
