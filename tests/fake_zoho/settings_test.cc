#include "tests/fake_zoho/settings.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "common/base/status_matchers.h"

namespace fake_zoho {
namespace {

using Json = nlohmann::ordered_json;

TEST(Settings, ChangesWhatIsNamedAndNothingElse) {
  Settings settings;

  ASSERT_THAT(ApplySettings({{"latency_ms", 2000}, {"throttle", "filter"}}, settings),
              mesh::IsOk());

  Json expected = SettingsToJson(Settings{});
  expected["latency_ms"] = 2000;
  expected["throttle"] = "filter";
  EXPECT_EQ(SettingsToJson(settings), expected);
}

TEST(Settings, WhatIsWrittenCanBeRead) {
  Settings settings;

  EXPECT_THAT(ApplySettings(SettingsToJson(Settings{}), settings), mesh::IsOk());
}

TEST(Settings, AnErrorChangesNothingAndNamesTheField) {
  Settings settings;

  const absl::Status status = ApplySettings({{"latency_ms", 5}, {"ids", "roman"}}, settings);

  EXPECT_THAT(status, mesh::HasReason("FIELD_INVALID"));
  EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("ids"));
  EXPECT_EQ(settings.latency, absl::ZeroDuration());
}

TEST(Settings, RefusesWhatIsNoSetting) {
  Settings settings;

  EXPECT_THAT(ApplySettings({{"latency", 5}}, settings), mesh::HasReason("FIELD_INVALID"));
  EXPECT_THAT(ApplySettings({{"throttle", "hard"}}, settings), mesh::HasReason("FIELD_INVALID"));
  EXPECT_THAT(ApplySettings(Json::array(), settings), mesh::HasReason("FIELD_INVALID"));
  EXPECT_THAT(ApplySettings({{"paging", {{"users", {{"base", 1}}}}}}, settings),
              mesh::HasReason("FIELD_INVALID"));
  EXPECT_THAT(ApplySettings({{"latency_ms", -1}}, settings), mesh::HasReason("FIELD_INVALID"));
}

TEST(Settings, PagingCanBeSetByFamilyAndForAll) {
  Settings settings;

  ASSERT_THAT(
      ApplySettings({{"index_base", 1}, {"paging", {{"user", {{"kind", "offset"}}}}}}, settings),
      mesh::IsOk());

  EXPECT_EQ(settings.PagingOf(PagingFamily::kUser).kind, PagingKind::kOffset);
  EXPECT_EQ(settings.PagingOf(PagingFamily::kDepartment).base, 1);
}

TEST(Settings, RecordingsCanIgnoreTheIndex) {
  Settings settings;

  ASSERT_THAT(ApplySettings({{"recordings_ignore_index", true}}, settings), mesh::IsOk());

  EXPECT_EQ(settings.PagingOf(PagingFamily::kRecording).kind, PagingKind::kIgnored);
  EXPECT_EQ(settings.PagingOf(PagingFamily::kRecording).default_count, 20);
}

}  // namespace
}  // namespace fake_zoho
