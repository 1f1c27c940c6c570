#include "services/zoho_proxy/request_builder.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

using In = Parameter::In;
using Source = Parameter::Source;
using Convert = Parameter::Convert;

Lease MakeLease() {
  return {.access_token = Secret("1000.abc"),
          .organization_id = "60001",
          .user_id = "70001",
          .meeting_url = "https://meeting.zoho.eu/"};
}

Tool ReadTool() {
  Tool tool{.http_method = "GET", .path = "/api/v2/{zsoid}/thing/{key}.json"};
  tool.parameters = {
      {.in = In::kPath, .source = Source::kOrganization, .target = "zsoid"},
      {.in = In::kPath, .argument = "id", .target = "key"},
      {.in = In::kQuery, .argument = "name", .target = "thingName"},
      {.in = In::kQuery, .argument = "flag", .target = "flag"},
      {.in = In::kHeader, .argument = "trace", .target = "X-Trace"},
  };
  tool.paging = Paging{.kind = Paging::Kind::kPage, .index = "index", .count = "count"};
  return tool;
}

Tool WriteTool() {
  Tool tool{.http_method = "POST", .path = "/api/v2/{zsoid}/sessions.json", .has_body = true};
  tool.listed.set_method(tools::v1::Tool::UPDATE);
  tool.parameters = {
      {.in = In::kPath, .source = Source::kOrganization, .target = "zsoid"},
      {.in = In::kBody, .argument = "topic", .target = "/session/topic"},
      {.in = In::kBody,
       .convert = Convert::kZohoDateTime,
       .argument = "start_time",
       .target = "/session/startTime",
       .zone_argument = "timezone"},
      {.in = In::kBody, .argument = "timezone", .target = "/session/timezone"},
      {.in = In::kBody,
       .convert = Convert::kMinutesToMilliseconds,
       .argument = "duration_minutes",
       .target = "/session/duration"},
      {.in = In::kBody,
       .argument = "presenter",
       .target = "/session/presenter",
       .integer_on_wire = true},
      {.in = In::kBody,
       .convert = Convert::kWrapItems,
       .argument = "participants",
       .target = "/session/participants",
       .wrap = "email"},
      {.in = In::kBody,
       .convert = Convert::kWrapItems,
       .argument = "options",
       .target = "/session/polloption",
       .wrap = "text",
       .number = "index"},
      {.in = In::kBody, .argument = "email", .target = "/registrant/0/email"},
  };
  return tool;
}

absl::StatusOr<net::HttpRequest> Build(const Tool& tool, const char* arguments,
                                       std::optional<PageQuery> page = {}) {
  return BuildRequest(tool, Arguments::parse(arguments), MakeLease(), page);
}

TEST(RequestBuilder, PutsEachArgumentInItsPlaceEncoded) {
  ASSERT_OK_AND_ASSIGN(
      const net::HttpRequest request,
      Build(ReadTool(), R"({"id": "a b&c", "name": "R&D é", "flag": true, "trace": "t"})",
            PageQuery{.index = 2, .count = 50}));
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.url,
            "https://meeting.zoho.eu/api/v2/60001/thing/a%20b%26c.json"
            "?thingName=R%26D%20%C3%A9&flag=true&index=2&count=50");
  EXPECT_EQ(request.headers.Get("Authorization"), "Zoho-oauthtoken 1000.abc");
  EXPECT_EQ(request.headers.Get("X-ZSOURCE"), "zoho-mcp-mesh");
  EXPECT_EQ(request.headers.Get("X-Trace"), "t");
  EXPECT_FALSE(request.headers.Has("Content-Type"));
  EXPECT_EQ(request.body, "");
}

TEST(RequestBuilder, LeavesOutWhatIsNotGiven) {
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest request, Build(ReadTool(), R"({"id": "1"})"));
  EXPECT_EQ(request.url, "https://meeting.zoho.eu/api/v2/60001/thing/1.json");
}

