#include "tests/fake_zoho/faults.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "tests/fake_zoho/json_reader.h"
#include "tests/fake_zoho/path_pattern.h"

namespace fake_zoho {
namespace {

constexpr char kHtml[] =
    "<!doctype html><html><body><h1>Service temporarily unavailable</h1></body></html>";

// Statuses that may stand for a kind: `"kind": "429"`.
bool IsStatus(const std::string& kind, int& status) {
  return absl::SimpleAtoi(kind, &status) && status >= 100 && status <= 599;
}

absl::Status ReadMatch(const Json& match, const std::string& prefix, Fault& fault) {
  JsonReader reader(match, prefix);
  reader.Text("region", fault.region, {"us", "eu"});
  reader.Text("role", fault.role, {"accounts", "meeting", "download"});
  reader.Text("method", fault.method);
  reader.Text("path", fault.path);
  return reader.Done();
}

absl::Status ReadHeaders(const Json& headers, const std::string& prefix, Fault& fault) {
  if (!headers.is_object()) return mesh::FieldInvalid(prefix, "must be a JSON object");
  for (const auto& [name, value] : headers.items()) {
    if (!value.is_string()) {
      return mesh::FieldInvalid(absl::StrCat(prefix, ".", name), "must be a string");
    }
    fault.headers.Set(name, value.get<std::string>());
  }
  return absl::OkStatus();
}

absl::Status ReadFault(const Json& json, const std::string& prefix, Fault& fault) {
  JsonReader reader(json, prefix);
  if (const Json* match = reader.Find("match"); match != nullptr) {
    reader.Fail(ReadMatch(*match, absl::StrCat(prefix, "match."), fault));
  }
  std::string kind;
  reader.Text("kind", kind);
  if (IsStatus(kind, fault.status)) kind = "status";
  reader.Int("status", fault.status, 100, 599);
  if (const Json* body = reader.Find("body"); body != nullptr) {
    fault.body = body->is_string() ? body->get<std::string>() : Serialize(*body);
  }
  if (const Json* headers = reader.Find("headers"); headers != nullptr) {
    reader.Fail(ReadHeaders(*headers, absl::StrCat(prefix, "headers"), fault));
  }
  reader.Time("latency_ms", absl::Milliseconds(1), fault.latency);
  reader.Int("after_bytes", fault.after_bytes);
  reader.Int("bytes", fault.bytes, 1);
  reader.Time("interval_ms", absl::Milliseconds(1), fault.interval);
  reader.Int("skip", fault.skip);
  reader.Int("count", fault.count);
  reader.Bool("execute", fault.execute);
  RETURN_IF_ERROR(reader.Done());

  fault.kind = kind;
  for (const char* known : {"latency", "status", "content_type", "cut_json", "empty", "reset",
                            "truncate", "drip", "hang"}) {
    if (kind != known) continue;
    if (kind == "status" && fault.status == 0) {
      return mesh::FieldInvalid(absl::StrCat(prefix, "status"), "is required");
    }
    return absl::OkStatus();
  }
  return mesh::FieldInvalid(absl::StrCat(prefix, "kind"),
                            "must be an HTTP status or latency, status, content_type, cut_json, "
                            "empty, reset, truncate, drip or hang");
}

bool Fits(const std::string& wanted, absl::string_view is) {
  return wanted.empty() || wanted == is;
}

}  // namespace

bool Fault::NeedsAnswer() const {
  return execute || kind == "latency" || kind == "cut_json" || kind == "truncate" || kind == "drip";
}

absl::Status Faults::Set(const Json& script) {
  JsonReader reader(script);
  const Json* list = reader.Find("faults");
  if (list == nullptr || !list->is_array()) reader.Fail("faults", "must be a JSON array");
  RETURN_IF_ERROR(reader.Done());
  std::vector<Fault> faults;
  for (const Json& json : *list) {
    const std::string prefix = absl::StrCat("faults[", faults.size(), "].");
    RETURN_IF_ERROR(ReadFault(json, prefix, faults.emplace_back()));
  }
  faults_ = std::move(faults);
  return absl::OkStatus();
}

std::optional<Fault> Faults::Take(Listener where, absl::string_view method,
                                  absl::string_view path) {
  for (Fault& fault : faults_) {
    if (!Fits(fault.region, CodeOf(where.region)) || !Fits(fault.role, NameOf(where.role)) ||
        !Fits(fault.method, method) || !GlobMatches(fault.path, path)) {
      continue;
    }
    if (fault.count > 0 && fault.struck >= fault.count) continue;
    if (++fault.matched <= fault.skip) continue;
    ++fault.struck;
    return fault;
  }
  return std::nullopt;
}

Json Faults::ToJson() const {
  Json list = Json::array();
  for (const Fault& fault : faults_) {
    list.push_back({{"match",
                     {{"region", fault.region},
                      {"role", fault.role},
                      {"method", fault.method},
                      {"path", fault.path}}},
                    {"kind", fault.kind},
                    {"status", fault.status},
                    {"latency_ms", absl::ToInt64Milliseconds(fault.latency)},
                    {"skip", fault.skip},
                    {"count", fault.count},
                    {"execute", fault.execute},
                    {"matched", fault.matched},
                    {"struck", fault.struck}});
  }
  return {{"faults", std::move(list)}};
}

void Strike(const Fault& fault, Delivery& delivery) {
  delivery.delay += fault.latency;
  Answer& answer = delivery.answer;
  if (fault.kind == "status") {
    answer = {.status = fault.status, .headers = fault.headers, .body = fault.body};
    if (!answer.body.empty() && !answer.headers.Has("Content-Type")) {
      answer.headers.Set("Content-Type", "application/json;charset=UTF-8");
    }
  } else if (fault.kind == "content_type") {
    answer = HtmlAnswer(fault.status == 0 ? 200 : fault.status, kHtml);
  } else if (fault.kind == "empty") {
    answer = EmptyAnswer(fault.status == 0 ? 200 : fault.status);
  } else if (fault.kind == "cut_json") {
    answer.body.resize(std::min(answer.body.size(), fault.after_bytes));
  } else if (fault.kind == "reset") {
    delivery.kind = Delivery::Kind::kReset;
  } else if (fault.kind == "truncate") {
    delivery.kind = Delivery::Kind::kTruncate;
    delivery.bytes = fault.after_bytes;
  } else if (fault.kind == "drip") {
    delivery.kind = Delivery::Kind::kDrip;
    delivery.bytes = fault.bytes;
    delivery.interval = fault.interval;
  } else if (fault.kind == "hang") {
    delivery.kind = Delivery::Kind::kHang;
  }
}

}  // namespace fake_zoho
