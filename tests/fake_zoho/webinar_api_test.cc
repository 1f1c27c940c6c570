#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include <gmock/gmock.h>

#include "tests/fake_zoho/endpoint.h"
#include "tests/fake_zoho/fixture.h"

namespace fake_zoho {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class WebinarTest : public FakeZohoTest {
 protected:
  WebinarTest() { Use(Region::kUs, AdminZuidOf(Region::kUs)); }

  std::string Path(const std::string& rest) { return org_ + "/" + rest; }

  // The first webinar of a list.
  Json Webinar(const std::string& listtype) {
    const Json list = Get(Path("webinar.json?index=1&count=50&listtype=" + listtype)).json;
    return list["session"][0];
  }
  std::string Key(const std::string& listtype) { return Webinar(listtype)["meetingKey"]; }

  // A recording that can be fetched.
  Json Recording() {
    const Json list = Get(Path("recordings.json")).json;
    for (const Json& one : list["recordings"]) {
      if (one["status"] == "UPLOADED" && one["isTranscriptGenerated"] == true) return one;
    }
    return Json::object();
  }

  Got Download(const std::string& url, const std::string& range = "") {
    const size_t slash = url.find('/', url.find("://") + 3);
    const size_t question = url.find('?');
    return Send({Region::kUs, Role::kDownload},
                {.path = url.substr(slash, question - slash),
                 .query = url.substr(question + 1),
                 .headers = {{"Authorization", "Zoho-oauthtoken " + token_}, {"Range", range}}});
  }
};

TEST_F(WebinarTest, WebinarsComeUnderTheNameOfSessions) {
  const Json list = Get(Path("webinar.json?index=1&count=50&listtype=all")).json;

  EXPECT_EQ(list["count"], 24);
  EXPECT_EQ(list["session"].size(), 24);
  EXPECT_TRUE(list["session"][0]["meetingKey"].is_string());
  const std::string key = list["session"][0]["meetingKey"];
  EXPECT_EQ(Get(Path("webinar/" + key + ".json")).json["session"]["webinarType"], 1);
  EXPECT_EQ(Get(Path("sessions/" + key + ".json")).status, 400);
}

TEST_F(WebinarTest, AWebinarLivesFromCreationToDeletion) {
  const Got created =
      Call("POST", Path("webinar.json"),
           R"({"session":{"topic":"W","startTime":"Jun 9, 2027 7:00 PM","timezone":"UTC"}})");
  ASSERT_EQ(created.status, 201);
  const std::string key = created.json["session"]["meetingKey"];

  EXPECT_EQ(Call("PUT", Path("webinar/" + key + ".json"), R"({"session":{"agenda":"A"}})")
                .json["session"]["agenda"],
            "A");
  EXPECT_EQ(Call("DELETE", Path("webinar/" + key + ".json")).status, 204);
  EXPECT_EQ(Get(Path("webinar/" + key + ".json")).json["error"]["errorCode"], 4000);
}

TEST_F(WebinarTest, RegistersInBulkAndSaysWhoFailed) {
  const std::string path = Path("register/" + Key("upcoming") + ".json");
  const std::string body = R"({"registrant":[{"email":"new@x.example","firstName":"New"}]})";

  const Got first = Call("POST", path, body);
  const Got second = Call("POST", path, body);

  EXPECT_EQ(first.json["successCount"], 1);
  EXPECT_THAT(first.json["registrant"][0].value("joinLink", ""), HasSubstr("registerKey="));
  EXPECT_EQ(second.json["successCount"], 0);
  EXPECT_EQ(second.json["failedCount"], 1);
  EXPECT_EQ(Call("POST", path, R"({"registrant":[{"email":"x@x"}]})").json["error"]["param"],
            "firstName");
  EXPECT_EQ(Call("POST", path + "?instanceId=1", body).status, 400);
  EXPECT_EQ(Call("POST", Path("register/1.json"), body).json["error"]["key"],
            "INVALID_MEETING_KEY");
}

TEST_F(WebinarTest, RegistrantsArePagedByRowAndStatus) {
  const std::string path = Path("registration/" + Key("past"));

  std::set<std::string> ids;
  const int total = Get(path + "?status=1").json["meta"]["totalCount"];
  for (int index = 1; index <= total; index += 20) {
    const Json page = Get(absl::StrCat(path, "?status=1&count=20&index=", index)).json;
    for (const Json& row : page["registrants"]) ids.insert(row["registerId"]);
  }

  EXPECT_EQ(ids.size(), total);
  EXPECT_EQ(Get(path).json["error"]["param"], "status");
  EXPECT_EQ(Get(path + "?status=4").status, 400);
  EXPECT_EQ(Get(path + ".json?status=1").status, 200);
}

TEST_F(WebinarTest, PastWebinarsHaveReports) {
  const std::string past = Key("past");
  const std::string ahead = Key("upcoming");

  const Json attendees = Get(Path("attendee/" + past + ".json?index=1&count=200")).json;
  EXPECT_EQ(attendees["attendeeData"].size(), attendees["attendeesCount"].get<size_t>());
  EXPECT_GT(attendees["attendeesCount"], 5);
  const Json report = Get(Path("report/attendees?count=5&webinarKey=" + past)).json;
  EXPECT_EQ(report["attendees"].size(), 5);
  EXPECT_EQ(report["meta"]["moreRecords"], true);
  EXPECT_EQ(Get(Path("report/poll?webinarKey=" + past)).json["pollData"].size(), 3);
  EXPECT_EQ(Get(Path("report/poll?category=1&webinarKey=" + past)).json["pollData"].size(), 1);
  EXPECT_GT(Get(Path("report/questions?webinarKey=" + past)).json["questions"].size(), 0);
  EXPECT_TRUE(Get(Path("report/attendees?webinarKey=" + ahead)).json["attendees"].empty());
  EXPECT_EQ(Get(Path("report/attendees")).json["error"]["param"], "webinarKey");
}

TEST_F(WebinarTest, APollLivesFromCreationToDeletion) {
  const std::string query = "?webinarKey=" + Key("upcoming");
  const Got created = Call("POST", Path("poll" + query),
                           R"({"poll":{"question":"Q?","category":2,)"
                           R"("polloption":[{"index":0,"text":"a"},{"index":1,"text":"b"}]}})");
  ASSERT_EQ(created.status, 200) << created.text;
  const std::string id = created.json["poll"]["pollId"];

  EXPECT_EQ(created.json["poll"]["type"], "2");
  EXPECT_EQ(created.json["poll"]["pollOption"][1]["text"], "b");
  EXPECT_EQ(Get(Path("poll" + query)).json["polls"].size(), 4);
  EXPECT_EQ(Call("PUT", Path("poll/" + id + query), R"({"poll":{"question":"R?"}})")
                .json["poll"]["question"],
            "R?");
  EXPECT_EQ(Call("DELETE", Path("poll/" + id + query)).status, 204);
  EXPECT_EQ(Call("DELETE", Path("poll/" + id + query)).json["error"]["key"], "INVALID_POLL");
  EXPECT_EQ(Call("POST", Path("poll" + query), R"({"poll":{"question":"Q?","category":3}})")
                .json["error"]["param"],
            "polloption");
}

TEST_F(WebinarTest, RecordingsAreListedWholeOrRepeatThemselves) {
  const Json whole = Get(Path("recordings.json")).json;
  EXPECT_GT(whole["recordings"].size(), 40);
  EXPECT_EQ(whole["meta"]["moreRecords"], false);

  Control("PUT", "settings", {{"recordings_ignore_index", true}});
  const Json first = Get(Path("recordings.json?index=1")).json;
  EXPECT_EQ(first["recordings"].size(), 20);
  EXPECT_EQ(first["meta"]["moreRecords"], true);
  EXPECT_EQ(Get(Path("recordings.json?index=2")).json, first);

  Control("PUT", "settings",
          {{"paging", {{"recording", {{"kind", "page"}, {"default_count", 20}}}}}});
  EXPECT_NE(Get(Path("recordings.json?index=2")).json, first);
}

TEST_F(WebinarTest, ARecordingCanBeFoundFetchedAndDeleted) {
  const Json row = Recording();
  const std::string key = row[row.contains("meetingKey") ? "meetingKey" : "webinarKey"];
  const Json details = Get(Path("recordings/" + key + ".json")).json["recordings"][0];
  EXPECT_EQ(details["erecordingId"], row["erecordingId"]);

  const Got redirect = Download(details["downloadUrl"]);
  ASSERT_EQ(redirect.status, 302);
  token_ = "none";
  const std::string location(*redirect.headers.Get("Location"));
  const Got film = Download(location);
  EXPECT_EQ(film.status, 200);
  EXPECT_EQ(absl::StrCat(film.text.size()), details["fileSize"].get<std::string>());
  const Got part = Download(location, "bytes=0-99");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.text, film.text.substr(0, 100));
  EXPECT_EQ(part.headers.Get("Content-Range"), absl::StrCat("bytes 0-99/", film.text.size()));
  EXPECT_EQ(Download(location, absl::StrCat("bytes=1-", film.text.size() + 5)).text,
            film.text.substr(1));
  for (const char* other : {"bytes=-5", "bytes=5-", "bytes=9-1", "bytes=0-1,3-4", "lines=0-1"}) {
    EXPECT_EQ(Download(location, other).status, 200) << other;
  }
  EXPECT_EQ(Download(location + "0").status, 403);
  EXPECT_EQ(Download(details["downloadUrl"]).status, 400);

