#include "services/zoho_proxy/server.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "services/zoho_proxy/zoho_services.h"

namespace mesh::zoho_proxy {
namespace {

using Host = Server::Host;
using ::testing::HasSubstr;

struct Case {
  const char* name;
  // Of the document; the operation's own lie at `op`, in the same text.
  const char* text;
  bool own;
  Host host;
  const char* server;
  const char* base_path;
};

class Servers : public ::testing::TestWithParam<Case> {};

TEST_P(Servers, SayWhereCallsGo) {
  const Case& given = GetParam();
  ASSERT_OK_AND_ASSIGN(const DocumentSet set, DocumentSet::Parse({{"a.yaml", given.text}}));
  const Node document = set.Roots().front();
  ASSERT_OK_AND_ASSIGN(const Node path_item, document.Get("path"));
  ASSERT_OK_AND_ASSIGN(const Node operation, path_item.Get("op"));
  ASSERT_OK_AND_ASSIGN(const Server server, ReadServer(document, path_item, operation, given.own));
  EXPECT_EQ(server.host, given.host);
  EXPECT_EQ(server.name, given.server);
  EXPECT_EQ(server.base_path, given.base_path);
}

INSTANTIATE_TEST_SUITE_P(
    All, Servers,
    ::testing::Values(
        Case{"Meeting", "servers: [{url: 'https://meeting.zoho.com'}]\npath: {op: {}}", false,
             Host::kMeeting, "meeting.zoho.com", ""},
        Case{"BasePath", "servers: [{url: 'https://meeting.zoho.com.au/api/v2/'}]\npath: {op: {}}",
             false, Host::kMeeting, "meeting.zoho.com.au", "/api/v2"},
        Case{"OfTheOperation",
             "servers: [{url: 'https://meeting.zoho.com'}]\n"
             "path: {op: {servers: [{url: 'https://webinar.zoho.com'}]}}",
             true, Host::kWebinar, "webinar.zoho.com", ""},
        Case{"OfThePath",
             "servers: [{url: 'https://meeting.zoho.com'}]\n"
             "path: {servers: [{url: 'https://example.com'}], op: {}}",
             true, Host::kElsewhere, "example.com", ""},
        Case{"ZohosOfSeveral",
             "servers: [{url: 'https://a.example'}, {url: 'https://meeting.zoho.eu'}]\n"
             "path: {op: {}}",
             false, Host::kMeeting, "meeting.zoho.eu", ""},
        Case{"Variables",
             "servers: [{url: 'https://meeting.zoho.{dc}/x', variables: {dc: {default: in}}}]\n"
             "path: {op: {}}",
             false, Host::kMeeting, "meeting.zoho.in", "/x"},
        Case{"Files", "servers: [{url: 'https://download.zoho.com'}]\npath: {op: {}}", true,
             Host::kFiles, "download.zoho.com", ""},
        Case{"FilesOfAnother", "servers: [{url: 'https://files.zoho.com'}]\npath: {op: {}}", false,
             Host::kElsewhere, "files.zoho.com", ""},
        Case{"Http", "servers: [{url: 'http://meeting.zoho.com'}]\npath: {op: {}}", true,
             Host::kElsewhere, "meeting.zoho.com", ""},
        Case{"Port", "servers: [{url: 'https://meeting.zoho.com:8443'}]\npath: {op: {}}", true,
             Host::kElsewhere, "meeting.zoho.com", ""},
        Case{"Lookalike",
             "servers: [{url: 'https://meeting.zoho.com.evil.example'}]\npath: {op: {}}", true,
             Host::kElsewhere, "meeting.zoho.com.evil.example", ""},
        Case{"NoneOfOurs", "path: {op: {}}", true, Host::kMeeting, "", ""},
        Case{"NoneOfAnother", "path: {op: {}}", false, Host::kElsewhere, "", ""},
        Case{"RelativeOfOurs", "servers: [{url: /api}]\npath: {op: {}}", true, Host::kMeeting, "",
             "/api"},
        Case{"RelativeOfAnother", "servers: [{url: /api}]\npath: {op: {}}", false, Host::kElsewhere,
             "", "/api"}),
    [](const auto& info) { return info.param.name; });

TEST(Server, ACallThatWouldLeaveZohoIsRefusedByName) {
  Tool tool{.server = {.host = Host::kElsewhere, .name = "api.example.com"}};
  tool.listed.set_name("example_list");
  const absl::Status refused = CheckServed(tool);
  EXPECT_THAT(refused, HasReason("SERVER_NOT_ALLOWED"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("api.example.com"));
  EXPECT_THAT(std::string(refused.message()), HasSubstr("Nothing was sent"));

  tool.server.host = Host::kWebinar;
  EXPECT_THAT(CheckServed(tool), IsOk());
}

TEST(ZohoServices, KnowEveryDataCentreAndNothingElse) {
  for (const char* domain :
       {"zoho.com", "zoho.eu", "zoho.in", "zoho.com.au", "zoho.jp", "zohocloud.ca", "zoho.sa",
        "zoho.com.cn", "zoho.uk", "zoho.ae", "zoho.sg"}) {
    EXPECT_EQ(ZohoServiceOf(absl::StrCat("meeting.", domain)), ZohoService::kMeeting);
    EXPECT_EQ(ZohoServiceOf(absl::StrCat("webinar.", domain)), ZohoService::kWebinar);
    EXPECT_EQ(ZohoServiceOf(absl::StrCat("download.", domain)), ZohoService::kFiles);
  }
  EXPECT_EQ(ZohoServiceOf("files-accl.zohopublic.eu"), ZohoService::kFiles);
  for (const char* host : {"", "zoho.com", "accounts.zoho.com", "meeting.zoho.com.", "a.zoho.com",
                           "meeting.zoho.com.evil.example", "xmeeting.zoho.com",
                           "meeting.meeting.zoho.com", "files-accl.zoho.com", "127.0.0.1"}) {
    EXPECT_EQ(ZohoServiceOf(host), std::nullopt) << host;
  }
}

TEST(ZohoServices, WebinarLiesBesideMeeting) {
  EXPECT_EQ(WebinarUrlFor("https://meeting.zoho.com.au/"), "https://webinar.zoho.com.au");
  EXPECT_EQ(WebinarUrlFor("http://127.0.0.1:4"), "http://127.0.0.1:4");
}

TEST(ZohoServices, FilesAreFetchedFromZohoAlone) {
  constexpr char kMeeting[] = "https://meeting.zoho.eu";
  EXPECT_TRUE(MayFetchFile("https://download.zoho.eu/webdownload?x=1", kMeeting));
  EXPECT_TRUE(MayFetchFile("https://files-accl.zohopublic.com/public?x=1", kMeeting));
  for (const char* url :
       {"", "download.zoho.eu", "http://download.zoho.eu/", "https://download.zoho.eu:8443/",
        "https://download.zoho.com/", "https://evil.example/",
        "https://download.zoho.eu@evil.example/", "https://meeting.zoho.eu/api",
        "http://127.0.0.1:1/", "http://169.254.169.254/"}) {
    EXPECT_FALSE(MayFetchFile(url, kMeeting)) << url;
  }
  EXPECT_TRUE(MayFetchFile("http://127.0.0.1:2/webdownload", "http://127.0.0.1:1"));
  EXPECT_FALSE(MayFetchFile("http://10.0.0.1/webdownload", "http://127.0.0.1:1"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
