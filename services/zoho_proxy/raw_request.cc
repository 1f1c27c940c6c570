#include "services/zoho_proxy/raw_request.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "services/zoho_proxy/limits_proto.h"
#include "services/zoho_proxy/printable.h"
#include "services/zoho_proxy/zoho_request.h"

namespace mesh::zoho_proxy {
namespace {

constexpr int kTooManyRequests = 429;

absl::Status PathInvalid() {
  return FieldInvalid(
      "path",
      "must be an absolute path, percent-encoded, without a query or `..`; `{zsoid}` "
      "stands for the organisation",
      "/api/v2/{zsoid}/sessions.json");
}

// Whatever a server decodes, the path leads to where it says.
absl::Status CheckPath(absl::string_view path) {
  if (path.size() < 2 || path[0] != '/') return PathInvalid();
  const bool is_clean = std::all_of(path.begin(), path.end(), [](char c) {
    return absl::ascii_isgraph(c) && c != '?' && c != '#' && c != '\\' && c != '{' && c != '}';
  });
  if (!is_clean) return PathInvalid();
  for (const absl::string_view segment : absl::StrSplit(path.substr(1), '/')) {
    const std::optional<std::string> decoded = net::PercentDecode(segment);
    if (!decoded.has_value() || decoded->empty() || *decoded == "." || *decoded == ".." ||
        decoded->find_first_of("/\\%") != std::string::npos ||
        std::any_of(decoded->begin(), decoded->end(), absl::ascii_iscntrl)) {
      return PathInvalid();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<net::HttpRequest> BuildRawRequest(const tools::v1::SendRequest& request,
                                                 const Lease& lease, const ZohoHosts& hosts) {
  net::HttpRequest built{.method = request.method().empty() ? "GET" : request.method()};
  constexpr absl::string_view kMethods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  if (std::find(std::begin(kMethods), std::end(kMethods), built.method) == std::end(kMethods)) {
    return FieldInvalid("method", "must be GET, POST, PUT, PATCH or DELETE");
  }
  if (built.method == "GET" && !request.body().empty()) {
    return FieldInvalid("body", "must be empty for GET");
  }
  const std::string path =
      absl::StrReplaceAll(request.path(), {{"{zsoid}", net::PercentEncode(lease.organization_id)}});
  RETURN_IF_ERROR(CheckPath(path));
  ASSIGN_OR_RETURN(const std::string base, hosts.ApiBase(request.host(), lease));

  std::vector<std::pair<std::string, std::string>> query;
  query.reserve(request.query_size());
  for (const tools::v1::QueryParameter& parameter : request.query()) {
    query.emplace_back(parameter.name(), parameter.value());
  }
  built.url = absl::StrCat(base, path, query.empty() ? "" : "?", net::FormatQuery(query));
  AddZohoHeaders(lease, built.headers);
  built.headers.Add("Accept", "application/json");
  if (!request.body().empty()) {
    built.body = request.body();
    built.headers.Add("Content-Type", request.content_type().empty()
                                          ? "application/json;charset=UTF-8"
                                          : request.content_type());
  }
  return built;
}

tools::v1::SendResponse ReadRawResponse(net::HttpResponse response,
                                        const RateLimitReading& limits) {
  tools::v1::SendResponse read;
  read.set_status(limits.limited ? kTooManyRequests : response.status);
  if (read.status() != response.status) read.set_upstream_status(response.status);
  if (const auto type = response.headers.Get("Content-Type")) {
    read.set_content_type(PrintableAscii(*type));
  }
  read.set_body(std::move(response.body));
  if (limits.told_anything()) *read.mutable_rate_limit() = ToProto(limits.facts);
  if (limits.limited) {
    read.mutable_retry_after()->set_seconds(
        absl::ToInt64Seconds(absl::Ceil(limits.retry_after, absl::Seconds(1))));
  }
  return read;
}

}  // namespace mesh::zoho_proxy
