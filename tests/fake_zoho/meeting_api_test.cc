#include <set>

#include <gmock/gmock.h>

#include "tests/fake_zoho/fixture.h"

namespace fake_zoho {
namespace {

using ::testing::HasSubstr;

class MeetingTest : public FakeZohoTest {
 protected:
  MeetingTest() { Use(Region::kUs, AdminZuidOf(Region::kUs)); }

  void UseMember() { Use(Region::kUs, MemberZuidOf(Region::kUs)); }
  std::string Path(const std::string& rest) { return org_ + "/" + rest; }

  std::string SalesId() {
    return Get(Path("department/name?departmentName=Sales")).json["representation"]["departmentId"];
  }
};

TEST_F(MeetingTest, TellsWhoIsSignedIn) {
  const Json me = Get("user.json").json["userDetails"];

  EXPECT_EQ(me["zsoid"], ZsoidOf(Region::kUs));
  EXPECT_EQ(me["isAdmin"], true);
  EXPECT_EQ(me["redirectionServer"], "meeting.us.test");
  Control("PUT", "settings", {{"host_names", "zoho"}});
  EXPECT_EQ(Get("user.json").json["userDetails"]["redirectionServer"], "meeting.zoho.com");
}

TEST_F(MeetingTest, BothPrefixesLeadToTheSame) {
  EXPECT_EQ(Call("GET", Path("department"), "", "/meeting/api/v2/").text,
            Call("GET", Path("department")).text);
}

TEST_F(MeetingTest, AllUsersCanBePagedThrough) {
  std::set<std::string> ids;
  for (int page = 0; page < 12; ++page) {
    const Json body = Get(Path(absl::StrCat("user?index=", page, "&count=100"))).json;
    EXPECT_EQ(body["totalCount"], 1200);
    for (const Json& user : body["representation"]) ids.insert(user["userId"]);
  }
  EXPECT_EQ(ids.size(), 1200);
  EXPECT_TRUE(Get(Path("user?index=12&count=100")).json["representation"].empty());
  const Json user = Get(Path("user/" + *ids.begin())).json["representation"];
  EXPECT_EQ(user["userId"], *ids.begin());
  EXPECT_TRUE(user["meetingLicense"].is_object());
}

TEST_F(MeetingTest, ADepartmentHasItsPeople) {
  const std::string sales = SalesId();

  const Json all = Get(Path("department/" + sales + "/user")).json["representation"];
  const Json admins = Get(Path("department/" + sales + "/user/admin")).json["representation"];
  const Json members = Get(Path("department/" + sales + "/user/member")).json["representation"];
  const Json department = Get(Path("department/" + sales)).json["representation"];

  EXPECT_EQ(all.size(), admins.size() + members.size());
  EXPECT_GT(members.size(), 10);
  EXPECT_TRUE(all[0]["meetingLicense"].is_string());
  EXPECT_EQ(department["adminUserIds"].size(), admins.size());
  EXPECT_FALSE(department.contains("status"));
}

TEST_F(MeetingTest, CountsOverAHundredAreRefused) {
  const Got got = Get(Path("department?count=101"));

  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.text, R"({"error":{"code":1028,"message":"Count shouldn't exceed 100"},)"
                      R"("resourceType":"/meeting/api/v2/71004400/department"})");
}

TEST_F(MeetingTest, OnlyAnOrganisationsAdministratorSeesItsDirectory) {
  UseMember();

  for (const char* path : {"user", "department", "department/1", "department/1/user"}) {
    const Got got = Get(Path(path));
    EXPECT_EQ(got.status, 403) << path;
    EXPECT_EQ(got.json["error"]["code"], 1009) << path;
  }
  EXPECT_EQ(Get(Path("department/name?departmentName=Sales")).json["error"]["code"], 1033);
  EXPECT_EQ(Get("user.json").json["userDetails"]["isAdmin"], false);
}

TEST_F(MeetingTest, UnknownThingsHaveTheirFamilysError) {
  EXPECT_EQ(Get(Path("department/name?departmentName=Nowhere")).json["error"]["code"], 1032);
  EXPECT_EQ(Get("123/department").json["error"]["code"], 1025);
  const Got session = Get("123/sessions.json?listtype=all&index=1&count=1");
  EXPECT_EQ(session.status, 401);
  EXPECT_EQ(session.json["error"]["errorCode"], 3001);
  const Got key = Get(Path("sessions/123.json"));
  EXPECT_EQ(key.status, 400);
  EXPECT_EQ(key.json["error"]["key"], "INVALID_MEETING_KEY");
  EXPECT_EQ(Get(Path("nothing")).status, 404);
  EXPECT_EQ(Call("DELETE", Path("department")).status, 405);
}

TEST_F(MeetingTest, RefusesTokensThatAreUnknownExpiredOrOfAnotherDataCentre) {
  const std::string good = token_;
  token_ = "nonsense";
  const Got unknown = Get("user.json");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_EQ(unknown.text, R"({"error":{"code":2000,"message":"INVALID_OAUTHTOKEN"}})");

  token_ = good;
  region_ = Region::kEu;
  EXPECT_EQ(Get("user.json").text, unknown.text);

  region_ = Region::kUs;
  now_ += absl::Hours(1);
  EXPECT_EQ(Get("user.json").text, unknown.text);
  Control("PUT", "settings", {{"invalid_token_status", 401}});
  EXPECT_EQ(Get("user.json").status, 401);
}

TEST_F(MeetingTest, NamesAMissingScope) {
  token_ =
      Control("POST", "refresh_tokens", {{"scope", "ZohoMeeting.user.READ"}}).json["access_token"];

  const Got got = Get(Path("department"));

  EXPECT_EQ(got.status, 401);
  EXPECT_EQ(got.json["error"]["message"], "INVALID_OAUTHSCOPE");
  EXPECT_EQ(Get("user.json").status, 400);
  EXPECT_EQ(Get(Path("user")).status, 200);
}

TEST_F(MeetingTest, ListsNeedTheirParameters) {
  EXPECT_EQ(Get(Path("sessions.json?index=1&count=1")).json["error"]["param"], "listtype");
  EXPECT_EQ(Get(Path("sessions.json?listtype=all&count=1")).json["error"]["param"], "index");
  EXPECT_EQ(Get(Path("sessions.json?listtype=all&index=x&count=1")).json["error"]["message"],
            "PATTERN_NOT_MATCHED");
  EXPECT_EQ(Get(Path("sessions.json?listtype=none&index=1&count=1")).status, 400);
}

TEST_F(MeetingTest, MeetingsCanBePagedByRow) {
  std::set<int64_t> keys;
  for (int index = 1; index <= 400; index += 150) {
    const Json body =
        Get(Path(absl::StrCat("sessions.json?listtype=all&count=150&index=", index))).json;
    EXPECT_EQ(body["count"], 400);
    EXPECT_EQ(body["isMettingSessionAvailable"], true);
    for (const Json& session : body["session"]) keys.insert(session["meetingKey"].get<int64_t>());
  }
  EXPECT_EQ(keys.size(), 400);
}

TEST_F(MeetingTest, PastAndUpcomingAreAll) {
  const auto count = [&](const std::string& type) {
    return Get(Path("sessions.json?index=1&count=1&listtype=" + type)).json["count"].get<int>();
  };

  EXPECT_EQ(count("past") + count("upcoming"), 400);
  EXPECT_GT(count("today"), 5);
  EXPECT_LT(count("week"), count("month"));
}

TEST_F(MeetingTest, TheAllHandsIsThere) {
  Json found;
  const Json list = Get(Path("sessions.json?listtype=upcoming&index=1&count=400")).json;
  for (const Json& session : list["session"]) {
    if (session["topic"] == "Q3 All Hands") found = session;
  }
  ASSERT_TRUE(found.is_object());

  const Json details =
      Get(Path(absl::StrCat("sessions/", found["meetingKey"].get<int64_t>(), ".json")))
          .json["session"];

  EXPECT_EQ(details["isJoinBeforeHostAllowed"], false);
  EXPECT_EQ(details["presenterName"], "Avery Stone");
  EXPECT_TRUE(details["meetingKey"].is_string());
}

TEST_F(MeetingTest, AMeetingLivesFromCreationToDeletion) {
  const std::string body =
      R"({"session":{"topic":"Launch","agenda":"Go","startTime":"Jun 19, 2027 07:00 PM",)"
      R"("duration":3600000,"timezone":"Asia/Calcutta","participants":[{"email":"a@b.example"}]}})";

  const Got created = Call("POST", Path("sessions.json"), body);

  ASSERT_EQ(created.status, 201);
  const Json session = created.json["session"];
  EXPECT_EQ(session["startTime"], "Jun 19, 2027 07:00 PM IST");
  EXPECT_EQ(session["offset"], 19800000);
  EXPECT_EQ(session["participants"][0]["email"], "a@b.example");
  const std::string path =
      Path(absl::StrCat("sessions/", session["meetingKey"].get<int64_t>(), ".json"));
  const Got updated = Call("PUT", path, R"({"session":{"topic":"Launch 2"}})");
  EXPECT_EQ(updated.status, 200);
  EXPECT_EQ(updated.json["session"]["startTime"], "Jun 19, 2027 07:00 PM");
  EXPECT_EQ(Get(path).json["session"]["topic"], "Launch 2");
  const Got deleted = Call("DELETE", path);
  EXPECT_EQ(deleted.status, 204);
  EXPECT_EQ(deleted.text, "");
  EXPECT_EQ(Get(path).status, 400);
}

TEST_F(MeetingTest, AFormFieldMayHoldTheBody) {
  const Got got =
      Send({Region::kUs, Role::kMeeting},
           {.method = "POST",
            .path = "/api/v2/" + Path("sessions.json"),
            .headers = {{"Authorization", "Bearer " + token_},
                        {"Content-Type", "application/x-www-form-urlencoded"}},
            .body = "JSONString=%7B%22session%22%3A%7B%22topic%22%3A%22T%22%2C%22startTime%22%3A%22"
                    "Jun+9%2C+2027+7%3A00+PM%22%7D%7D"});

  EXPECT_EQ(got.status, 201) << got.text;
}

TEST_F(MeetingTest, RefusesBadBodies) {
  const auto error = [&](const std::string& body) {
    const Got got = Call("POST", Path("sessions.json"), body);
    EXPECT_EQ(got.status, 400) << body;
    return got.json["error"].value("message", "") + " " + got.json["error"].value("param", "");
  };
  const auto session = [](const Json& fields) {
    Json all = {{"topic", "T"}, {"startTime", "Jun 19, 2027 07:00 PM"}};
    all.update(fields);
    return Json{{"session", all}}.dump();
  };
  Json crowd = Json::array();
  for (int i = 0; i < 101; ++i) crowd.push_back({{"email", "a@b.example"}});

  EXPECT_EQ(error("{"), "JSON_PARSE_ERROR ");
  EXPECT_EQ(error("[]"), "JSON_PARSE_ERROR ");
  EXPECT_EQ(error(R"({"session":{"topic":"T"}})"), "LESS_THAN_MIN_OCCURANCE startTime");
  EXPECT_EQ(error(session({{"startTime", "2027-06-19T19:00:00Z"}})),
            "PATTERN_NOT_MATCHED startTime");
  EXPECT_EQ(error(session({{"timezone", "Mars/One"}})), "PATTERN_NOT_MATCHED timezone");
  EXPECT_EQ(error(session({{"duration", "long"}})), "PATTERN_NOT_MATCHED duration");
  EXPECT_EQ(error(session({{"participants", crowd}})), "ARRAY_SIZE_OUT_OF_RANGE participants");
  EXPECT_EQ(error(session({{"redirectUri", "javascript:alert(1)"}})), "INVALID_REDIRECT_URI ");
  EXPECT_THAT(error(session({{"presenter", 1}})), HasSubstr("presenter is invalid"));
}

TEST_F(MeetingTest, MembersSeeTheirOwnMeetings) {
  const Json all = Get(Path("sessions.json?listtype=all&index=1&count=400")).json;
  int64_t sarahs = 0;
  for (const Json& session : all["session"]) {
    if (session["presenterZuid"] == ZsoidOf(Region::kUs) + 3) sarahs = session["meetingKey"];
  }

  UseMember();

  const int own = Get(Path("sessions.json?listtype=all&index=1&count=1")).json["count"];
  EXPECT_GT(own, 0);
  EXPECT_LT(own, 100);
  const Got got = Call("DELETE", Path(absl::StrCat("sessions/", sarahs, ".json")));
  EXPECT_EQ(got.status, 401);
  EXPECT_EQ(got.json["error"]["key"], "UNAUTHORIZED_USER");
}

TEST_F(MeetingTest, PastMeetingsHadParticipants) {
  const Json past = Get(Path("sessions.json?listtype=past&index=1&count=1")).json["session"][0];
  const std::string path =
      Path(absl::StrCat("participant/", past["meetingKey"].get<int64_t>(), ".json"));

  const Json body = Get(path + "?index=1&count=2").json;

  EXPECT_EQ(body["participants"].size(), 2);
  EXPECT_GT(body["participantsCount"], 2);
  EXPECT_EQ(body["participants"][0]["role"], "presenter");
  EXPECT_EQ(Get(path + "?index=1&count=2").text, Get(path + "?index=1&count=2").text);
  EXPECT_NE(Get(path + "?index=2&count=2").text, Get(path + "?index=1&count=2").text);
}

TEST_F(MeetingTest, TheThrottleSpeaksLikeTheFilter) {
  Control("PUT", "settings", {{"throttle", "filter"}, {"throttle_limit", 2}});
  Get(Path("department"));
  Get(Path("department"));

  const Got got = Get(Path("department"));

  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.json["error"]["title"], "URL_ROLLING_THROTTLES_LIMIT_EXCEEDED");
  EXPECT_EQ(Get(Path("user")).status, 200);
  Control("PUT", "settings", {{"throttle", "plain-429"}});
  Get(Path("department"));
  Get(Path("department"));
  EXPECT_EQ(Get(Path("department")).status, 429);
}

