// Bad input to every tool that ships, made from its schema: each is answered with the field, the
// rule and an example, and nothing is sent to Zoho. And every way in which Zoho fails to answer.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <prometheus/registry.h>

#include "common/base/clock.h"
#include "common/base/status_matchers.h"
#include "common/net/fake_http_client.h"
#include "common/net/url.h"
#include "common/rpc/proto_time.h"
#include "services/zoho_proxy/catalog.h"
#include "services/zoho_proxy/composite_call.h"
#include "services/zoho_proxy/token_cache.h"
#include "services/zoho_proxy/tool_call.h"
#include "services/zoho_proxy/upstream.h"

namespace mesh::zoho_proxy {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using tools::v1::CallToolRequest;
using tools::v1::CallToolResponse;

const Catalog& Shipped() {
  static const auto* const kCatalog = new std::shared_ptr<const Catalog>(
      *Catalog::Load({"services/zoho_proxy/catalog/zoho_meeting"}));
  return **kCatalog;
}

std::vector<std::string> ToolNames() {
  std::vector<std::string> names;
  for (const Tool& tool : Shipped().tools()) names.push_back(tool.listed.name());
  return names;
}

// A value that the schema takes.
json GoodValue(const std::string& name, const json& schema) {
  if (schema.contains("enum")) return schema["enum"][0];
  if (schema.contains("default")) return schema["default"];
  const std::string type = schema.value("type", "");
  if (type == "integer") return schema.value("minimum", 1);
  if (type == "boolean") return true;
  if (type == "array") return json::array({GoodValue(name, schema["items"])});
  if (schema.value("format", "") == "email") return "sarah@example.com";
  if (name == "start_time" || name == "from") return "2026-07-01 15:00";
  if (name == "to") return "2099-07-01 15:00";
  if (name == "timezone") return "Europe/Berlin";
  if (name == "download_url") return "https://download.zoho.eu/webdownload?event-id=1";
  return name == "presenter" ? "70001" : "1066944216";
}

class BadArguments : public ::testing::TestWithParam<std::string> {
 protected:
  BadArguments() {
    zoho_.AnswerAll([](const net::HttpRequest&) -> absl::StatusOr<net::HttpResponse> {
      return net::HttpResponse{.status = 404};
    });
    const json schema = json::parse(tool_.listed.input_schema_json());
    properties_ = schema["properties"];
    required_ = schema.value("required", std::vector<std::string>());
  }

  absl::StatusOr<CallToolResponse> Call(const std::string& arguments_json) {
    return tool_.composite.has_value() ? CallBy<CompositeCall>(arguments_json)
                                       : CallBy<ToolCall>(arguments_json);
  }

  template <typename AnyCall>
  absl::StatusOr<CallToolResponse> CallBy(const std::string& arguments_json) {
    CallToolRequest request;
    request.set_account("acc_1");
    request.set_tool(tool_.listed.name());
    request.set_arguments_json(arguments_json);
    std::optional<absl::StatusOr<CallToolResponse>> result;
    const auto call = std::make_shared<AnyCall>(
        parts_, CallContext{.deadline = absl::Now() + absl::Seconds(30), .request_id = "r"},
        std::shared_ptr<const Catalog>(&Shipped(), [](const Catalog*) {}), tool_,
        [&result](absl::StatusOr<CallToolResponse> done) { result = std::move(done); });
    call->Start(request);
    return *std::move(result);  // Nothing here answers from another thread.
  }

  // What every call needs, and `name` where it is left out, so that only what is changed is wrong.
  json Good(const std::string& name = "") const {
    json arguments = json::object();
    for (const std::string& needed : required_) {
      arguments[needed] = GoodValue(needed, properties_[needed]);
    }
    if (!name.empty()) arguments[name] = GoodValue(name, properties_[name]);
    // A change must change something.
    if (tool_.has_body && properties_.contains("topic")) arguments["topic"] = "T";
    if (tool_.has_body && properties_.contains("question")) arguments["question"] = "Q";
    return arguments;
  }

