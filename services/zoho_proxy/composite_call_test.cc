// The composite tools of the catalogue, against a scripted Zoho.
#include "services/zoho_proxy/composite_call.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <prometheus/registry.h>

#include "common/base/fake_clock.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"
#include "common/net/fake_http_client.h"
#include "common/net/url.h"
#include "common/rpc/proto_time.h"

namespace mesh::zoho_proxy {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using tools::v1::CallToolRequest;
using tools::v1::CallToolResponse;
using Result = absl::StatusOr<CallToolResponse>;

constexpr char kAudit[] = "zoho_meeting_department_audit";
constexpr char kBrief[] = "zoho_meeting_presenter_brief";
constexpr char kInventory[] = "zoho_meeting_license_inventory";

constexpr int kSalesUsers = 130;
constexpr int kSalesAdmins = 3;
constexpr int kUsers = 1200;

net::HttpResponse Json200(const json& body) { return {.status = 200, .body = body.dump()}; }

net::HttpResponse Limited() {
  net::HttpResponse answer{.status = 429};
  answer.headers = {{"Retry-After", "30"}};
  return answer;
}

// Loaded once, as that takes longer than a test.
std::shared_ptr<const Catalog> Shipped() {
  static const auto* const kCatalog = new std::shared_ptr<const Catalog>(
      *Catalog::Load({"services/zoho_proxy/catalog/zoho_meeting"}));
  return *kCatalog;
}

// An organisation with two departments that matter, 1,200 users, and 250 upcoming meetings, one an
// hour from the epoch of FakeClock on, every fourth presented by user 7.
class CompositeCallTest : public ::testing::Test {
 protected:
  CompositeCallTest() {
    zoho_.AnswerAll([this](const net::HttpRequest& request) { return Answer(request); });
  }

  absl::StatusOr<net::HttpResponse> Answer(const net::HttpRequest& request) {
    for (const auto& [part, answer] : faults_) {
      if (absl::StrContains(request.url, part)) return answer;
    }
    const net::Url url = *net::ParseUrl(request.url);
    int64_t index = 0;
    int64_t count = 20;
    for (const auto& [name, value] : url.query) {
      if (name == "index") index = std::stoll(value);
      if (name == "count") count = std::stoll(value);
    }
    const std::string path = url.path.substr(std::string("/api/v2/60001/").size());
    if (path == "department") return Json200({{"representation", Departments(index, count)}});
    if (path == "department/4000000000001") return Json200({{"representation", Sales()}});
    if (path == "department/4000000000001/user") {
      return Json200({{"representation", SalesUsers(index, count)}});
    }
    if (path == "license") {
      return Json200({{"representation",
                       {{"licenseType", "PAID"},
                        {"meetingAddon",
                         {{"edition", "Professional"},
                          {"noOfLicenseEnabled", "600"},
                          {"noOfLicenseLeft", "700"}}}}}});
    }
    if (path == "user") {
      return Json200({{"representation", Users(index, count)}, {"totalCount", kUsers}});
    }
    if (path == "sessions.json") {
      return Json200({{"session", Meetings(index - 1, count)}, {"count", 250}});
    }
    if (absl::StartsWith(path, "sessions/")) {
      const int key = std::stoi(path.substr(std::string("sessions/").size()));
      json meeting = Meeting(key);
      meeting["agenda"] = absl::StrCat("Agenda ", key);
      meeting["pwd"] = "secret";
      return Json200({{"session", meeting}});
    }
    return net::HttpResponse{.status = 404};
  }

  static json Departments(int64_t index, int64_t count) {
    json rows = json::array();
    const std::vector<std::pair<std::string, std::string>> all = {
        {"4000000000001", "Sales"}, {"4000000000002", "Twin"}, {"4000000000003", "twin"}};
    for (int64_t i = index * count; i < std::min<int64_t>(3, (index + 1) * count); ++i) {
      rows.push_back({{"departmentId", all[i].first}, {"departmentName", all[i].second}});
    }
    return rows;
  }

  static json Sales() {
    json admins = json::array();
    json members = json::array();
    for (int i = 0; i < kSalesUsers; ++i) {
      (i < kSalesAdmins ? admins : members).push_back(absl::StrCat("s", i));
    }
    return {{"departmentId", "4000000000001"},
            {"departmentName", "Sales"},
            {"adminUserIds", admins},
            {"memberUserIds", members}};
  }

