#include <gmock/gmock.h>

#include "tests/fake_zoho/fixture.h"
#include "tests/fake_zoho/journal.h"

namespace fake_zoho {
namespace {

using ::testing::HasSubstr;

class ControlTest : public FakeZohoTest {
 protected:
  ControlTest() { Use(Region::kUs, AdminZuidOf(Region::kUs)); }
};

TEST_F(ControlTest, AccessTokensCanBeExpiredAtOnce) {
  ASSERT_EQ(Get("user.json").status, 200);

  EXPECT_EQ(Control("POST", "expire_tokens", {{"region", "eu"}}).json["expired"], 0);
  EXPECT_EQ(Control("POST", "expire_tokens").json["expired"], 1);

  EXPECT_EQ(Get("user.json").status, 400);
}

TEST_F(ControlTest, TheClockCanBeMoved) {
  Control("PUT", "clock", {{"advance_s", 3600}});

  EXPECT_EQ(Get("user.json").status, 400);
  EXPECT_EQ(Control("GET", "clock").json["offset_s"], 3600);
}

TEST_F(ControlTest, TheJournalShowsRequestsAndNoTokens) {
  Get("user.json?x=1");

  const Got got = Control("GET", "requests?role=meeting");

  ASSERT_EQ(got.json["count"], 1);
  const Json row = got.json["requests"][0];
  EXPECT_EQ(row["path"], "/api/v2/user.json");
  EXPECT_EQ(row["query"], "x=1");
  EXPECT_EQ(row["status"], 200);
  EXPECT_EQ(row["token_hash"], TokenHash(token_));
  EXPECT_EQ(got.text.find(token_), std::string::npos);
  EXPECT_EQ(Control("GET", "requests?grant_type=refresh_token&count_only=1").json["count"], 1);
  Control("DELETE", "requests");
  EXPECT_EQ(Control("GET", "requests").json["count"], 0);
}

TEST_F(ControlTest, FaultsStrikeAndAreCounted) {
  Control("PUT", "faults",
          {{"faults", Json::array({{{"match", {{"path", "*/department"}}},
                                    {"kind", "503"},
                                    {"count", 1},
                                    {"headers", {{"Retry-After", "7"}}}}})}});

  const Got got = Get(org_ + "/department");

  EXPECT_EQ(got.status, 503);
  EXPECT_EQ(got.headers.Get("Retry-After"), "7");
  EXPECT_EQ(Get(org_ + "/department").status, 200);
  EXPECT_EQ(Control("GET", "faults").json["faults"][0]["struck"], 1);
  EXPECT_EQ(Control("GET", "requests?status=503").json["requests"][0]["fault"], "status");
}

TEST_F(ControlTest, ALostAnswerMayHaveTakenEffect) {
  const auto create = [&] {
    return Call("POST", org_ + "/sessions.json",
                R"({"session":{"topic":"T","startTime":"Jun 19, 2027 07:00 PM"}})");
  };
  const auto count = [&] {
    return Get(org_ + "/sessions.json?listtype=all&index=1&count=1").json["count"].get<int>();
  };
  const Json lost = {{"match", {{"method", "POST"}}}, {"kind", "reset"}};
  Json executed = lost;
  executed["execute"] = true;

  Control("PUT", "faults", {{"faults", Json::array({lost})}});
  create();
  EXPECT_EQ(count(), 400);
  Control("PUT", "faults", {{"faults", Json::array({executed})}});
  create();
  EXPECT_EQ(count(), 401);
}

TEST_F(ControlTest, AReseededWorldIsTheOneOfTheStart) {
  const std::string list = org_ + "/sessions.json?listtype=all&index=1&count=500";
  const std::string before = Get(list).text;
  const auto create = [&] {
    return Call("POST", org_ + "/sessions.json",
                R"({"session":{"topic":"T","startTime":"Jun 19, 2027 07:00 PM"}})")
        .text;
  };
  const std::string created = create();
  ASSERT_NE(Get(list).text, before);

  EXPECT_EQ(Control("POST", "reseed").status, 200);

  EXPECT_EQ(Get(list).text, before);
  EXPECT_EQ(create(), created);
}

TEST_F(ControlTest, MakesCodesAndTokens) {
  const std::string code =
      Control("POST", "grant_codes", {{"region", "eu"}, {"user", "member"}}).json["code"];

  const Got got =
      Accounts(Region::kEu, "/oauth/v2/token",
               absl::StrCat(ClientForm(Region::kEu), "&grant_type=authorization_code&code=", code));

  EXPECT_TRUE(got.json.contains("refresh_token"));
  EXPECT_EQ(Control("POST", "grant_codes", {{"zuid", 5}}).status, 400);
}

TEST_F(ControlTest, MakesOrganisations) {
  const Json made = Control("POST", "organizations", {{"users", 5}, {"departments", 2}}).json;

  const Got got = Accounts(
      Region::kUs, "/oauth/v2/token",
      absl::StrCat(ClientForm(Region::kUs),
                   "&grant_type=authorization_code&code=", made["grant_code"].get<std::string>()));
  token_ = got.json["access_token"];

  EXPECT_EQ(absl::StrCat(Get("user.json").json["userDetails"]["zsoid"].get<int64_t>()),
            made["zsoid"].get<std::string>());
  EXPECT_EQ(Get(made["zsoid"].get<std::string>() + "/user").json["totalCount"], 5);
  EXPECT_EQ(Get(org_ + "/user").json["error"]["code"], 1025);
}

TEST_F(ControlTest, LatencyDelaysTheMeetingHostsOnly) {
  Control("PUT", "settings", {{"latency_ms", 2000}});

  EXPECT_EQ(zoho_.Handle({Region::kUs, Role::kMeeting}, {}, now_).delay, absl::Seconds(2));
  EXPECT_EQ(zoho_.Handle({Region::kUs, Role::kAccounts}, {}, now_).delay, absl::ZeroDuration());
  EXPECT_EQ(zoho_.Handle({Region::kUs, Role::kMeeting}, {.path = "/__fake/seed"}, now_).delay,
            absl::ZeroDuration());
}

TEST_F(ControlTest, SaysWhatIsWrong) {
  const Got got = Control("PUT", "settings", {{"ids", "roman"}});

  EXPECT_EQ(got.status, 400);
  EXPECT_THAT(got.text, HasSubstr("ids"));
  EXPECT_EQ(Control("GET", "nothing").status, 404);
  EXPECT_EQ(Control("POST", "settings").status, 405);
}

TEST_F(ControlTest, ReportsTheSeed) {
  const Json seed = Control("GET", "seed").json;

  EXPECT_EQ(seed["meeting_url"], "http://meeting.us.test");
  EXPECT_EQ(seed["regions"]["eu"]["accounts_url"], "http://accounts.eu.test");
  EXPECT_EQ(seed["seed"]["us"]["refresh_token"], SeededRefreshToken(AdminZuidOf(Region::kUs)));
  EXPECT_EQ(Control("GET", "oauth").json["us"][0]["issued"], 1);
}

}  // namespace
}  // namespace fake_zoho
