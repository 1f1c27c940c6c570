#include "services/zoho_proxy/request_builder.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"
#include "services/zoho_proxy/file_answer.h"
#include "services/zoho_proxy/server.h"
#include "services/zoho_proxy/zoho_request.h"
#include "services/zoho_proxy/zoho_services.h"
#include "services/zoho_proxy/zoho_time.h"

namespace mesh::zoho_proxy {
namespace {

constexpr char kIdExample[] = "\"1066944216\"";

constexpr int64_t kMillisecondsPerMinute = 60'000;
constexpr int64_t kMaxMinutes = int64_t{60} * 24 * 365;

using In = Parameter::In;

std::string ToText(const Arguments& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  return absl::StrJoin(value, ",", [](std::string* out, const Arguments& item) {
    absl::StrAppend(out, ToText(item));
  });
}

bool HasControl(absl::string_view text) {
  return std::any_of(text.begin(), text.end(), absl::ascii_iscntrl);
}

// An id is one segment of the path and never more, however the server decodes it.
absl::Status CheckPathValue(const std::string& argument, absl::string_view text) {
  if (text.empty()) return ArgumentInvalid(argument, "must not be empty", kIdExample);
  if (text == "." || absl::StrContains(text, "..") || text.find_first_of("/\\?#%;") != text.npos ||
      HasControl(text)) {
    return ArgumentInvalid(argument,
                           "must be an id as a list gives it, without /, \\, ?, #, %, ;, `..` or "
                           "control characters",
                           kIdExample);
  }
  return absl::OkStatus();
}

// The argument as Zoho takes it; null where it was left out.
absl::StatusOr<Arguments> ValueOf(const Parameter& parameter, const Arguments& arguments,
                                  const Lease& lease) {
  if (parameter.source == Parameter::Source::kOrganization) return Arguments(lease.organization_id);
  const auto found = arguments.find(parameter.argument);
  Arguments value = found == arguments.end() ? Arguments() : *found;
  if (value.is_null() && parameter.source == Parameter::Source::kArgumentOrUser) {
    value = lease.user_id;
  }
  if (value.is_null()) return value;

  switch (parameter.convert) {
    case Parameter::Convert::kNone:
    case Parameter::Convert::kUser:
      break;
    case Parameter::Convert::kZohoDateTime: {
      const auto zone = arguments.find(parameter.zone_argument);
      ASSIGN_OR_RETURN(std::string date,
                       ToZohoDateTime(parameter.argument, ToText(value), parameter.zone_argument,
                                      zone == arguments.end() ? "" : ToText(*zone)));
      return Arguments(std::move(date));
    }
    case Parameter::Convert::kZone:
      if (!FindZone(ToText(value)).has_value()) {
        return ArgumentInvalid(parameter.argument, "must be an IANA time zone",
                               "\"Europe/Berlin\"");
      }
      break;
    case Parameter::Convert::kMinutesToMilliseconds: {
      const int64_t minutes = value.get<int64_t>();
      if (minutes < 1 || minutes > kMaxMinutes) {
        return ArgumentInvalid(parameter.argument, "must be a number of minutes, at least 1", "60");
      }
      return Arguments(minutes * kMillisecondsPerMinute);
    }
    case Parameter::Convert::kWrapItems: {
      Arguments wrapped = Arguments::array();
      for (Arguments& item : value) {
        Arguments object = {{parameter.wrap, std::move(item)}};
        if (!parameter.number.empty()) object[parameter.number] = wrapped.size() + 1;
        wrapped.push_back(std::move(object));
      }
      return wrapped;
    }
  }
  if (parameter.integer_on_wire && value.is_string()) {
    int64_t integer = 0;
    if (!absl::SimpleAtoi(value.get_ref<const std::string&>(), &integer)) {
      return ArgumentInvalid(parameter.argument, "must be a decimal number", "\"70001122\"");
    }
    return Arguments(integer);
  }
  return value;
}

// The body in the encoding of the tool.
std::string WriteBody(const std::string& content_type, const Arguments& body) {
  if (absl::StrContains(content_type, "x-www-form-urlencoded")) {
    std::vector<std::pair<std::string, std::string>> fields;
    for (const auto& [name, value] : body.items()) {
      fields.emplace_back(name, value.is_string() ? value.get<std::string>() : value.dump());
    }
    return net::FormatQuery(fields);
  }
  const bool raw = body.is_string() && !absl::StrContains(content_type, "json");
  return raw ? body.get<std::string>() : body.dump();
}

// What stands before a tool's path.
std::string BaseUrl(const Tool& tool, const Lease& lease) {
  const std::string host = tool.server.host == Server::Host::kWebinar
                               ? WebinarUrlFor(lease.meeting_url)
                               : lease.meeting_url;
  return absl::StrCat(absl::StripSuffix(host, "/"), tool.server.base_path);
}

bool IsFileLink(const std::string& link, const Lease& lease) {
  return !HasControl(link) && MayFetchFile(link, lease.meeting_url);
}

}  // namespace

absl::StatusOr<net::HttpRequest> BuildFileRequest(const Tool& tool, const std::string& link,
                                                  const Lease& lease) {
  if (!IsFileLink(link, lease)) {
    return ZohoBroken("it leads to a host that is none of Zoho's", /*http_status=*/302);
  }
  net::HttpRequest request{.method = tool.http_method, .url = link};
  if (!IsSignedLink(link)) AddZohoHeaders(lease, request.headers);
  request.headers.Add("Range", kDescribedRange);
  return request;
}

absl::StatusOr<net::HttpRequest> BuildRequest(const Tool& tool, const Arguments& arguments,
                                              const Lease& lease,
                                              const std::optional<PageQuery>& page) {
  RETURN_IF_ERROR(CheckServed(tool));
  if (!tool.url_argument.empty()) {
    const std::string link = arguments.value(tool.url_argument, "");
    if (IsFileLink(link, lease)) return BuildFileRequest(tool, link, lease);
    return ArgumentInvalid(tool.url_argument,
                           "must be a link to a file of Zoho's, unchanged as a tool gave it",
                           "\"https://download.zoho.com/webdownload?event-id=8f1c\"");
  }
  net::HttpRequest request{.method = tool.http_method};
  AddZohoHeaders(lease, request.headers);
  request.headers.Add("Accept", "application/json");
  std::string path = tool.path;
  std::vector<std::pair<std::string, std::string>> query;
  Arguments body = Arguments::object();
  for (const Parameter& parameter : tool.parameters) {
    ASSIGN_OR_RETURN(Arguments value, ValueOf(parameter, arguments, lease));
    if (value.is_null()) continue;
    if (parameter.in == In::kBody) {
      body[Arguments::json_pointer(parameter.target)] = std::move(value);
      continue;
    }
    const std::string text = ToText(value);
    if (parameter.in == In::kPath) {
      RETURN_IF_ERROR(CheckPathValue(parameter.argument, text));
      path = absl::StrReplaceAll(
          path, {{absl::StrCat("{", parameter.target, "}"), net::PercentEncode(text)}});
      continue;
    }
    if (HasControl(text)) {
      return ArgumentInvalid(parameter.argument, "must not hold control characters");
    }
    if (parameter.in == In::kQuery) {
      query.emplace_back(parameter.target, text);
    } else {
      request.headers.Add(parameter.target, text);
    }
  }
  if (page.has_value()) {
    query.emplace_back(tool.paging->index, absl::StrCat(page->index));
    if (!tool.paging->count.empty()) {
      query.emplace_back(tool.paging->count, absl::StrCat(page->count));
    }
  }
  if (tool.has_body && !(tool.body_optional && body.empty())) {
    if (body.empty() && tool.listed.method() == tools::v1::Tool::UPDATE) {
      return ArgumentInvalid("arguments", "must name at least one field to change",
                             "{\"id\": \"1066944216\", \"topic\": \"Planning\"}");
    }
    request.headers.Add("Content-Type", tool.content_type);
    request.body = WriteBody(tool.content_type, body);
  }
  request.url =
      absl::StrCat(BaseUrl(tool, lease), path, query.empty() ? "" : "?", net::FormatQuery(query));
  return request;
}

}  // namespace mesh::zoho_proxy