  static json SalesUsers(int64_t index, int64_t count) {
    json rows = json::array();
    for (int64_t i = index * count; i < std::min<int64_t>(kSalesUsers, (index + 1) * count); ++i) {
      rows.push_back({{"userId", absl::StrCat("s", i)},
                      {"emailId", absl::StrCat("s", i, "@x.test")},
                      {"meetingLicense", "PRO"}});
    }
    return rows;
  }

  static json Users(int64_t index, int64_t count) {
    json rows = json::array();
    for (int64_t i = index * count; i < std::min<int64_t>(kUsers, (index + 1) * count); ++i) {
      rows.push_back({{"userId", absl::StrCat(9000 + i)},
                      {"zuid", absl::StrCat(70000 + i)},
                      {"role", i == 0 ? "Administrator" : "User"},
                      {"fullName", i >= 1190 ? "The Same" : absl::StrCat("Person ", i)},
                      {"emailId", absl::StrCat("p", i, "@x.test")},
                      {"meetingLicense", {{"enabled", i % 2 == 0}, {"edition", "Professional"}}},
                      {"webinarLicense", {{"enabled", false}, {"edition", "Professional"}}}});
    }
    return rows;
  }

  static json Meeting(int64_t key) {
    return {{"meetingKey", key},
            {"topic", absl::StrCat("Topic ", key)},
            {"presenterZuid", key % 4 == 0 ? 70007 : 70008},
            {"presenterEmail", key % 4 == 0 ? "p7@x.test" : "p8@x.test"},
            {"timezone", "UTC"},
            {"startTimeMillisec",
             absl::ToUnixMillis(FakeClock().Now() + absl::Hours(static_cast<double>(key)))}};
  }

  static json Meetings(int64_t from, int64_t count) {
    json rows = json::array();
    for (int64_t i = from; i < std::min<int64_t>(250, from + count); ++i)
      rows.push_back(Meeting(i));
    return rows;
  }

  // `part` of a URL from now on gets `answer`.
  void Break(const std::string& part, absl::StatusOr<net::HttpResponse> answer) {
    faults_.emplace_back(part, std::move(answer));
  }

  std::shared_ptr<CompositeCall> Start(const std::string& tool, const json& arguments,
                                       Mailbox<Result>& results, bool reveal = false) {
    CallToolRequest request;
    request.set_account("acc_1");
    request.set_tool(tool);
    request.set_arguments_json(arguments.dump());
    request.set_reveal_secrets(reveal);
    auto call = std::make_shared<CompositeCall>(
        ToolCallParts{
            .upstream = upstream_, .sealer = sealer_, .clock = clock_, .options = options_},
        CallContext{.deadline = clock_.Now() + absl::Seconds(10)}, catalog_, *catalog_->Find(tool),
        [&results](Result result) { results.Put(std::move(result)); });
    call->Start(request);
    return call;
  }

  Result Try(const std::string& tool, const json& arguments, bool reveal = false) {
    Mailbox<Result> results;
    Start(tool, arguments, results, reveal);
    return results.Take();
  }

  json Call(const std::string& tool, const json& arguments, bool reveal = false) {
    const Result result = Try(tool, arguments, reveal);
    EXPECT_THAT(result, IsOk());
    return result.ok() ? json::parse(result->result_json()) : json();
  }

  size_t Sent(const std::string& part) const {
    const std::vector<net::HttpRequest> sent = zoho_.sent();
    return std::count_if(sent.begin(), sent.end(), [&part](const net::HttpRequest& request) {
      return absl::StrContains(request.url, part);
    });
  }

