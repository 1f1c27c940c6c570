#include "edge/readiness.h"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"

#include "common/base/call_context.h"

namespace mesh::edge {
namespace {

using auth::v1::AccountService;
using auth::v1::ListRegionsRequest;
using auth::v1::ListRegionsResponse;
using tools::v1::ListToolsRequest;
using tools::v1::ListToolsResponse;
using tools::v1::ToolService;

constexpr absl::Duration kPatience = absl::Seconds(1);

net::ServerResponse Json(int status, const std::string& body) {
  return {.status = status,
          .headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
          .body = absl::Cord(body)};
}

}  // namespace

// Answers once both services have been heard of.
class Readiness::Check {
 public:
  explicit Check(std::shared_ptr<net::HttpExchange> exchange) : exchange_(std::move(exchange)) {}

  void Heard(const char* service, const absl::Status& status) {
    const std::lock_guard lock(mu_);
    // A full service does answer.
    if (!status.ok() && !absl::IsResourceExhausted(status)) missing_.push_back(service);
    if (--waiting_ > 0) return;
    if (missing_.empty()) return exchange_->Respond(Json(200, R"({"status":"ready"})"));
    exchange_->Respond(Json(503, absl::StrCat(R"({"status":"not ready","missing":[")",
                                              absl::StrJoin(missing_, R"(",")"), "\"]}")));
  }

 private:
  const std::shared_ptr<net::HttpExchange> exchange_;
  std::mutex mu_;
  int waiting_ = 2;
  std::vector<std::string> missing_;
};

bool Readiness::Handle(const std::shared_ptr<net::HttpExchange>& exchange) {
  const std::string& path = exchange->request().path;
  if (path != "/healthz" && path != "/readyz") return false;
  const std::string& method = exchange->request().method;
  if (method != "GET" && method != "HEAD") {
    net::ServerResponse refused = Json(405, R"({"status":"method not allowed"})");
    refused.headers.Add("Allow", "GET, HEAD");
    exchange->Respond(std::move(refused));
  } else if (path == "/healthz") {
    exchange->Respond(Json(200, R"({"status":"alive"})"));
  } else if (draining_) {
    exchange->Respond(Json(503, R"({"status":"draining"})"));
  } else {
    auto check = std::make_shared<Check>(exchange);
    const CallContext context{.deadline = absl::Now() + kPatience};
    calls_.Call(context, "auth-service", *auth_.async(),
                &AccountService::StubInterface::async_interface::ListRegions, ListRegionsRequest(),
                [check](const absl::StatusOr<ListRegionsResponse>& regions) {
                  check->Heard("auth-service", regions.status());
                });
    ListToolsRequest known;
    if (const auto catalogue = catalogue_.Current(); catalogue != nullptr) {
      known.set_known_digest(catalogue->digest());
    }
    calls_.Call(context, "zoho-proxy-service", *tools_.async(),
                &ToolService::StubInterface::async_interface::ListTools, std::move(known),
                [check](const absl::StatusOr<ListToolsResponse>& tools) {
                  check->Heard("zoho-proxy-service", tools.status());
                });
  }
  return true;
}

}  // namespace mesh::edge