  json With(const std::string& name, json value) const {
    json arguments = Good();
    arguments[name] = std::move(value);
    return arguments;
  }

  void ExpectRefused(const std::string& arguments_json, const std::string& field) {
    SCOPED_TRACE(arguments_json.substr(0, 200));
    const size_t sent = zoho_.sent().size();
    const absl::StatusOr<CallToolResponse> result = Call(arguments_json);
    EXPECT_EQ(zoho_.sent().size(), sent) << zoho_.sent().back().url;
    ASSERT_FALSE(result.ok());
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument);
    const ErrorDetail detail = *GetErrorDetail(result.status());
    EXPECT_EQ(detail.metadata.at("field"), field);
    EXPECT_THAT(std::string(result.status().message()), HasSubstr(absl::StrCat("`", field, "`")));
    if (detail.reason == "CURSOR_INVALID") return;  // Says to leave it out; there is no example.
    EXPECT_EQ(detail.reason, "ARGUMENT_INVALID");
    EXPECT_FALSE(detail.metadata.at("rule").empty());
    ASSERT_EQ(detail.metadata.count("example"), 1u);
    EXPECT_TRUE(json::accept(detail.metadata.at("example")) ||
                absl::StrContains(detail.metadata.at("example"), " or "))
        << detail.metadata.at("example");
  }

  void ExpectRefused(const json& arguments, const std::string& field) {
    ExpectRefused(arguments.dump(), field);
  }

  bool IsText(const std::string& name) const {
    return properties_[name].value("type", "") == "string" && !properties_[name].contains("enum");
  }

  // What the URL of a request for `arguments` has at `parameter`.
  const Parameter* ParameterOf(const std::string& argument) const {
    for (const Parameter& parameter : tool_.parameters) {
      if (parameter.argument == argument) return &parameter;
    }
    return nullptr;
  }

  const Tool& tool_ = *Shipped().Find(GetParam());
  json properties_;
  std::vector<std::string> required_;
  const SystemClock clock_;
  prometheus::Registry registry_;
  ProxyMetrics metrics_{registry_};
  net::FakeHttpClient zoho_;
  TokenCache tokens_{
      [](const CallContext&, const auth::v1::GetAccessTokenRequest&, TokenCache::Fetched fetched) {
        auth::v1::AccessToken token;
        token.set_generation(1);
        token.set_access_token("token");
        *token.mutable_expire_time() = rpc::TimestampOf(absl::Now() + absl::Hours(1));
        token.set_organization_id("60001");
        token.set_user_id("70001");
        token.set_meeting_url("https://meeting.zoho.eu");
        std::move(fetched)(std::move(token));
      },
      clock_};
  Upstream upstream_{zoho_, tokens_, clock_, metrics_, {.breaker = {.failures = 1'000'000}}};
  const Sealer sealer_ = *Sealer::Create(Secret(std::string(32, 'k')));
  const ToolCallOptions options_;
  const ToolCallParts parts_{
      .upstream = upstream_, .sealer = sealer_, .clock = clock_, .options = options_};
};

TEST_P(BadArguments, GoodOnesAreSent) {
  EXPECT_FALSE(Call(Good().dump()).ok());  // Zoho knows no such object.
  EXPECT_GE(zoho_.sent().size(), 1u);
  EXPECT_TRUE(tool_.composite.has_value() || zoho_.sent().size() == 1u);
  for (const auto& [name, schema] : properties_.items()) {
    if (name == "next_cursor") continue;
    const size_t sent = zoho_.sent().size();
    const auto result = Call(Good(name).dump());
    EXPECT_GT(zoho_.sent().size(), sent) << name << ": " << result.status();
  }
}

TEST_P(BadArguments, AMissingOne) {
  for (const std::string& name : required_) {
    json arguments = Good();
    arguments.erase(name);
    // A tool that changes something needs no topic; it is there to have something changed.
    ExpectRefused(arguments, name);
    arguments[name] = nullptr;
    ExpectRefused(arguments, name);
  }
}