  Use(Region::kUs, AdminZuidOf(Region::kUs));
  const Got transcript = Download(details["transcriptionDownloadUrl"]);
  EXPECT_THAT(Download(std::string(*transcript.headers.Get("Location"))).text,
              StartsWith("WEBVTT"));
  const std::string path =
      Path("recordings/" + details["erecordingId"].get<std::string>() + ".json");
  EXPECT_EQ(Call("DELETE", path).status, 204);
  EXPECT_EQ(Call("DELETE", path).json["error"]["key"], "INVALID_RECORDING");
}

TEST_F(WebinarTest, SdkSessionsHaveStringsForArrays) {
  const Got created =
      Call("POST", Path("sdk/session"),
           R"({"session":{"topic":"S","startTime":"Jun 9, 2027 7:00 PM","timezone":"UTC",)"
           R"("participants":[{"email":"a@b.example"},{"email":"c@d.example"}]}})");
  const Got instant =
      Call("POST", Path("sdk/session/meet"), R"({"session":{"conferenceType":"audio"}})");

  ASSERT_EQ(created.status, 201);
  EXPECT_EQ(created.json["session"]["addedParticipants"], "[a@b.example, c@d.example]");
  EXPECT_TRUE(created.json["session"]["offset"].is_string());
  EXPECT_EQ(instant.status, 201);
  EXPECT_EQ(Get(Path("sdk/sessions")).json["count"], 2);
  EXPECT_EQ(Call("POST", Path("sdk/session/meet"), R"({"session":{"conferenceType":"smoke"}})")
                .json["error"]["param"],
            "conferenceType");
}

