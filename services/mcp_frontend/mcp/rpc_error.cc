#include "services/mcp_frontend/mcp/rpc_error.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "services/mcp_frontend/mcp/json_text.h"

namespace mesh::mcp {
namespace {

constexpr int kParseError = -32700;
constexpr int kInvalidRequest = -32600;
constexpr int kMethodNotFound = -32601;
constexpr int kInvalidParams = -32602;
constexpr int kInternalError = -32603;
constexpr int kHeaderMismatch = -32020;
constexpr int kMissingCapability = -32021;
constexpr int kUnsupportedVersion = -32022;

std::string SupportedData(absl::string_view requested, const std::vector<std::string>& supported) {
  std::string data = R"({"supported":[)";
  data += absl::StrJoin(supported, ",", [](std::string* out, const std::string& version) {
    AppendJsonString(*out, version);
  });
  data += R"(],"requested":)";
  AppendJsonString(data, requested);
  data += "}";
  return data;
}

}  // namespace

RpcError Unparsable(absl::string_view why) {
  return {.http_status = 400,
          .code = kParseError,
          .message = absl::StrCat("Parse error: ", why),
          .label = "unparsable"};
}

RpcError InvalidRequest(absl::string_view why) {
  return {.http_status = 400,
          .code = kInvalidRequest,
          .message = absl::StrCat("Invalid request: ", why),
          .label = "invalid_request"};
}

RpcError InvalidParams(absl::string_view why) {
  return {.code = kInvalidParams, .message = std::string(why), .label = "invalid_params"};
}

RpcError MethodNotFound(absl::string_view method) {
  return {.code = kMethodNotFound,
          .message = absl::StrCat("Method not found: ", method),
          .label = "method_not_found"};
}

RpcError InternalError(absl::string_view message) {
  return {.code = kInternalError, .message = std::string(message), .label = "internal_error"};
}

RpcError ResourceNotFound(absl::string_view uri) {
  return {.code = kInvalidParams,
          .message = absl::StrCat("There is no resource ", uri, "."),
          .data = absl::StrCat(R"({"uri":)", JsonString(uri), "}"),
          .label = "resource_not_found"};
}

RpcError MetaIncomplete(absl::string_view why) {
  return {.http_status = 400,
          .code = kInvalidParams,
          .message = absl::StrCat("Invalid params: ", why),
          .label = "meta_incomplete"};
}

RpcError VersionHeaderUnknown(absl::string_view version,
                              const std::vector<std::string>& supported) {
  return {.http_status = 400,
          .code = kInvalidParams,
          .message = absl::StrCat(
              "MCP-Protocol-Version ", version,
              " is not supported here. Supported: ", absl::StrJoin(supported, ", "), "."),
          .data = SupportedData(version, supported),
          .label = "version_header_unknown"};
}

RpcError HeaderMismatch(absl::string_view why) {
  return {.http_status = 400,
          .code = kHeaderMismatch,
          .message = absl::StrCat("Header mismatch: ", why),
          .label = "header_mismatch"};
}

RpcError VersionUnsupported(absl::string_view requested,
                            const std::vector<std::string>& supported) {
  return {.http_status = 400,
          .code = kUnsupportedVersion,
          .message = absl::StrCat("Unsupported protocol version: ", requested),
          .data = SupportedData(requested, supported),
          .label = "version_unsupported"};
}

RpcError CapabilityMissing(absl::string_view capability) {
  return {.http_status = 400,
          .code = kMissingCapability,
          .message = absl::StrCat("The client must declare the capability ", capability, "."),
          .data = absl::StrCat(R"({"requiredCapabilities":{)", JsonString(capability), ":{}}}"),
          .label = "capability_missing"};
}

RpcError NotAvailable(absl::string_view message) {
  return {.http_status = 503,
          .code = kInternalError,
          .message = std::string(message),
          .label = "not_available"};
}

RpcError HttpRefusal(int http_status, absl::string_view message) {
  return {.http_status = http_status,
          .code = http_status,
          .message = std::string(message),
          .label = "http_refusal"};
}

}  // namespace mesh::mcp
