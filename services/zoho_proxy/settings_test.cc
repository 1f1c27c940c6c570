#include "services/zoho_proxy/settings.h"

#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "common/rpc/config.h"

namespace mesh::zoho_proxy {
namespace {

absl::StatusOr<Settings> Read(const char* text) {
  config::v1::ZohoProxyConfig config;
  EXPECT_THAT(rpc::MergeConfig(text, "test", config), IsOk());
  return ReadSettings(config);
}

TEST(Settings, DefaultsAreThoseOfTheProto) {
  ASSERT_OK_AND_ASSIGN(const Settings settings, Read("auth_service: 'a:1' catalogs: 'c'"));
  EXPECT_EQ(settings.call.call_timeout, absl::Seconds(50));
  EXPECT_EQ(settings.call.assumed_lock, absl::Minutes(15));
  EXPECT_EQ(settings.call.max_result_bytes, 100'000u);
  EXPECT_EQ(settings.max_response_bytes, size_t{8} << 20);
  EXPECT_EQ(settings.http.connect_timeout, absl::Seconds(5));
  EXPECT_EQ(settings.http.threads, 1);
}

TEST(Settings, WhatIsSetIsTaken) {
  ASSERT_OK_AND_ASSIGN(
      const Settings settings,
      Read("auth_service: 'a:1' catalogs: 'c' catalogs: 'd' call_timeout { seconds: 3 } "
           "max_result_bytes: 5 max_response_bytes: 6 http_threads: 2 assumed_lock { seconds: 9 } "
           "connect_timeout { nanos: 500000000 }"));
  EXPECT_EQ(settings.catalogs.size(), 2u);
  EXPECT_EQ(settings.call.call_timeout, absl::Seconds(3));
  EXPECT_EQ(settings.call.max_result_bytes, 5u);
  EXPECT_EQ(settings.max_response_bytes, 6u);
  EXPECT_EQ(settings.http.threads, 2);
  EXPECT_EQ(settings.call.assumed_lock, absl::Seconds(9));
  EXPECT_EQ(settings.http.connect_timeout, absl::Milliseconds(500));
}

TEST(Settings, WhatIsMissingOrWrongIsNamed) {
  for (const char* text : {"catalogs: 'c'", "auth_service: 'a:1'",
                           "auth_service: 'a:1' catalogs: 'c' http_threads: -1",
                           "auth_service: 'a:1' catalogs: 'c' max_result_bytes: -1",
                           "auth_service: 'a:1' catalogs: 'c' max_response_bytes: -1",
                           "auth_service: 'a:1' catalogs: 'c' service { log_level: 'loud' }"}) {
    EXPECT_THAT(Read(text), HasReason("FIELD_INVALID")) << text;
  }
}

}  // namespace
}  // namespace mesh::zoho_proxy
