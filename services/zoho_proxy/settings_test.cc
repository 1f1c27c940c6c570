#include "services/zoho_proxy/settings.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "common/base/file.h"
#include "common/base/status_matchers.h"
#include "common/rpc/config.h"

namespace mesh::zoho_proxy {
namespace {

absl::StatusOr<Settings> Read(absl::string_view text) {
  config::v1::ZohoProxyConfig config;
  EXPECT_THAT(rpc::MergeConfig(text, "test", config), IsOk());
  return ReadSettings(config);
}

TEST(Settings, DefaultsAreThoseOfTheProto) {
  ASSERT_OK_AND_ASSIGN(const Settings settings, Read("auth_service: 'a:1' catalogs: 'c'"));
  EXPECT_EQ(settings.call.call_timeout, absl::Seconds(50));
  EXPECT_EQ(settings.call.assumed_lock, absl::Minutes(15));
  EXPECT_EQ(settings.call.max_result_bytes, 100'000u);
  EXPECT_EQ(settings.upstream.max_response_bytes, size_t{8} << 20);
  EXPECT_EQ(settings.http.connect_timeout, absl::Seconds(5));
  EXPECT_EQ(settings.http.threads, 1);
  EXPECT_EQ(settings.call.max_pages, 5);
  EXPECT_EQ(settings.upstream.gate.account_in_flight, 1000);
  EXPECT_EQ(settings.upstream.gate.in_flight, 3000);
  EXPECT_EQ(settings.upstream.gate.waiting, 10'000);
  EXPECT_EQ(settings.upstream.breaker.failures, 10);
  EXPECT_EQ(settings.upstream.assumed_lock, absl::Minutes(15));
  EXPECT_TRUE(settings.extra_hosts.empty());
  EXPECT_TRUE(settings.http.ca_file.empty());
}

TEST(Settings, WhatIsSetIsTaken) {
  ASSERT_OK_AND_ASSIGN(
      const Settings settings,
      Read("auth_service: 'a:1' catalogs: 'c' catalogs: 'd' call_timeout { seconds: 3 } "
           "max_result_bytes: 5 max_response_bytes: 6 http_threads: 2 assumed_lock { seconds: 9 } "
           "connect_timeout { nanos: 500000000 } max_pages: 7 account_calls_in_flight: 8 "
           "calls_in_flight: 10 calls_waiting: 0 circuit_failures: 11 extra_hosts: 'h:1'"));
  EXPECT_EQ(settings.catalogs.size(), 2u);
  EXPECT_EQ(settings.call.call_timeout, absl::Seconds(3));
  EXPECT_EQ(settings.call.max_result_bytes, 5u);
  EXPECT_EQ(settings.upstream.max_response_bytes, 6u);
  EXPECT_EQ(settings.http.threads, 2);
  EXPECT_EQ(settings.call.max_pages, 7);
  EXPECT_EQ(settings.upstream.gate.account_in_flight, 8);
  EXPECT_EQ(settings.upstream.gate.in_flight, 10);
  EXPECT_EQ(settings.upstream.gate.waiting, 0);
  EXPECT_EQ(settings.upstream.breaker.failures, 11);
  EXPECT_EQ(settings.upstream.assumed_lock, absl::Seconds(9));
  EXPECT_EQ(settings.extra_hosts, std::vector<std::string>{"h:1"});
  EXPECT_EQ(settings.call.assumed_lock, absl::Seconds(9));
  EXPECT_EQ(settings.http.connect_timeout, absl::Milliseconds(500));
}

TEST(Settings, AFileOfAuthoritiesMustBeReadable) {
  const std::string path = absl::StrCat(::testing::TempDir(), "/ca.pem");
  const std::string config =
      absl::StrCat("auth_service: 'a:1' catalogs: 'c' ca_file: '", path, "'");
  EXPECT_THAT(Read(config), HasReason("FILE_UNREADABLE"));

  ASSERT_THAT(WriteFileAtomically(path, "authorities"), IsOk());

  ASSERT_OK_AND_ASSIGN(const Settings settings, Read(config));
  EXPECT_EQ(settings.http.ca_file, path);
}

TEST(Settings, WhatIsMissingOrWrongIsNamed) {
  for (const char* text : {"catalogs: 'c'", "auth_service: 'a:1'",
                           "auth_service: 'a:1' catalogs: 'c' http_threads: -1",
                           "auth_service: 'a:1' catalogs: 'c' max_pages: -1",
                           "auth_service: 'a:1' catalogs: 'c' calls_in_flight: -1",
                           "auth_service: 'a:1' catalogs: 'c' max_result_bytes: -1",
                           "auth_service: 'a:1' catalogs: 'c' max_response_bytes: -1",
                           "auth_service: 'a:1' catalogs: 'c' service { log_level: 'loud' }"}) {
    EXPECT_THAT(Read(text), HasReason("FIELD_INVALID")) << text;
  }
}

}  // namespace
}  // namespace mesh::zoho_proxy
