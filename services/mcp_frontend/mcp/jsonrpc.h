// JSON-RPC 2.0 as MCP uses it: bytes to messages, results and errors to bytes. Pure.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

#include "services/mcp_frontend/mcp/rpc_error.h"

namespace mesh::mcp {

// What stands in `params._meta`, as far as a server reads it.
struct RequestMeta {
  // Present, though perhaps of the wrong type: the message is of the era without a handshake.
  bool has_protocol_version = false;
  // Absent where it is no string.
  std::optional<std::string> protocol_version = {};
  // Whether it is present and an object; then also as it was sent.
  bool has_client_capabilities = false;
  std::string client_capabilities = {};
  // A string or a whole number as it was sent, where the client wants to hear of progress.
  std::string progress_token = {};
  // From which level on the client wants log messages; empty for none.
  std::string log_level = {};
  std::string client_name = {};
  std::string client_version = {};
  std::string traceparent = {};
};

// `params.arguments` of a tool call.
struct RawArguments {
  enum class Form {
    // Absent or null, which some clients send for it.
    kAbsent,
    kObject,
    // A string; `text` is what it says.
    kString,
    // Anything else, which is no arguments.
    kOther,
  };
  Form form = Form::kAbsent;
  // An object as it was sent, byte by byte.
  std::string text = {};
};

struct Message {
  enum class Kind { kRequest, kNotification, kResponse };
  Kind kind = Kind::kRequest;

  // As it was sent: `1`, `"a"`. Empty for notifications.
  std::string id = {};
  std::string method = {};

  // One JSON object as it was sent; empty where there is none.
  std::string params = {};

  // Of `params`; null counts as absent.
  RequestMeta meta = {};
  // Absent where it is no string.
  std::optional<std::string> name = {};
  std::optional<std::string> uri = {};
  std::optional<std::string> protocol_version = {};
  std::optional<std::string> client_name = {};
  std::optional<std::string> client_version = {};
  // Whether there is a cursor of any type.
  bool has_cursor = false;
  RawArguments arguments = {};

  // Of a response: what it says, as it was sent. One of the two is empty.
  std::string result = {};
  std::string error = {};
};

// Something that is no message, and what to answer.
struct Malformed {
  RpcError error = {};
  // Of the request, where it has a valid one; else empty.
  std::string id = {};
};

struct Body {
  bool batch = false;
  // One where it is no batch.
  std::vector<std::variant<Message, Malformed>> items = {};
};

// Reads a request body. Keys that this file reads must not occur twice in their object. Objects and
// arrays may be nested 64 deep, and a batch hold 50 messages.
Body ParseBody(absl::string_view bytes);

// `{"jsonrpc":"2.0","id":<id>,"result":<result>}`
absl::Cord ResultMessage(absl::string_view id, absl::Cord result);

// `{"jsonrpc":"2.0","method":<method>,"params":{<params>}}`; `params` are members without the
// braces.
absl::Cord NotificationMessage(absl::string_view method, absl::string_view params);

// The same of a request.
absl::Cord RequestMessage(absl::string_view id, absl::string_view method, absl::string_view params);

// A response with an error. Without an `id` where it is empty: 2026-07-28 knows no null there.
absl::Cord ErrorMessage(absl::string_view id, const RpcError& error);

}  // namespace mesh::mcp