TEST_F(WebinarTest, LanguagesAndTimeZonesNeedNoOrganisation) {
  EXPECT_EQ(Get("language").json["languages"][0]["languageCode"], "en");
  EXPECT_GT(Get("timezone").json["timezones"].size(), 10);
}

TEST_F(WebinarTest, TheLicenceCountsSeats) {
  const Json licence = Get(Path("license")).json;

  EXPECT_TRUE(licence["meetingAddon"]["noOfLicenseEnabled"].is_string());
  Control("PUT", "settings", {{"licence_wrapped", true}});
  EXPECT_EQ(Get(Path("license")).json["representation"]["meetingAddon"], licence["meetingAddon"]);
}

// A call of `endpoint` that succeeds: one query and one body hold what any of them asks for.
struct Example {
  std::string target = {};
  std::string body = {};
};

class EveryEndpointTest : public WebinarTest {
 protected:
  EveryEndpointTest() {
    const Json past = Get(Path("sessions.json?listtype=past&index=1&count=1")).json["session"][0];
    meeting_ = absl::StrCat(past["meetingKey"].get<int64_t>());
    webinar_ = Key("past");
    recording_ = Recording();
    user_ = Get(Path("user?count=1")).json["representation"][0]["userId"];
    department_ = Get(Path("department?count=1")).json["representation"][0]["departmentId"];
    poll_ = Get(Path("poll?webinarKey=" + webinar_)).json["polls"][0]["pollId"];
  }