  FakeClock clock_;
  prometheus::Registry registry_;
  ProxyMetrics metrics_{registry_};
  TokenCache tokens_{
      [this](const CallContext&, const auth::v1::GetAccessTokenRequest&, TokenCache::Fetched done) {
        auth::v1::AccessToken token;
        token.set_generation(1);
        token.set_access_token("token-1");
        *token.mutable_expire_time() = rpc::TimestampOf(clock_.Now() + absl::Hours(1));
        token.set_organization_id("60001");
        token.set_user_id("70001");
        token.set_meeting_url("https://meeting.zoho.eu");
        std::move(done)(std::move(token));
      },
      clock_};
  net::FakeHttpClient zoho_;
  Upstream upstream_{zoho_, tokens_, clock_, metrics_, {}};
  const Sealer sealer_ = *Sealer::Create(Secret(std::string(32, 'k')));
  ToolCallOptions options_;
  std::shared_ptr<const Catalog> catalog_ = Shipped();
  std::vector<std::pair<std::string, absl::StatusOr<net::HttpResponse>>> faults_;
};

// --- Department audit

TEST_F(CompositeCallTest, AnAuditTellsEverybodysRoleAndLicenceInOneCall) {
  const json audit = Call(kAudit, {{"department", " sales "}, {"limit", 500}});

  EXPECT_EQ(audit["department"]["departmentId"], "4000000000001");
  EXPECT_FALSE(audit["department"].contains("adminUserIds"));
  EXPECT_EQ(audit["admins"], kSalesAdmins);
  EXPECT_EQ(audit["members"], kSalesUsers - kSalesAdmins);
  EXPECT_EQ(audit["total"], kSalesUsers);
  ASSERT_EQ(audit["results"].size(), static_cast<size_t>(kSalesUsers));
  EXPECT_EQ(audit["results"][0], json::parse(R"({"userId": "s0", "emailId": "s0@x.test",
      "meetingLicense": "PRO", "role": "admin"})"));
  EXPECT_EQ(audit["results"][kSalesAdmins]["role"], "member");
  EXPECT_FALSE(audit.contains("next_cursor"));
  EXPECT_FALSE(audit.contains("failed"));
}

TEST_F(CompositeCallTest, AnAuditByIdAsksForNoListOfDepartments) {
  EXPECT_EQ(Call(kAudit, {{"department", "4000000000001"}, {"limit", 20}})["results"].size(), 20u);
  EXPECT_EQ(zoho_.sent().size(), 2u);
}

TEST_F(CompositeCallTest, AnAuditGoesOnAtItsCursorWithRolesAndFields) {
  json arguments = {{"department", "Sales"}, {"limit", 60}, {"fields", "userId,role"}};
  std::set<std::string> users;
  std::vector<size_t> pages;
  do {
    const json page = Call(kAudit, arguments);
    for (const json& row : page["results"]) {
      EXPECT_EQ(row.size(), 2u) << row;
      EXPECT_TRUE(row.contains("role"));
      users.insert(row["userId"]);
    }
    pages.push_back(page["results"].size());
    arguments["next_cursor"] = page.value("next_cursor", json());
  } while (!arguments["next_cursor"].is_null());

  EXPECT_THAT(pages, ElementsAre(60, 60, 10));
  EXPECT_EQ(users.size(), static_cast<size_t>(kSalesUsers));
}

TEST_F(CompositeCallTest, AnAuditWithoutRolesNamesThemAndKeepsTheUsers) {
  zoho_.AnswerAll([this](const net::HttpRequest& request) -> absl::StatusOr<net::HttpResponse> {
    if (absl::EndsWith(request.url, "department/4000000000001")) {
      return net::HttpResponse{.status = 500};
    }
    return Answer(request);
  });

  const json audit = Call(kAudit, {{"department", "Sales"}});

  EXPECT_EQ(audit["results"].size(), 100u);
  EXPECT_FALSE(audit["results"][0].contains("role"));
  ASSERT_EQ(audit["failed"].size(), 1u);
  EXPECT_EQ(audit["failed"][0]["reason"], "ZOHO_ERROR");
}

TEST_F(CompositeCallTest, AnAuditWithoutTheUsersStillTellsWhoIsThere) {
  Break("department/4000000000001/user", net::HttpResponse{.status = 500});

  const json audit = Call(kAudit, {{"department", "Sales"}});

  EXPECT_EQ(audit["results"].size(), static_cast<size_t>(kSalesUsers));
  EXPECT_EQ(audit["failed"][0]["part"], "the users' names and licences");
}

TEST_F(CompositeCallTest, ADepartmentThatIsNoneOrSeveralIsAnArgumentError) {
  const Result none = Try(kAudit, {{"department", "Cats"}});
  EXPECT_THAT(none, HasReason("ARGUMENT_INVALID"));
  EXPECT_THAT(std::string(none.status().message()), HasSubstr("`Sales`"));
  const Result several = Try(kAudit, {{"department", "TWIN"}});
  EXPECT_THAT(std::string(several.status().message()), HasSubstr("4000000000003"));
  EXPECT_THAT(Try(kAudit, json::object()), HasReason("ARGUMENT_INVALID"));
}

TEST_F(CompositeCallTest, ALimitThatEndsTheFirstCallIsTheError) {
  Break("department", Limited());
  const Result result = Try(kAudit, {{"department", "Sales"}});
  EXPECT_THAT(result, HasReason("ZOHO_RATE_LIMITED"));
  EXPECT_EQ(GetErrorDetail(result.status())->retry_after, absl::Seconds(30));
}

// --- Presenter brief

TEST_F(CompositeCallTest, ABriefFindsThePersonAndTheDetailsOfTheirMeetings) {
  const json brief = Call(kBrief, {{"presenter", "person 7"}, {"limit", 50}});

  EXPECT_EQ(brief["presenter"]["zuid"], "70007");
  // Every fourth hour of 168.
  ASSERT_EQ(brief["results"].size(), 42u);
  EXPECT_EQ(brief["results"][1]["agenda"], "Agenda 4");
  EXPECT_EQ(brief["results"][1]["pwd"], "[redacted]");
  EXPECT_TRUE(std::is_sorted(
      brief["results"].begin(), brief["results"].end(),
      [](const json& a, const json& b) { return a["startTimeRfc3339"] < b["startTimeRfc3339"]; }));
  EXPECT_FALSE(brief.contains("next_cursor"));
  EXPECT_EQ(Sent("sessions/"), 42u);
}

TEST_F(CompositeCallTest, ABriefByEmailAsksForNoDirectoryAndPagesByMeeting) {
  json arguments = {{"presenter", "P7@x.test"}, {"limit", 15}, {"fields", "meetingKey"}};
  std::vector<std::string> keys;
  std::vector<size_t> pages;
  do {
    const json page = Call(kBrief, arguments);
    for (const json& row : page["results"]) keys.push_back(row["meetingKey"]);
    pages.push_back(page["results"].size());
    arguments["next_cursor"] = page.value("next_cursor", json());
    clock_.Advance(absl::Minutes(10));  // The window stays that of the first call.
  } while (!arguments["next_cursor"].is_null());

  EXPECT_THAT(pages, ElementsAre(15, 15, 12));
  EXPECT_EQ(std::set<std::string>(keys.begin(), keys.end()).size(), 42u);
  EXPECT_EQ(Sent("/user"), 0u);
}

TEST_F(CompositeCallTest, ABriefKeepsToItsWindow) {
  const std::string from =
      absl::FormatTime(absl::RFC3339_full, clock_.Now() + absl::Hours(10), absl::UTCTimeZone());
  const std::string to =
      absl::FormatTime(absl::RFC3339_full, clock_.Now() + absl::Hours(20), absl::UTCTimeZone());
  const json brief = Call(kBrief, {{"presenter", "70007"}, {"from", from}, {"to", to}});

  ASSERT_EQ(brief["results"].size(), 2u);
  EXPECT_EQ(brief["results"][0]["meetingKey"], "12");
  EXPECT_EQ(brief["results"][1]["meetingKey"], "16");
}

TEST_F(CompositeCallTest, ABriefNamesTheMeetingWhoseDetailsFailedAndKeepsWhatTheListTold) {
  Break("sessions/8.json", net::HttpResponse{.status = 500});

  const json brief = Call(kBrief, {{"presenter", "70007"}, {"limit", 50}});

  EXPECT_EQ(brief["results"].size(), 42u);
  EXPECT_EQ(brief["results"][2]["topic"], "Topic 8");
  EXPECT_FALSE(brief["results"][2].contains("agenda"));
  ASSERT_EQ(brief["failed"].size(), 1u);
  EXPECT_EQ(brief["failed"][0]["part"], "the details of the meeting 8");
}

TEST_F(CompositeCallTest, AfterAnEndedLimitNothingMoreIsAsked) {
  Break("sessions/8.json", Limited());

  const Result result = Try(kBrief, {{"presenter", "70007"}, {"limit", 50}});

  ASSERT_THAT(result, IsOk());
  EXPECT_LT(Sent("sessions/"), 20u);
  EXPECT_EQ(result->rate_limit().remaining(), 0);
  EXPECT_EQ(result->rate_limit().reset().seconds(), 30);
  const json brief = json::parse(result->result_json());
  EXPECT_FALSE(brief["results"].empty());
  EXPECT_EQ(brief["failed"][0]["reason"], "ZOHO_RATE_LIMITED");
  EXPECT_EQ(brief["failed"][0]["retry_after_seconds"], 30);
}

TEST_F(CompositeCallTest, APresenterWhoIsNobodyOrSeveralIsAnArgumentError) {
  EXPECT_THAT(Try(kBrief, {{"presenter", "Nobody"}}), HasReason("ARGUMENT_INVALID"));
  const Result several = Try(kBrief, {{"presenter", "The Same"}});
  EXPECT_THAT(std::string(several.status().message()), HasSubstr("p1190@x.test"));
  EXPECT_THAT(std::string(several.status().message()), HasSubstr("\"p1190@x.test\""));
  Break("/user",
        net::HttpResponse{.status = 403,
                          .body = R"({"error":{"code":1009,"message":"Invalid org admin"}})"});
  const Result hidden = Try(kBrief, {{"presenter", "Person 7"}});
  EXPECT_THAT(hidden, HasReason("ARGUMENT_INVALID"));
  EXPECT_THAT(std::string(hidden.status().message()), HasSubstr("e-mail"));
}

TEST_F(CompositeCallTest, AWindowThatIsNoneIsAnArgumentError) {
  for (const auto& [field, window] : std::vector<std::pair<std::string, json>>{
           {"from", {{"from", "tomorrow"}}},
           {"to", {{"to", "infinite-future"}}},
           {"to", {{"from", "2026-07-02"}, {"to", "2026-07-01"}}},
           {"timezone", {{"timezone", "Mars/Base"}}}}) {
    json arguments = window;
    arguments["presenter"] = "70007";
    const Result result = Try(kBrief, arguments);
    EXPECT_THAT(result, HasReason("ARGUMENT_INVALID")) << window;
    EXPECT_EQ(GetErrorDetail(result.status())->metadata.at("field"), field);
  }
  EXPECT_TRUE(zoho_.sent().empty());
}

// --- Licence inventory

TEST_F(CompositeCallTest, AnInventoryCountsEverybodyInOneCall) {
  const json inventory = Call(kInventory, json::object());

  EXPECT_EQ(inventory["users_counted"], kUsers);
  EXPECT_EQ(inventory["total"], kUsers);
  EXPECT_EQ(inventory["by_role"], json::parse(R"({"Administrator": 1, "User": 1199})"));
  EXPECT_EQ(inventory["by_meeting_license"], json::parse(R"({"Professional": 600, "none": 600})"));
  EXPECT_EQ(inventory["by_webinar_license"], json::parse(R"({"none": 1200})"));
  EXPECT_EQ(inventory["results"].size(), 3u);
  EXPECT_EQ(inventory["results"][0]["users"], 600);
  EXPECT_EQ(Sent("/user?"), 12u);
  EXPECT_FALSE(inventory.contains("next_cursor"));
}

TEST_F(CompositeCallTest, AnInventoryCatchesUpOnAPageThatFailed) {
  Break("/user?index=3&", net::HttpResponse{.status = 500});
  const json first = Call(kInventory, json::object());
  faults_.clear();

  const json second = Call(kInventory, {{"next_cursor", first["next_cursor"]}});

  EXPECT_EQ(first["users_counted"], 1100);
  EXPECT_EQ(first["failed"].size(), 1u);
  EXPECT_EQ(second["users_counted"], kUsers);
  EXPECT_EQ(second["by_role"]["Administrator"], 1);
  EXPECT_FALSE(second.contains("next_cursor"));
  EXPECT_FALSE(second.contains("failed"));
  EXPECT_EQ(second["license"]["meetingAddon"]["noOfLicenseLeft"], "700");
}

TEST_F(CompositeCallTest, AnInventoryOfTooManyUsersGoesOnInTheNextCall) {
  std::vector<Tool> tools = catalog_->tools();
  for (Tool& tool : tools) {
    if (tool.composite.has_value())
      tool.composite = {.workflow = "license_inventory", .concurrency = 2, .max_calls = 5};
  }
  catalog_ = std::make_shared<const Catalog>(std::move(tools));
  json arguments = json::object();
  std::vector<int> counted;
  json page;
  do {
    page = Call(kInventory, arguments);
    counted.push_back(page["users_counted"]);
    arguments["next_cursor"] = page.value("next_cursor", json());
  } while (!arguments["next_cursor"].is_null() && counted.size() < 10);

  EXPECT_EQ(counted.back(), kUsers);
  EXPECT_GE(counted.size(), 3u);
  EXPECT_EQ(page["by_meeting_license"]["none"], 600);
}

// --- What all share

TEST_F(CompositeCallTest, CallsUnderWayAreBounded) {
  Mailbox<Result> results;
  Call(kInventory, json::object());  // Brings the token.
  const size_t before = zoho_.sent().size();
  bool first = true;
  zoho_.AnswerAll([this, &first](const net::HttpRequest& request) {
    if (std::exchange(first, false)) zoho_.Hold();
    return Answer(request);
  });

  const auto call = Start(kInventory, json::object(), results);

  const auto concurrency = static_cast<size_t>(catalog_->Find(kInventory)->composite->concurrency);
  EXPECT_LE(zoho_.sent().size() - before, concurrency + 2);
  EXPECT_EQ(results.size(), 0u);
  zoho_.Release();
  EXPECT_THAT(results.Take(), IsOk());
}

TEST_F(CompositeCallTest, ACancelClosesEverythingAndAsksNoMore) {
  Mailbox<Result> results;
  zoho_.Hold();
  const auto call = Start(kAudit, {{"department", "4000000000001"}}, results);
  EXPECT_EQ(zoho_.sent().size(), 2u);

  call->Cancel();

  EXPECT_THAT(results.Take(), StatusIs(absl::StatusCode::kCancelled));
  EXPECT_EQ(zoho_.sent().size(), 2u);
}

TEST_F(CompositeCallTest, WhatDidNotComeInTimeIsNamedAndTheRestKept) {
  Break("sessions/8.json", absl::DeadlineExceededError("too late"));
  const json brief = Call(kBrief, {{"presenter", "70007"}, {"limit", 3}});
  EXPECT_EQ(brief["results"].size(), 3u);
  EXPECT_EQ(brief["failed"][0]["reason"], "ZOHO_TIMEOUT");
  for (const net::HttpRequest& request : zoho_.sent()) {
    EXPECT_LT(request.timeout, absl::Seconds(10));
  }
}

TEST_F(CompositeCallTest, AnAnswerThatGrowsTooLongIsCutAndGoesOnAtItsCursor) {
  options_.max_result_bytes = 8'000;
  json arguments = {{"department", "Sales"}, {"limit", 500}};
  std::set<std::string> users;
  int calls = 0;
  do {
    const json page = Call(kAudit, arguments);
    EXPECT_LT(page.dump().size(), 9'000u);
    for (const json& row : page["results"]) EXPECT_TRUE(users.insert(row["userId"]).second);
    arguments["next_cursor"] = page.value("next_cursor", json());
  } while (!arguments["next_cursor"].is_null() && ++calls < 20);

  EXPECT_GT(calls, 1);
  EXPECT_EQ(users.size(), static_cast<size_t>(kSalesUsers));
}

TEST_F(CompositeCallTest, ARowThatFitsNowhereIsLeftOutAndSaidSo) {
  options_.max_result_bytes = 2'000;
  zoho_.AnswerAll([this](const net::HttpRequest& request) -> absl::StatusOr<net::HttpResponse> {
    if (!absl::StrContains(request.url, "4000000000001/user")) return Answer(request);
    return Json200({{"representation",
                     {{{"userId", "s0"}},
                      {{"userId", "s1"}, {"firstName", std::string(3'000, 'x')}},
                      {{"userId", "s2"}}}}});
  });

  const json page = Call(kAudit, {{"department", "4000000000001"}});

  ASSERT_EQ(page["results"].size(), 2u);
  EXPECT_EQ(page["results"][1]["userId"], "s2");
  EXPECT_THAT(page["note"].get<std::string>(), HasSubstr("too long: 1"));
  EXPECT_FALSE(page.contains("next_cursor"));
}

TEST_F(CompositeCallTest, OnlyTheCallsBeyondTheMostAreRefused) {
  std::vector<Tool> tools = catalog_->tools();
  for (Tool& tool : tools) {
    if (tool.composite.has_value()) tool.composite->max_calls = 1;
  }
  catalog_ = std::make_shared<const Catalog>(std::move(tools));

  const json audit = Call(kAudit, {{"department", "4000000000001"}});

  EXPECT_EQ(zoho_.sent().size(), 1u);
  EXPECT_EQ(audit["department"]["departmentName"], "Sales");
  EXPECT_EQ(audit["failed"][0]["part"], "the users' names and licences");
}

TEST_F(CompositeCallTest, ACursorOfAnotherDepartmentOrForgedIsRefused) {
  const json first = Call(kAudit, {{"department", "Sales"}, {"limit", 10}});
  EXPECT_THAT(Try(kAudit, {{"department", "4000000000001"}, {"next_cursor", first["next_cursor"]}}),
              HasReason("CURSOR_INVALID"));
  EXPECT_THAT(Try(kAudit, {{"department", "Sales"}, {"next_cursor", "forged"}}),
              HasReason("CURSOR_INVALID"));
}

}  // namespace
}  // namespace mesh::zoho_proxy
