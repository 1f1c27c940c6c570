#include "services/auth/regions.h"

#include <set>
#include <string>

#include "absl/strings/match.h"
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"

namespace mesh::auth {
namespace {

using Overlay = google::protobuf::RepeatedPtrField<config::v1::RegionConfig>;

Overlay OverlayOf(const std::string& code, const std::string& accounts,
                  const std::string& meeting) {
  Overlay overlay;
  config::v1::RegionConfig& region = *overlay.Add();
  region.set_code(code);
  region.set_accounts_url(accounts);
  region.set_meeting_url(meeting);
  return overlay;
}

TEST(Regions, HoldTheElevenDataCentres) {
  ASSERT_OK_AND_ASSIGN(const Regions regions, Regions::Create({}));

  std::set<std::string> codes;
  for (const auto& region : regions.all()) {
    codes.insert(region.code());
    EXPECT_TRUE(absl::StartsWith(region.accounts_url(), "https://accounts.zoho")) << region.code();
    EXPECT_TRUE(absl::StartsWith(region.meeting_url(), "https://meeting.zoho")) << region.code();
    EXPECT_FALSE(region.name().empty()) << region.code();
  }
  EXPECT_EQ(codes, (std::set<std::string>{"ae", "au", "ca", "cn", "eu", "in", "jp", "sa", "sg",
                                          "uk", "us"}));
}

TEST(Regions, AnOverlayReplacesByCodeAndKeepsTheName) {
  ASSERT_OK_AND_ASSIGN(
      const Regions regions,
      Regions::Create(OverlayOf("eu", "http://127.0.0.1:9001/", "http://[::1]:9002")));

  EXPECT_EQ(regions.all().size(), 11u);
  ASSERT_OK_AND_ASSIGN(const auto* eu, regions.Find("eu"));
  EXPECT_EQ(eu->accounts_url(), "http://127.0.0.1:9001");
  EXPECT_EQ(eu->meeting_url(), "http://[::1]:9002");
  EXPECT_EQ(eu->name(), "European Union");
}

TEST(Regions, AnOverlayAddsARegion) {
  ASSERT_OK_AND_ASSIGN(const Regions regions,
                       Regions::Create(OverlayOf("br", "https://accounts.zoho.com.br",
                                                 "https://meeting.zoho.com.br")));

  EXPECT_EQ(regions.all().size(), 12u);
  EXPECT_THAT(regions.Find("br"), IsOk());
}

TEST(Regions, AnUnknownCodeIsRefusedWithTheKnownOnes) {
  ASSERT_OK_AND_ASSIGN(const Regions regions, Regions::Create({}));

  const absl::Status status = regions.Find("mars").status();

  EXPECT_THAT(status, HasReason("REGION_UNKNOWN"));
  EXPECT_TRUE(absl::StrContains(status.message(), "ae, au, ca")) << status;
}

TEST(Regions, ABadOverlayIsRefused) {
  const std::string good = "https://accounts.zoho.eu";
  const struct {
    std::string code;
    std::string accounts;
    std::string meeting;
  } kRows[] = {
      {"", good, good},
      {"EU", good, good},
      {"eu", "", good},
      {"eu", good, ""},
      {"eu", "http://accounts.zoho.eu", good},
      {"eu", good, "http://10.0.0.1:80"},
      {"eu", "http://127.0.0.1.evil.example", good},
      {"eu", "https://accounts.zoho.eu/oauth", good},
      {"eu", "https://accounts.zoho.eu?x=1", good},
      {"eu", "https://accounts.zoho.eu#x", good},
      {"eu", "https://user@accounts.zoho.eu", good},
      {"eu", "ftp://127.0.0.1", good},
      {"eu", "accounts.zoho.eu", good},
  };
  for (const auto& row : kRows) {
    EXPECT_THAT(Regions::Create(OverlayOf(row.code, row.accounts, row.meeting)),
                HasReason("FIELD_INVALID"))
        << row.code << " " << row.accounts << " " << row.meeting;
  }
}

TEST(Regions, AMeetingHostLeadsToItsRegion) {
  ASSERT_OK_AND_ASSIGN(
      const Regions regions,
      Regions::Create(OverlayOf("uk", "http://127.0.0.1:9001", "http://127.0.0.1:9002")));
  const struct {
    std::string host;
    std::string code;
  } kRows[] = {
      {"meeting.zoho.eu", "eu"},         {"Meeting.Zoho.EU", "eu"},
      {"https://meeting.zoho.eu", "eu"}, {"https://meeting.zoho.eu:443/", "eu"},
      {"meeting.zohocloud.ca", "ca"},    {"127.0.0.1:9002", "uk"},
      {"http://127.0.0.1:9002", "uk"},
  };
  for (const auto& row : kRows) {
    ASSERT_OK_AND_ASSIGN(const auto* region, regions.FindByMeetingHost(row.host));
    EXPECT_EQ(region->code(), row.code) << row.host;
  }
}

TEST(Regions, AHostOutsideTheTableIsRefused) {
  ASSERT_OK_AND_ASSIGN(const Regions regions, Regions::Create({}));

  for (const char* host : {"", "evil.example", "meeting.zoho.eu.evil.example",
                           "meeting.zoho.eu:8443", "accounts.zoho.eu", "meeting.zoho.eu@evil"}) {
    EXPECT_THAT(regions.FindByMeetingHost(host), HasReason("ZOHO_HOST_UNKNOWN")) << host;
  }
  for (const char* host : {"", "https://accounts.zoho.eu.evil.example", "http://accounts.zoho.eu:1",
                           "https://accounts.zoho.eu@evil.example", "meeting.zoho.eu"}) {
    EXPECT_THAT(regions.FindByAccountsHost(host), HasReason("ZOHO_HOST_UNKNOWN")) << host;
  }
  ASSERT_OK_AND_ASSIGN(const auto* japan, regions.FindByAccountsHost("https://accounts.zoho.jp"));
  EXPECT_EQ(japan->code(), "jp");
}

}  // namespace
}  // namespace mesh::auth
