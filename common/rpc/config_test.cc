#include "common/rpc/config.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "mesh/config/v1/config.pb.h"

namespace mesh::rpc {
namespace {

using config::v1::AuthServiceConfig;
using ::testing::HasSubstr;

TEST(MergeConfig, LaysOneTextOverAnother) {
  AuthServiceConfig config;
  ASSERT_THAT(
      MergeConfig("service { listen: 'a:1' log_level: 'info' } worker_threads: 4", "file", config),
      IsOk());
  ASSERT_THAT(MergeConfig("service { listen: 'b:2' }", "--set", config), IsOk());

  EXPECT_EQ(config.service().listen(), "b:2");
  EXPECT_EQ(config.service().log_level(), "info");
  EXPECT_EQ(config.worker_threads(), 4);
}

TEST(MergeConfig, SaysWhereAnUnknownFieldStands) {
  AuthServiceConfig config;
  const absl::Status status =
      MergeConfig("worker_threads: 4\nworkers: 5\n", "auth.textproto", config);

  EXPECT_THAT(status, HasReason("FIELD_INVALID"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("auth.textproto"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("2:"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("workers"));
}

TEST(MergeConfig, RefusesAValueOfAnotherType) {
  AuthServiceConfig config;
  EXPECT_THAT(MergeConfig("worker_threads: 'many'", "file", config), HasReason("FIELD_INVALID"));
}

TEST(DurationOr, TellsAZeroFromAnAbsentValue) {
  config::v1::ServiceConfig config;
  EXPECT_EQ(DurationOr(config.has_drain_delay(), config.drain_delay(), absl::Seconds(5)),
            absl::Seconds(5));
  config.mutable_drain_delay();
  EXPECT_EQ(DurationOr(config.has_drain_delay(), config.drain_delay(), absl::Seconds(5)),
            absl::ZeroDuration());
  config.mutable_drain_delay()->set_nanos(500'000'000);
  EXPECT_EQ(DurationOr(config.has_drain_delay(), config.drain_delay(), absl::Seconds(5)),
            absl::Milliseconds(500));
}

TEST(LoadConfigOrExit, EndsTheProcessNamingWhatIsWrong) {
  AuthServiceConfig config;
  std::string program = "auth-service";
  std::string flag = "--config=/nowhere/auth.textproto";
  char* arguments[] = {program.data(), flag.data(), nullptr};
  EXPECT_EXIT(LoadConfigOrExit(2, arguments, "usage", config), ::testing::ExitedWithCode(2),
              "/nowhere/auth.textproto");
}

}  // namespace
}  // namespace mesh::rpc
