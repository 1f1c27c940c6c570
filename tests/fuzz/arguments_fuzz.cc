// A tool of the shipped catalogue, named in the first line of the input (or picked by it), and the
// arguments of a call after it: into the request for Zoho.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include <nlohmann/json.hpp>

#include "common/base/check.h"
#include "services/zoho_proxy/arguments.h"
#include "services/zoho_proxy/catalog.h"
#include "services/zoho_proxy/pagination.h"
#include "services/zoho_proxy/projection.h"
#include "services/zoho_proxy/request_builder.h"
#include "services/zoho_proxy/zoho_services.h"

namespace mesh::zoho_proxy {
namespace {

const Catalog& Shipped() {
  static const auto* const catalog = new std::shared_ptr<const Catalog>(
      *Catalog::Load({"services/zoho_proxy/catalog/zoho_meeting"}));
  return **catalog;
}

const Tool& ToolOf(absl::string_view name) {
  const Tool* tool = Shipped().Find(name);
  if (tool != nullptr) return *tool;
  size_t hash = name.size();
  for (const char c : name) hash = hash * 31 + static_cast<unsigned char>(c);
  return Shipped().tools()[hash % Shipped().tools().size()];
}

void Feed(absl::string_view text) {
  const size_t line = text.find('\n');
  const Tool& tool = ToolOf(text.substr(0, line));
  const absl::StatusOr<Arguments> arguments =
      tool.rules->Read(line == text.npos ? "" : text.substr(line + 1));
  if (!arguments.ok()) {
    CHECK(arguments.status().code() == absl::StatusCode::kInvalidArgument);
    return;
  }
  CursorScope(tool.listed.name(), "acc_1", *arguments);
  if (arguments->contains("fields")) {
    Projection::Parse(arguments->at("fields").get<std::string>()).IgnoreError();
  }
  if (tool.composite.has_value()) return;
  const Lease lease{
      .organization_id = "60001", .user_id = "70001", .meeting_url = "https://meeting.zoho.eu"};
  std::optional<PageQuery> page;
  if (tool.paging.has_value() && tool.paging->kind != Paging::Kind::kNone) {
    page = Pager(*tool.paging, arguments->at("limit").get<int64_t>(), std::nullopt, /*max_pages=*/5)
               .query();
  }
  const absl::StatusOr<net::HttpRequest> request = BuildRequest(tool, *arguments, lease, page);
  if (!request.ok()) {
    CHECK(request.status().code() == absl::StatusCode::kInvalidArgument);
    return;
  }
  if (!tool.url_argument.empty()) {
    CHECK(MayFetchFile(request->url, lease.meeting_url));
    return;
  }
  // The host is the lease's, or the Webinar one beside it, the path the tool's with as many
  // segments, and nothing breaks out.
  std::string base = lease.meeting_url;
  if (!absl::StartsWith(request->url, base + "/")) base = WebinarUrlFor(base);
  CHECK(absl::StartsWith(request->url, base + "/"));
  const std::string path = request->url.substr(base.size());
  const auto segments = [](absl::string_view url) {
    url = url.substr(0, url.find('?'));
    return std::count(url.begin(), url.end(), '/');
  };
  CHECK(segments(path) == segments(tool.path));
  CHECK(!absl::StrContains(path.substr(0, path.find('?')), ".."));
  for (const unsigned char c : request->url) CHECK(c > ' ' && c < 0x7f && c != '#');
  for (const auto& [name, value] : request->headers) {
    for (const unsigned char c : absl::StrCat(name, value)) CHECK(c >= ' ' && c != 0x7f);
  }
  CHECK(request->body.empty() == !tool.has_body);
  CHECK(request->body.empty() || nlohmann::json::accept(request->body));
}

}  // namespace
}  // namespace mesh::zoho_proxy

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  CHECK(!mesh::zoho_proxy::Shipped().tools().empty());
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mesh::zoho_proxy::Feed({reinterpret_cast<const char*>(data), size});
  return 0;
}
