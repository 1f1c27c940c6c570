#include "gateway/http_errors.h"

#include <string>

#include "absl/strings/cord.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "edge/rate_limit.h"

namespace mesh::gateway {
namespace {

using Code = absl::StatusCode;
using Json = nlohmann::ordered_json;

net::ServerResponse Response(int http_status, const Json& error) {
  const Json body = {{"error", error}};
  return {.status = http_status,
          .headers = {{"Content-Type", "application/json"}},
          // Zoho's own words may be part of a message, in whatever encoding.
          .body = absl::Cord(body.dump(-1, ' ', false, Json::error_handler_t::replace))};
}

}  // namespace

int HttpStatusOf(const absl::Status& status) {
  switch (status.code()) {
    case Code::kOk:
      return 200;
    case Code::kInvalidArgument:
    case Code::kOutOfRange:
      return 400;
    case Code::kUnauthenticated:
      return 401;
    case Code::kPermissionDenied:
      return 403;
    case Code::kNotFound:
      return 404;
    case Code::kAlreadyExists:
    case Code::kAborted:
    case Code::kFailedPrecondition:
      return 409;
    case Code::kResourceExhausted:
      return ErrorReason(status) == "OVERLOADED" ? 503 : 429;
    case Code::kUnavailable:
    case Code::kCancelled:
      return 503;
    case Code::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

net::ServerResponse ToHttp(const absl::Status& status) {
  const int http_status = HttpStatusOf(status);
  if (http_status == 500) {
    return HttpRefusal(500, "INTERNAL", "Something went wrong here; the server's log tells more.");
  }
  const ErrorDetail detail = GetErrorDetail(status).value_or(ErrorDetail());
  net::ServerResponse response =
      Response(http_status, {{"code", absl::StatusCodeToString(status.code())},
                             {"message", std::string(status.message())},
                             {"reason", detail.reason},
                             {"details", Json(detail.metadata)}});
  edge::AddRateLimitHeaders(edge::ReadRateLimit(detail), response.headers);
  if (http_status == 503 && !response.headers.Has("retry-after")) {
    response.headers.Add("retry-after", "1");
  }
  if (http_status == 401) response.headers.Add("WWW-Authenticate", "Bearer realm=\"management\"");
  return response;
}

net::ServerResponse HttpRefusal(int http_status, absl::string_view code,
                                absl::string_view message) {
  return Response(http_status, {{"code", std::string(code)},
                                {"message", std::string(message)},
                                {"reason", std::string(code)},
                                {"details", Json::object()}});
}

net::ServerResponse ServerErrorResponse(int http_status, absl::string_view message) {
  switch (http_status) {
    case 408:
      return HttpRefusal(408, "REQUEST_TIMEOUT", message);
    case 413:
      return HttpRefusal(413, "BODY_TOO_LARGE", message);
    case 431:
      return HttpRefusal(431, "HEADERS_TOO_LARGE", message);
    case 500:
      return HttpRefusal(500, "INTERNAL", message);
    case 503:
      return HttpRefusal(503, "UNAVAILABLE", message);
    default:
      return HttpRefusal(http_status, "BAD_REQUEST", message);
  }
}

}  // namespace mesh::gateway