TEST(RequestBuilder, PutsTheBodyIntoZohosEnvelopeAndFormats) {
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest request, Build(WriteTool(), R"({
      "topic": "Q3 \"All\" Hands\n", "start_time": "2026-07-01T15:00:00+02:00",
      "timezone": "Asia/Kolkata", "duration_minutes": 90, "presenter": "53758790",
      "participants": ["a@b.c", "d@e.f"], "options": ["yes", "no"], "email": "x@y.z"})"));
  EXPECT_EQ(request.headers.Get("Content-Type"), "application/json;charset=UTF-8");
  EXPECT_EQ(Arguments::parse(request.body), Arguments::parse(R"({
      "session": {"topic": "Q3 \"All\" Hands\n", "startTime": "Jul 1, 2026 06:30 PM",
                  "timezone": "Asia/Kolkata", "duration": 5400000, "presenter": 53758790,
                  "participants": [{"email": "a@b.c"}, {"email": "d@e.f"}],
                  "polloption": [{"index": 1, "text": "yes"}, {"index": 2, "text": "no"}]},
      "registrant": [{"email": "x@y.z"}]})"));
}

TEST(RequestBuilder, TheHostIsTheUserWhoConnectedTheAccountWhereNoneIsNamed) {
  Tool tool = WriteTool();
  for (Parameter& parameter : tool.parameters) {
    if (parameter.argument == "presenter") parameter.source = Source::kArgumentOrUser;
  }
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest request, Build(tool, R"({"topic": "x"})"));
  EXPECT_EQ(request.body, R"({"session":{"presenter":70001,"topic":"x"}})");
}

struct BadValue {
  const char* name;
  bool write;
  const char* arguments;
  const char* field;
};

class BadValues : public ::testing::TestWithParam<BadValue> {};

TEST_P(BadValues, AreRefusedByName) {
  const auto request = Build(GetParam().write ? WriteTool() : ReadTool(), GetParam().arguments);
  EXPECT_THAT(request, HasReason("ARGUMENT_INVALID"));
  EXPECT_EQ(GetErrorDetail(request.status())->metadata.at("field"), GetParam().field);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadValues,
    ::testing::Values(
        BadValue{"Traversal", false, R"({"id": "../user"})", "id"},
        BadValue{"Dots", false, R"({"id": ".."})", "id"},
        BadValue{"Dot", false, R"({"id": "."})", "id"},
        BadValue{"Slash", false, R"({"id": "a/b"})", "id"},
        BadValue{"Backslash", false, R"({"id": "a\\b"})", "id"},
        BadValue{"Encoded", false, R"({"id": "%2e%2e%2fuser"})", "id"},
        BadValue{"Query", false, R"({"id": "1?x=y"})", "id"},
        BadValue{"Fragment", false, R"({"id": "1#"})", "id"},
        BadValue{"Matrix", false, R"({"id": "1;x=y"})", "id"},
        BadValue{"Empty", false, R"({"id": ""})", "id"},
        BadValue{"Nul", false, R"({"id": "1\u0000"})", "id"},
        BadValue{"NewlineInPath", false, R"({"id": "1\r\nHost: x"})", "id"},
        BadValue{"NewlineInQuery", false, R"({"id": "1", "name": "a\nb"})", "name"},
        BadValue{"NewlineInHeader", false, R"({"id": "1", "trace": "a\r\nX: b"})", "trace"},
        BadValue{"Date", true, R"({"start_time": "soon"})", "start_time"},
        BadValue{"Zone", true, R"({"start_time": "2026-07-01 15:00", "timezone": "Moon"})",
                 "timezone"},
        BadValue{"NegativeDuration", true, R"({"duration_minutes": -5})", "duration_minutes"},
        BadValue{"EndlessDuration", true, R"({"duration_minutes": 9000000000000000})",
                 "duration_minutes"},
        BadValue{"PresenterByName", true, R"({"presenter": "Jane"})", "presenter"},
        BadValue{"NothingToChange", true, R"({})", "arguments"}),
    [](const auto& info) { return info.param.name; });

TEST(BuildRequest, GoesToTheServerOfTheToolsDocument) {
  Tool tool{.http_method = "GET", .path = "/language"};
  tool.server = {.host = Server::Host::kWebinar, .base_path = "/api/v2"};
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest request,
                       BuildRequest(tool, Arguments::object(), MakeLease(), std::nullopt));
  EXPECT_EQ(request.url, "https://webinar.zoho.eu/api/v2/language");

  tool.server = {.host = Server::Host::kElsewhere, .name = "example.com"};
  EXPECT_THAT(BuildRequest(tool, Arguments::object(), MakeLease(), std::nullopt),
              HasReason("SERVER_NOT_ALLOWED"));
}