TEST_P(BadArguments, AnotherType) {
  for (const auto& [name, schema] : properties_.items()) {
    const std::string type = schema.value("type", "");
    std::vector<json> wrong = {json::object({{"a", 1}})};
    if (type != "array") wrong.push_back(json::array({"a", "b"}));
    if (type == "string") {
      wrong.insert(wrong.end(), {true, 1.5, json::array()});
    } else if (type == "integer") {
      wrong.insert(wrong.end(), {"many", "", 1.5, true, "1.5", 1e30, "99999999999999999999"});
    } else if (type == "boolean") {
      wrong.insert(wrong.end(), {"perhaps", 7, ""});
    } else if (type == "array") {
      wrong.insert(wrong.end(), {json::array({json::object()}), json::array({json::array()}),
                                 json::array({nullptr}), true});
    }
    for (const json& value : wrong) ExpectRefused(With(name, value), name);
  }
}

TEST_P(BadArguments, AValueOutsideItsRange) {
  for (const auto& [name, schema] : properties_.items()) {
    if (schema.contains("enum")) {
      ExpectRefused(With(name, schema["enum"][0].is_string() ? json("no-such") : json(999)), name);
      ExpectRefused(With(name, ""), name);
    }
    if (schema.contains("minimum")) {
      ExpectRefused(With(name, schema["minimum"].get<int>() - 1), name);
      ExpectRefused(With(name, -1), name);
    }
    if (schema.contains("maximum")) {
      ExpectRefused(With(name, schema["maximum"].get<int>() + 1), name);
    }
    if (schema.value("minLength", 0) > 0) ExpectRefused(With(name, ""), name);
    if (schema.contains("maxItems")) {
      const json item = GoodValue(name, schema["items"]);
      ExpectRefused(With(name, json(schema["maxItems"].get<size_t>() + 1, item)), name);
    }
    if (schema.value("format", "") == "email") ExpectRefused(With(name, "sarah"), name);
  }
  for (const char* name : {"start_time", "timezone", "from", "to", "presenter"}) {
    // A workflow takes presenters by name, too.
    const bool takes_any = tool_.composite.has_value() && name == absl::string_view("presenter");
    if (properties_.contains(name) && !takes_any) ExpectRefused(With(name, "Mars/Base"), name);
  }
}