TEST_F(MeetingTest, SwitchesChangeTheAnswers) {
  Control("PUT", "settings", {{"ids", "strings"}, {"delete_status", 200}});
  const Json row = Get(Path("sessions.json?listtype=all&index=1&count=1")).json["session"][0];
  EXPECT_TRUE(row["meetingKey"].is_string());
  EXPECT_TRUE(row["duration"].is_string());
  EXPECT_EQ(Call("DELETE", Path("sessions/" + row["meetingKey"].get<std::string>() + ".json")).text,
            R"({"success":true})");

  Control("PUT", "settings", {{"ids", "numbers"}, {"errors_with_200", true}});
  EXPECT_TRUE(Get(Path("department")).json["representation"][0]["departmentId"].is_number());
  EXPECT_EQ(Get(Path("nothing")).status, 200);

  Control("DELETE", "settings");
  EXPECT_TRUE(Get(Path("department")).json["representation"][0]["departmentId"].is_string());
}

TEST_F(MeetingTest, EuropeIsAnotherWorld) {
  Use(Region::kEu, AdminZuidOf(Region::kEu));

  EXPECT_EQ(Get("user.json").json["userDetails"]["zsoid"], ZsoidOf(Region::kEu));
  EXPECT_EQ(Get(Path("user")).json["totalCount"], 40);
  EXPECT_EQ(Get(Path("department")).json["representation"].size(), 5);
}

}  // namespace
}  // namespace fake_zoho
