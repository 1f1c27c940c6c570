#include "services/zoho_proxy/zoho_hosts.h"

#include <string>

#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

Lease At(const std::string& meeting_url) {
  Lease lease;
  lease.meeting_url = meeting_url;
  return lease;
}

const Lease kEurope = At("https://meeting.zoho.eu");
const Lease kCanada = At("https://meeting.zohocloud.ca/");
const Lease kLoopback = At("http://127.0.0.1:8091");

TEST(ZohoHosts, ARawCallGoesToTheAccountsMeetingHost) {
  const ZohoHosts hosts;
  EXPECT_EQ(*hosts.ApiBase("", kEurope), "https://meeting.zoho.eu");
  EXPECT_EQ(*hosts.ApiBase("MEETING.zoho.eu", kEurope), "https://meeting.zoho.eu");
  EXPECT_EQ(*hosts.ApiBase("", kCanada), "https://meeting.zohocloud.ca");
  EXPECT_EQ(*hosts.ApiBase("127.0.0.1:8091", kLoopback), "http://127.0.0.1:8091");
}

TEST(ZohoHosts, OrToTheWebinarHostBesideIt) {
  const ZohoHosts hosts;
  EXPECT_EQ(*hosts.ApiBase("webinar.zoho.eu", kEurope), "https://webinar.zoho.eu");
  EXPECT_EQ(*hosts.ApiBase("webinar.zohocloud.ca", kCanada), "https://webinar.zohocloud.ca");
}

TEST(ZohoHosts, ARawCallGoesNowhereElse) {
  const ZohoHosts hosts({"allowed.example"});
  for (const char* host :
       {"meeting.zoho.com", "webinar.zoho.com", "accounts.zoho.eu", "zoho.eu", "evil.example",
        "meeting.zoho.eu.evil.example", "meeting.zoho.eu:8443", "meeting.zoho.eu@evil.example",
        "evil.example/meeting.zoho.eu", "127.0.0.1:8091", "allowed.example:1", " "}) {
    EXPECT_THAT(hosts.ApiBase(host, kEurope), HasReason("HOST_NOT_ALLOWED")) << host;
  }
}

TEST(ZohoHosts, ExtraHostsMayBeCalled) {
  const ZohoHosts hosts({"api.example", "127.0.0.1:9000"});
  EXPECT_EQ(*hosts.ApiBase("api.example", kEurope), "https://api.example");
  EXPECT_EQ(*hosts.ApiBase("127.0.0.1:9000", kLoopback), "http://127.0.0.1:9000");
  EXPECT_THAT(hosts.CheckDownload("http://127.0.0.1:9000/f?a=b", kLoopback), IsOk());
  EXPECT_THAT(hosts.CheckDownload("http://api.example/f", kEurope), HasReason("HOST_NOT_ALLOWED"));
}

TEST(ZohoHosts, FilesComeFromHostsOfTheSameDataCentreOrBySignedLinks) {
  const ZohoHosts hosts;
  for (const char* url : {"https://download.zoho.eu/webdownload?x-service=meetinglab&event-id=1",
                          "https://files.zoho.eu/a", "https://meeting.zoho.eu/a",
                          "https://files-accl.zohopublic.eu/public?b=c",
                          "https://files-accl.zohopublic.com/public?b=c"}) {
    EXPECT_THAT(hosts.CheckDownload(url, kEurope), IsOk()) << url;
  }
  EXPECT_THAT(hosts.CheckDownload("https://download.zohocloud.ca/a", kCanada), IsOk());
}

TEST(ZohoHosts, FilesComeFromNowhereElse) {
  const ZohoHosts hosts;
  for (const char* url :
       {"https://download.zoho.com/a", "http://download.zoho.eu/a",
        "https://download.zoho.eu:8443/a", "https://download.zoho.eu.evil.example/a",
        "https://evil.example/download.zoho.eu", "https://files-accl.zoho.eu/a",
        "http://169.254.169.254/latest", "http://127.0.0.1:8091/a"}) {
    EXPECT_THAT(hosts.CheckDownload(url, kEurope), HasReason("HOST_NOT_ALLOWED")) << url;
  }
  for (const char* url : {"", "/path", "ftp://download.zoho.eu/a", "https://u:p@download.zoho.eu/a",
                          "https://download.zoho.eu/a b"}) {
    EXPECT_THAT(hosts.CheckDownload(url, kEurope), HasReason("FIELD_INVALID")) << url;
  }
}

}  // namespace
}  // namespace mesh::zoho_proxy