  // The key or id in a path, by what stands before it.
  std::string ValueAfter(absl::string_view before) const {
    if (before == "user") return user_;
    if (before == "department") return department_;
    if (before == "poll") return poll_;
    if (before == "recordings") return recording_["erecordingId"];
    if (before == "sessions" || before == "participant") return meeting_;
    return webinar_;
  }

  Example ExampleOf(const Endpoint& endpoint) const {
    std::vector<std::string> segments = absl::StrSplit(endpoint.path, '/');
    for (size_t i = 0; i < segments.size(); ++i) {
      absl::string_view segment = segments[i];
      if (!absl::ConsumePrefix(&segment, "{")) continue;
      const size_t end = segment.find('}');
      std::string value = i == 0 ? org_ : ValueAfter(segments[i - 1]);
      // A recording is deleted by its id and listed by its session.
      if (i > 0 && segments[i - 1] == "recordings" && segment.substr(0, end) == "key") {
        value = recording_[recording_.contains("meetingKey") ? "meetingKey" : "webinarKey"];
      }
      segments[i] = absl::StrCat(value, segment.substr(end + 1));
    }
    return {.target = absl::StrCat(absl::StrJoin(segments, "/"),
                                   "?index=1&count=5&listtype=all&status=1&departmentName=Sales",
                                   "&webinarKey=", webinar_),
            .body = absl::string_view(endpoint.method) == "GET" ? "" : R"({
              "session": {"topic": "T", "startTime": "Jun 9, 2027 7:00 PM", "timezone": "UTC",
                          "conferenceType": "video"},
              "poll": {"question": "Q?", "category": 2, "polloption": [{"text": "a"}, {"text": "b"}]},
              "registrant": [{"email": "new@x.example", "firstName": "New"}]})"};
  }

  std::string meeting_;
  std::string webinar_;
  Json recording_;
  std::string user_;
  std::string department_;
  std::string poll_;
};

TEST_F(EveryEndpointTest, AnswersUnderBothPrefixesAlike) {
  std::set<std::string> methods;
  for (const Endpoint& endpoint : AllEndpoints()) {
    const Example example = ExampleOf(endpoint);
    // Each call meets the same world, and what it creates has the same ids.
    Control("POST", "reseed");
    const Got plain = Call(endpoint.method, example.target, example.body);
    Control("POST", "reseed");
    const Got prefixed = Call(endpoint.method, example.target, example.body, "/meeting/api/v2/");

    const std::string what = absl::StrCat(endpoint.method, " ", endpoint.path, ": ", plain.text);
    EXPECT_TRUE(plain.status == 200 || plain.status == 201 || plain.status == 204) << what;
    EXPECT_EQ(plain.status == 204, plain.text.empty()) << what;
    EXPECT_EQ(prefixed.status, plain.status) << what;
    EXPECT_EQ(prefixed.text, plain.text) << what;
    methods.insert(endpoint.method);
  }
  EXPECT_EQ(methods, (std::set<std::string>{"DELETE", "GET", "POST", "PUT"}));
}

TEST_F(EveryEndpointTest, IsThereWithAnyOtherPrefixOrMethodNot) {
  for (const Endpoint& endpoint : AllEndpoints()) {
    const Example example = ExampleOf(endpoint);
    EXPECT_EQ(Call(endpoint.method, example.target, example.body, "/webinar/api/v2/").status, 404)
        << endpoint.path;
    EXPECT_EQ(Call("PATCH", example.target, example.body).status, 405) << endpoint.path;
  }
}

}  // namespace
}  // namespace fake_zoho
