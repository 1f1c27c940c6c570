#include "common/base/log.h"

#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_matchers.h"

namespace mesh {
namespace {

TEST(Log, RefusesALevelThatIsNone) {
  EXPECT_THAT(SetLogLevel("loud"), HasReason("FIELD_INVALID"));
  EXPECT_THAT(SetLogLevel("info"), IsOk());
}

// One test for all lines: the log stops once in a process.
TEST(Log, WritesOneJsonObjectALineWithoutSecrets) {
  ::testing::internal::CaptureStderr();
  ASSERT_THAT(SetLogLevel("info"), IsOk());

  LogDebug("not shown");
  LogInfo("token refreshed",
          {{"account", "acc_1"}, {"token", Secret("hunter2")}, {"generation", 7}});
  LogWarning("odd bytes",
             {{"name", "a\"b\n\xff"}, {"took", absl::Milliseconds(1500)}, {"again", true}});
  LogError("call failed", {{"error", AccountNotFound("acc_2")}});
  StopLog();
  LogInfo("too late");

  const std::string text = ::testing::internal::GetCapturedStderr();
  const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  ASSERT_EQ(lines.size(), 3) << text;
  EXPECT_THAT(text, ::testing::Not(::testing::HasSubstr("hunter2")));

  const auto first = nlohmann::json::parse(lines[0]);
  EXPECT_EQ(first["level"], "info");
  EXPECT_EQ(first["event"], "token refreshed");
  EXPECT_EQ(first["account"], "acc_1");
  EXPECT_EQ(first["token"], "[redacted]");
  EXPECT_EQ(first["generation"], 7);
  EXPECT_THAT(first["time"].get<std::string>(),
              ::testing::MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{6}Z"));

  const auto second = nlohmann::json::parse(lines[1]);
  EXPECT_EQ(second["name"], "a\"b\n\uFFFD");
  EXPECT_EQ(second["took"], 1.5);
  EXPECT_EQ(second["again"], true);

  const auto third = nlohmann::json::parse(lines[2]);
  EXPECT_EQ(third["level"], "error");
  EXPECT_EQ(third["error"], "NOT_FOUND: There is no integrated account acc_2.");
}

}  // namespace
}  // namespace mesh