TEST(BuildRequest, ABodyThatMayBeLeftOutIsNoObject) {
  Tool tool{.http_method = "POST",
            .path = "/note",
            .has_body = true,
            .content_type = "text/plain",
            .body_optional = true};
  tool.parameters = {{.in = In::kBody, .argument = "body"}};

  ASSERT_OK_AND_ASSIGN(const net::HttpRequest without,
                       BuildRequest(tool, Arguments::object(), MakeLease(), std::nullopt));
  EXPECT_EQ(without.body, "");
  EXPECT_FALSE(without.headers.Has("Content-Type"));
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest with,
                       BuildRequest(tool, {{"body", "Hello"}}, MakeLease(), std::nullopt));
  EXPECT_EQ(with.body, "Hello");
  EXPECT_EQ(with.headers.Get("Content-Type"), "text/plain");

  tool.body_optional = false;
  tool.content_type = "application/json";
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest curated,
                       BuildRequest(tool, Arguments::object(), MakeLease(), std::nullopt));
  EXPECT_EQ(curated.body, "{}");
}

TEST(BuildRequest, AFileIsFetchedFromItsLinkIfThatIsZohos) {
  Tool tool{.http_method = "GET", .path = "/{link}", .url_argument = "link"};
  tool.server.host = Server::Host::kFiles;
  const auto build = [&tool](const char* link) {
    return BuildRequest(tool, {{"link", link}}, MakeLease(), std::nullopt);
  };
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest request,
                       build("https://download.zoho.eu/webdownload?event-id=1&x=%2F"));
  EXPECT_EQ(request.url, "https://download.zoho.eu/webdownload?event-id=1&x=%2F");
  EXPECT_EQ(request.headers.Get("Authorization"), "Zoho-oauthtoken 1000.abc");
  // Who follows a signed link shows no token.
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest signed_link,
                       build("https://files-accl.zohopublic.eu/public?signature=1"));
  EXPECT_FALSE(signed_link.headers.Has("Authorization"));
  for (const char* link : {"", "https://evil.example/", "http://download.zoho.eu/",
                           "https://download.zoho.eu/\r\nX: y", "file:///etc/passwd"}) {
    EXPECT_EQ(GetErrorDetail(build(link).status())->metadata.at("field"), "link") << link;
  }
}

TEST(BuildRequest, WritesABodyInTheEncodingOfItsTool) {
  Tool tool{.http_method = "POST", .path = "/x", .has_body = true};
  tool.parameters = {{.in = In::kBody, .argument = "a", .target = "/a"},
                     {.in = In::kBody, .argument = "b", .target = "/b"}};
  tool.content_type = "application/x-www-form-urlencoded";
  ASSERT_OK_AND_ASSIGN(
      const net::HttpRequest form,
      BuildRequest(tool, {{"a", "x y&z"}, {"b", {1, 2}}}, MakeLease(), std::nullopt));
  EXPECT_EQ(form.body, "a=x%20y%26z&b=%5B1%2C2%5D");
  EXPECT_EQ(form.headers.Get("Content-Type"), "application/x-www-form-urlencoded");

  tool.parameters = {{.in = In::kBody, .argument = "body", .target = ""}};
  tool.content_type = "text/plain";
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest text,
                       BuildRequest(tool, {{"body", "as it is"}}, MakeLease(), std::nullopt));
  EXPECT_EQ(text.body, "as it is");
  tool.content_type = "application/json";
  ASSERT_OK_AND_ASSIGN(const net::HttpRequest array,
                       BuildRequest(tool, {{"body", {1, 2}}}, MakeLease(), std::nullopt));
  EXPECT_EQ(array.body, "[1,2]");
}

}  // namespace
}  // namespace mesh::zoho_proxy