TEST_P(BadArguments, ATextThatIsTooLong) {
  for (const auto& [name, schema] : properties_.items()) {
    if (IsText(name)) {
      const size_t length = schema.value("maxLength", size_t{40'000});
      ExpectRefused(With(name, std::string(length + 1, 'x')), name);
      ExpectRefused(With(name, std::string(1'000'000, 'x')), name);
    } else if (schema.value("type", "") == "array") {
      ExpectRefused(With(name, json::array({std::string(40'000, 'x')})), name);
    }
  }
}

TEST_P(BadArguments, TextThatIsNone) {
  for (const auto& [name, schema] : properties_.items()) {
    if (!IsText(name)) continue;
    // A lone surrogate, bytes that are no UTF-8, and a zero.
    json arguments = Good(name);
    arguments.erase(name);
    const std::string rest =
        arguments.empty() ? "" : absl::StrCat(", ", arguments.dump().substr(1));
    const std::string begin = absl::StrCat("{\"", name, "\": ");
    const std::string end = rest.empty() ? "}" : rest;
    ExpectRefused(absl::StrCat(begin, "\"\\ud800\"", end), "arguments");
    ExpectRefused(absl::StrCat(begin, "\"\xc3\x28\"", end), "arguments");
    ExpectRefused(absl::StrCat(begin, "\"a\\u0000b\"", end), name);
    ExpectRefused(absl::StrCat(begin, "\"a\\u001b[2J\"", end), name);
  }
}

TEST_P(BadArguments, UnicodeArrivesWhole) {
  if (tool_.composite.has_value()) return;  // Its arguments go to other tools.
  const std::string text =
      "Zoë 会議 \xf0\x9f\x98\x80 \xe2\x80\xae"
      "abc";
  for (const auto& [name, schema] : properties_.items()) {
    const Parameter* parameter = ParameterOf(name);
    if (!IsText(name) || parameter == nullptr || parameter->integer_on_wire ||
        parameter->convert != Parameter::Convert::kNone || schema.contains("format") ||
        name == tool_.url_argument) {
      continue;
    }
    Call(With(name, text).dump()).IgnoreError();
    const net::HttpRequest sent = zoho_.sent().back();
    EXPECT_TRUE(std::all_of(sent.url.begin(), sent.url.end(), absl::ascii_isgraph)) << sent.url;
    const net::Url url = *net::ParseUrl(sent.url);
    if (parameter->in == Parameter::In::kPath) {
      EXPECT_THAT(*net::PercentDecode(url.path), HasSubstr(text));
    } else if (parameter->in == Parameter::In::kQuery) {
      EXPECT_THAT(url.query, ::testing::Contains(std::pair(parameter->target, text)));
    } else {
      EXPECT_EQ(json::parse(sent.body)[json::json_pointer(parameter->target)], text);
    }
  }
}

TEST_P(BadArguments, APathInAnId) {
  for (const auto& [name, schema] : properties_.items()) {
    const Parameter* parameter = ParameterOf(name);
    if (parameter == nullptr || parameter->in != Parameter::In::kPath ||
        !tool_.url_argument.empty()) {
      continue;
    }
    for (const char* value :
         {"..", ".", "../user", "a/b", "a\\b", "a?x=1", "a#b", "%2e%2e", "%2e%2e%2fuser", "..%2f",
          "a;b", "%00", "a\r\nHost: evil.example", "/", "//evil.example", "....//"}) {
      ExpectRefused(With(name, value), name);
    }
  }
}

TEST_P(BadArguments, AQueryInAQuery) {
  if (tool_.composite.has_value()) return;
  for (const auto& [name, schema] : properties_.items()) {
    const Parameter* parameter = ParameterOf(name);
    if (parameter == nullptr || parameter->in != Parameter::In::kQuery || !IsText(name)) continue;
    const std::string value = "a&zsoid=1#x?y=%00/../b";
    Call(With(name, value).dump()).IgnoreError();
    const net::Url url = *net::ParseUrl(zoho_.sent().back().url);
    EXPECT_THAT(url.query, ::testing::Contains(std::pair(parameter->target, value)));
    for (const auto& [key, unused] : url.query) EXPECT_NE(key, "zsoid");
    EXPECT_EQ(url.host, "meeting.zoho.eu");
  }
}

TEST_P(BadArguments, ALinkThatLeavesZoho) {
  if (tool_.url_argument.empty()) return;
  for (const char* value :
       {"http://169.254.169.254/latest", "https://evil.example/", "file:///etc/passwd", "x",
        "http://download.zoho.eu/", "https://download.zoho.eu.evil.example/",
        "https://user@evil.example/", "http://127.0.0.1/", "javascript:alert(1)"}) {
    ExpectRefused(With(tool_.url_argument, value), tool_.url_argument);
  }
}

TEST_P(BadArguments, AnUnknownOneAndNoObject) {
  const auto expect_unknown = [this](const std::string& name) {
    const size_t sent = zoho_.sent().size();
    const auto result = Call(With(name, "1").dump());
    EXPECT_THAT(result, HasReason("ARGUMENT_INVALID"));
    EXPECT_EQ(GetErrorDetail(result.status())->metadata.at("field"), name);
    EXPECT_EQ(zoho_.sent().size(), sent);
  };
  expect_unknown("no_such_argument");
  expect_unknown("zsoid");
  expect_unknown("__proto__");
  for (const char* text : {"[]", "7", "\"x\"", "{", "{}}", "{\"a\":1", "\xff", "[{}]", "true"}) {
    ExpectRefused(std::string(text), "arguments");
  }
}

TEST_P(BadArguments, ALinkThatLeadsAwayFromZohoIsNotFollowed) {
  if (tool_.url_argument.empty()) return;
  net::HttpResponse moved{.status = 302};
  moved.headers.Add("Location", "http://169.254.169.254/latest");
  zoho_.Answer(moved);
  EXPECT_THAT(Call(Good().dump()), HasReason("ZOHO_ERROR"));
  EXPECT_EQ(zoho_.sent().size(), 1u);

  moved.headers.Set("Location", "https://files-accl.zohopublic.eu/public?signature=1");
  zoho_.Answer(moved);
  zoho_.Answer(net::HttpResponse{
      .status = 200, .headers = {{"Content-Type", "text/vtt"}}, .body = "WEBVTT"});
  const auto result = Call(Good().dump());
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(json::parse(result->result_json())["text"], "WEBVTT");
  EXPECT_FALSE(zoho_.sent().back().headers.Has("Authorization"));
}

TEST_P(BadArguments, AnUpstreamFaultIsAnErrorThatSaysWhatToDo) {
  constexpr char kThrottled[] =
      R"({"error":{"status_code":400,"title":"URL_ROLLING_THROTTLES_LIMIT_EXCEEDED",)"
      R"("details":{"message":"Cannot execute more than 100 requests per API in 2 minutes. )"
      R"(Try again after 22 minutes."}}})";
  struct Fault {
    const char* name;
    absl::StatusOr<net::HttpResponse> answer;
    const char* reason;
    // Of an answer that holds rows or an object; a file may be anything.
    bool of_json = false;
    bool of_rows = false;
  };
  const std::vector<Fault> faults = {
      {"timeout", absl::DeadlineExceededError("late"), "ZOHO_TIMEOUT"},
      {"reset", absl::UnavailableError("reset"), "ZOHO_UNREACHABLE"},
      {"too long", absl::ResourceExhaustedError("long"), "ZOHO_ERROR"},
      {"429", net::HttpResponse{.status = 429}, "ZOHO_RATE_LIMITED"},
      {"429 as 400", net::HttpResponse{.status = 400, .body = kThrottled}, "ZOHO_RATE_LIMITED"},
      {"429 as 200", net::HttpResponse{.status = 200, .body = kThrottled}, "ZOHO_RATE_LIMITED",
       true},
      {"500", net::HttpResponse{.status = 500, .body = "{}"}, "ZOHO_ERROR"},
      {"502", net::HttpResponse{.status = 502, .body = "<html>"}, "ZOHO_ERROR"},
      {"half", net::HttpResponse{.status = 200, .body = R"({"session": [{"a")"}, "ZOHO_ERROR",
       true},
      {"HTML", net::HttpResponse{.status = 200, .body = "<html>Sign in</html>"}, "ZOHO_ERROR",
       true},
      {"empty", net::HttpResponse{.status = 200}, "ZOHO_ERROR", true},
      {"no rows", net::HttpResponse{.status = 200, .body = "{}"}, "ZOHO_ERROR", true, true},
  };
  for (const Fault& fault : faults) {
    SCOPED_TRACE(fault.name);
    if (fault.of_json && !tool_.url_argument.empty()) continue;
    // Some lists come in more than one shape.
    if (fault.of_rows && (!tool_.paging.has_value() || tool_.items.empty() || tool_.lenient)) {
      continue;
    }
    // There is nothing to read in the answer to it.
    if (fault.name == absl::string_view("empty") &&
        tool_.listed.method() == tools::v1::Tool::DELETE) {
      continue;
    }
    zoho_.AnswerAll([&fault](const net::HttpRequest&) { return fault.answer; });
    const size_t sent = zoho_.sent().size();
    const absl::StatusOr<CallToolResponse> result = Call(Good().dump());
    EXPECT_THAT(result, HasReason(fault.reason));
    if (tool_.listed.read_only()) continue;
    EXPECT_EQ(zoho_.sent().size(), sent + 1);
    if (fault.reason != absl::string_view("ZOHO_RATE_LIMITED")) {
      EXPECT_THAT(std::string(result.status().message()), HasSubstr("may have been carried out"));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(EveryTool, BadArguments, ::testing::ValuesIn(ToolNames()),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace mesh::zoho_proxy
