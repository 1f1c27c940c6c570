#include "tests/fake_zoho/faults.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"

#include "common/base/status_matchers.h"

namespace fake_zoho {
namespace {

using ::testing::HasSubstr;

constexpr Listener kUsMeeting = {.region = Region::kUs, .role = Role::kMeeting};
constexpr Listener kUsAccounts = {.region = Region::kUs, .role = Role::kAccounts};

Json Script(const Json& fault) { return {{"faults", Json::array({fault})}}; }

std::string Take(Faults& faults, Listener where = kUsMeeting, absl::string_view method = "GET",
                 absl::string_view path = "/api/v2/1/department") {
  const std::optional<Fault> fault = faults.Take(where, method, path);
  return fault.has_value() ? fault->kind : "none";
}

TEST(Faults, StrikeAsOftenAsTheyShould) {
  Faults faults;
  ASSERT_THAT(faults.Set(Script({{"kind", "500"}, {"skip", 1}, {"count", 2}})), mesh::IsOk());

  EXPECT_EQ(Take(faults), "none");
  EXPECT_EQ(Take(faults), "status");
  EXPECT_EQ(Take(faults), "status");
  EXPECT_EQ(Take(faults), "none");
}

TEST(Faults, StrikeOnlyWhatMatches) {
  Faults faults;
  ASSERT_THAT(
      faults.Set(Script(
          {{"match",
            {{"region", "us"}, {"role", "meeting"}, {"method", "GET"}, {"path", "*/department*"}}},
           {"kind", "reset"}})),
      mesh::IsOk());

  EXPECT_EQ(Take(faults), "reset");
  EXPECT_EQ(Take(faults, kUsAccounts), "none");
  EXPECT_EQ(Take(faults, {.region = Region::kEu, .role = Role::kMeeting}), "none");
  EXPECT_EQ(Take(faults, kUsMeeting, "POST"), "none");
  EXPECT_EQ(Take(faults, kUsMeeting, "GET", "/api/v2/1/user"), "none");
}

TEST(Faults, TheNextOneStrikesOnceTheFirstIsUsedUp) {
  Faults faults;
  ASSERT_THAT(faults.Set({{"faults",
                           Json::array({{{"kind", "reset"}, {"count", 1}}, {{"kind", "hang"}}})}}),
              mesh::IsOk());

  EXPECT_EQ(Take(faults), "reset");
  EXPECT_EQ(Take(faults), "hang");
}

TEST(Faults, ABadScriptNamesTheFieldAndChangesNothing) {
  Faults faults;
  ASSERT_THAT(faults.Set(Script({{"kind", "reset"}})), mesh::IsOk());

  const absl::Status status = faults.Set(Script({{"kind", "explode"}}));

  EXPECT_THAT(status, mesh::HasReason("FIELD_INVALID"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("faults[0].kind"));
  EXPECT_THAT(faults.Set(Script({{"kind", "reset"}, {"match", {{"host", "x"}}}})),
              mesh::HasReason("FIELD_INVALID"));
  EXPECT_THAT(faults.Set(Json::array()), mesh::HasReason("FIELD_INVALID"));
  EXPECT_THAT(faults.Set(Script({{"kind", "status"}})), mesh::HasReason("FIELD_INVALID"));
  EXPECT_EQ(Take(faults), "reset");
}

struct Row {
  const char* kind;
  Delivery::Kind delivery;
  int status;
  std::string body;
};

class StrikeTest : public ::testing::TestWithParam<Row> {};

TEST_P(StrikeTest, MakesTheAnswer) {
  Fault fault = {.kind = GetParam().kind, .body = "{}", .after_bytes = 4};
  if (fault.kind == "status") fault.status = 503;
  Delivery delivery;
  delivery.answer = JsonAnswer(200, {{"a", 1}});

  Strike(fault, delivery);

  EXPECT_EQ(delivery.kind, GetParam().delivery);
  EXPECT_EQ(delivery.answer.status, GetParam().status);
  EXPECT_THAT(delivery.answer.body, HasSubstr(GetParam().body));
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, StrikeTest,
    ::testing::Values(Row{"latency", Delivery::Kind::kWhole, 200, R"({"a":1})"},
                      Row{"status", Delivery::Kind::kWhole, 503, "{}"},
                      Row{"content_type", Delivery::Kind::kWhole, 200, "<html>"},
                      Row{"cut_json", Delivery::Kind::kWhole, 200, R"({"a")"},
                      Row{"empty", Delivery::Kind::kWhole, 200, ""},
                      Row{"reset", Delivery::Kind::kReset, 200, ""},
                      Row{"truncate", Delivery::Kind::kTruncate, 200, R"({"a":1})"},
                      Row{"drip", Delivery::Kind::kDrip, 200, R"({"a":1})"},
                      Row{"hang", Delivery::Kind::kHang, 200, ""}));

}  // namespace
}  // namespace fake_zoho
