#include "services/mcp_frontend/errors.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "common/base/errors.h"
#include "edge/rate_limit.h"
#include "services/mcp_frontend/mcp/json_text.h"

namespace mesh::frontend {
namespace {

using Code = absl::StatusCode;

enum class Kind { kToolError, kInvalidParams, kNotFound, kUnauthorized, kOverloaded, kBug };

// What a tool's caller can mend by calling it differently.
constexpr absl::string_view kArgumentReasons[] = {"ARGUMENT_INVALID", "CURSOR_INVALID",
                                                  "ZOHO_REFUSED"};
// What Zoho does not let the connected account do.
constexpr absl::string_view kPermissionReasons[] = {"ZOHO_PERMISSION_DENIED", "SCOPE_MISSING"};

Kind KindOf(Code code, absl::string_view reason) {
  // An error without a reason is none of ours: a library's, for which there is no rule.
  const bool ours = !reason.empty();
  switch (code) {
    case Code::kInvalidArgument:
      if (absl::c_linear_search(kArgumentReasons, reason)) return Kind::kToolError;
      return ours ? Kind::kInvalidParams : Kind::kBug;
    case Code::kNotFound:
      if (reason == "TOOL_UNKNOWN") return Kind::kInvalidParams;
      return ours ? Kind::kToolError : Kind::kBug;
    case Code::kUnauthenticated:
      if (reason == "MCP_TOKEN_INVALID") return Kind::kNotFound;
      return ours ? Kind::kUnauthorized : Kind::kBug;
    case Code::kPermissionDenied:
      if (absl::c_linear_search(kPermissionReasons, reason)) return Kind::kToolError;
      return ours ? Kind::kInvalidParams : Kind::kBug;
    case Code::kFailedPrecondition:
      return ours ? Kind::kToolError : Kind::kBug;
    case Code::kResourceExhausted:
      if (reason == "OVERLOADED") return Kind::kOverloaded;
      return ours ? Kind::kToolError : Kind::kBug;
    case Code::kUnavailable:
    case Code::kDeadlineExceeded:
      return Kind::kToolError;
    default:
      return Kind::kBug;
  }
}

// Each number under the name of its header, for those who do not see headers.
std::vector<std::pair<std::string, std::string>> Numbers(const edge::RateLimitNumbers& numbers) {
  std::vector<std::pair<std::string, std::string>> named;
  const auto add = [&named](const char* name, const std::optional<int64_t>& number) {
    if (number.has_value()) named.emplace_back(name, absl::StrCat(*number));
  };
  add("ratelimit-limit", numbers.limit);
  add("ratelimit-remaining", numbers.remaining);
  add("ratelimit-reset", numbers.reset);
  add("retry-after", numbers.retry_after);
  return named;
}

// What the status says, without what is for the operator alone: addresses of services behind, and
// the words of a database.
std::string PublicMessage(const absl::Status& status, const ErrorDetail& detail) {
  if (detail.reason == "SERVICE_UNAVAILABLE") {
    const auto service = detail.metadata.find("service");
    return absl::StrCat(service == detail.metadata.end() ? "A service" : service->second,
                        " does not answer. Try again shortly.");
  }
  if (detail.reason == "STORE_UNAVAILABLE") {
    return "The database does not answer. Try again shortly.";
  }
  return std::string(status.message());
}

mcp::Result ToolError(absl::string_view reason, absl::string_view message,
                      const edge::RateLimitNumbers& limits) {
  const auto numbers = Numbers(limits);
  std::string text = reason.empty() ? std::string(message) : absl::StrCat(reason, ": ", message);
  if (!numbers.empty()) {
    absl::StrAppend(&text, " (", absl::StrJoin(numbers, ", ", absl::PairFormatter(": ")), ")");
  }
  std::string members = R"("content":[{"type":"text","text":)";
  mcp::AppendJsonString(members, text);
  members += R"(}],"isError":true)";

  std::string meta;
  if (!reason.empty()) absl::StrAppend(&meta, R"("reason":)", mcp::JsonString(reason));
  for (const auto& [name, number] : numbers) {
    absl::StrAppend(&meta, meta.empty() ? "" : ",", "\"", name, "\":", number);
  }
  return {.members = absl::Cord(std::move(members)), .meta = std::move(meta)};
}

}  // namespace

McpError ToMcp(const absl::Status& status) {
  const ErrorDetail detail = GetErrorDetail(status).value_or(ErrorDetail());
  const edge::RateLimitNumbers limits = edge::ReadRateLimit(detail);
  const std::string message = PublicMessage(status, detail);
  McpError error;
  edge::AddRateLimitHeaders(limits, error.headers);
  switch (KindOf(status.code(), detail.reason)) {
    case Kind::kToolError:
      error.body = ToolError(detail.reason, message, limits);
      break;
    case Kind::kInvalidParams:
      error.body = mcp::InvalidParams(message);
      break;
    case Kind::kNotFound:
      error.body = mcp::HttpRefusal(404, message);
      break;
    case Kind::kUnauthorized:
      error.body = mcp::HttpRefusal(401, message);
      break;
    case Kind::kOverloaded:
      error.body = mcp::NotAvailable(message);
      break;
    case Kind::kBug:
      error.body = mcp::InternalError("Something went wrong here; the server's log tells more.");
      break;
  }
  return error;
}

void AnswerWithError(const absl::Status& status, const mcp::Revision& revision,
                     mcp::Answer& answer) {
  const McpError error = ToMcp(status);
  if (const auto* result = std::get_if<mcp::Result>(&error.body)) {
    answer.Result(revision.Write(*result), error.headers);
  } else {
    answer.Error(std::get<mcp::RpcError>(error.body), error.headers);
  }
}

}  // namespace mesh::frontend
