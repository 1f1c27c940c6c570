#include "services/zoho_proxy/result_writer.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"
#include "services/zoho_proxy/answer.h"
#include "services/zoho_proxy/json.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::HasSubstr;

Tool ListTool(const char* items, const char* row_id, Paging paging = {}) {
  Tool tool{.items = items, .row_id = row_id};
  tool.paging = std::move(paging);
  return tool;
}

absl::StatusOr<Answer> Read(const Tool& tool, absl::string_view body, int status = 200) {
  return Answer::Read(tool, {.status = status, .body = std::string(body)}, absl::UnixEpoch(), {});
}

// The object in `body` as it is handed on.
std::string Object(const char* body, ResultOptions options = {}) {
  Tool tool{.items = "/session"};
  const absl::StatusOr<Answer> answer = Read(tool, body);
  EXPECT_THAT(answer, IsOk());
  return *ResultWriter(std::move(options)).FinishObject(*answer);
}

struct Row {
  const char* name;
  const char* given;
  const char* shown;
};

class Values : public ::testing::TestWithParam<Row> {};

TEST_P(Values, AreHandedOnAsTheMeshPromises) {
  EXPECT_EQ(Object(absl::StrCat(R"({"session":)", GetParam().given, "}").c_str()),
            Json::parse(GetParam().shown).dump());
}

INSTANTIATE_TEST_SUITE_P(
    Ids, Values,
    ::testing::Values(
        Row{"NumbersBecomeStrings",
            R"({"meetingKey":1066944216,"zuid":53758790,"creatorZuid":1,"sys_id":2,"UID":3,"presenter":4})",
            R"({"meetingKey":"1066944216","zuid":"53758790","creatorZuid":"1","sys_id":"2","UID":"3","presenter":"4"})"},
        Row{"InArraysAndObjects", R"({"adminUserIds":[1,"2"],"participants":[{"id":9}]})",
            R"({"adminUserIds":["1","2"],"participants":[{"id":"9"}]})"},
        Row{"WhatJavaScriptCannotHold",
            R"({"n":9007199254740993,"m":18446744073709551615,"k":-9007199254740993})",
            R"({"n":"9007199254740993","m":"18446744073709551615","k":"-9007199254740993"})"},
        Row{"OtherNumbersStay", R"({"count":34,"status":1,"share":0.5,"isValid":true,"none":null})",
            R"({"count":34,"status":1,"share":0.5,"isValid":true,"none":null})"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Times, Values,
    ::testing::Values(
        Row{"WallClockInItsZone",
            R"({"startTime":"Jun 19, 2020 07:00 PM IST","timezone":"Asia/Calcutta"})",
            R"({"startTime":"Jun 19, 2020 07:00 PM IST","startTimeRfc3339":"2020-06-19T19:00:00+05:30","timezone":"Asia/Calcutta"})"},
        Row{"WallClockByOffset", R"({"startTime":"Jun 19, 2020 07:00 PM","offset":"19800000"})",
            R"({"startTime":"Jun 19, 2020 07:00 PM","startTimeRfc3339":"2020-06-19T19:00:00+05:30","offset":19800000})"},
        Row{"MillisWin",
            R"({"startTime":"whenever","startTimeMillisec":1592573400000,"timezone":"Asia/Kolkata"})",
            R"({"startTime":"whenever","startTimeRfc3339":"2020-06-19T19:00:00+05:30","startTimeMillisec":1592573400000,"timezone":"Asia/Kolkata"})"},
        Row{"MillisAlone", R"({"startTimeinMs":1592573400000,"endTimeMillis":"1592577000000"})",
            R"({"startTimeinMs":1592573400000,"startTimeRfc3339":"2020-06-19T13:30:00+00:00","endTimeMillis":"1592577000000","endTimeRfc3339":"2020-06-19T14:30:00+00:00"})"},
        Row{"EpochAsNumberAndString", R"({"joinTime":1592573400000,"createdTime":"1592573400000"})",
            R"({"joinTime":1592573400000,"joinTimeRfc3339":"2020-06-19T13:30:00+00:00","createdTime":"1592573400000","createdTimeRfc3339":"2020-06-19T13:30:00+00:00"})"},
        Row{"RecordingDate",
            R"({"startTime":"2023-08-18T10:46:28 IST","startTimeMillis":"1692335788000"})",
            R"({"startTime":"2023-08-18T10:46:28 IST","startTimeRfc3339":"2023-08-18T05:16:28+00:00","startTimeMillis":"1692335788000"})"},
        Row{"UnknownZoneSaysNothing",
            R"({"startTime":"Jun 19, 2020 07:00 PM IST","timezone":"Moon/Base"})",
            R"({"startTime":"Jun 19, 2020 07:00 PM IST","timezone":"Moon/Base"})"},
        Row{"NoTime",
            R"({"inAndOutTime":"02:20 PM - 02:21 PM","timezone":"UTC","reminderTime":15})",
            R"({"inAndOutTime":"02:20 PM - 02:21 PM","timezone":"UTC","reminderTime":15})"},
        Row{"DurationsAreNumbers", R"({"duration":"3600000"})", R"({"duration":3600000})"}),
    [](const auto& info) { return info.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Secrets, Values,
    ::testing::Values(
        Row{"AreHidden",
            R"({"startLink":"s","pwd":"p","encryptPwd":"e","accessCode":"1 #","meetingEmbedUrl":"u","joinLink":"j","a":{"pwd":{"x":1}}})",
            R"({"startLink":"[redacted]","pwd":"[redacted]","encryptPwd":"[redacted]","accessCode":"[redacted]","meetingEmbedUrl":"[redacted]","joinLink":"j","a":{"pwd":"[redacted]"}})"},
        Row{"UnlessThereIsNone", R"({"pwd":null})", R"({"pwd":null})"}),
    [](const auto& info) { return info.param.name; });

TEST(ResultWriter, SecretsAreShownWhereAllowed) {
  EXPECT_EQ(Object(R"({"session":{"pwd":"p"}})", {.reveal_secrets = true}), R"({"pwd":"p"})");
}

TEST(ResultWriter, OnlyWantedFieldsAreWrittenWithTheirRfc3339) {
  const char* body =
      R"({"session":{"topic":"t","startTime":"Jun 19, 2020 07:00 PM","startTimeMillisec":1592573400000,
          "timezone":"Asia/Kolkata","license":{"edition":"PRO","seats":3}}})";
  EXPECT_EQ(
      Object(body, {.fields = *Projection::Parse("startTime,license.edition")}),
      R"({"startTime":"Jun 19, 2020 07:00 PM","startTimeRfc3339":"2020-06-19T19:00:00+05:30",)"
      R"("license":{"edition":"PRO"}})");
  EXPECT_EQ(Object(body, {.fields = *Projection::Parse("startTimeRfc3339")}),
            R"({"startTimeRfc3339":"2020-06-19T19:00:00+05:30"})");
}

TEST(ResultWriter, TextIsEscapedAndKept) {
  EXPECT_EQ(Object(R"({"session":{"topic":"\"Q3\" \\ é😀 </script> \u0001"}})"),
            R"({"topic":"\"Q3\" \\ é😀 </script> \u0001"})");
}

TEST(ResultWriter, AnObjectIsFoundInAnyEnvelope) {
  EXPECT_EQ(Object(R"({"session":{"a":1}})"), R"({"a":1})");
  EXPECT_EQ(Object(R"({"session":[{"a":1}]})"), R"({"a":1})");
  EXPECT_EQ(Object(R"({"a":1})"), R"({"a":1})");
}

TEST(ResultWriter, RowsAreFoundWithTheirTotalAndFirstId) {
  const Tool tool = ListTool("/session", "meetingKey", {.total = "/count", .more = "/meta/more"});
  ASSERT_OK_AND_ASSIGN(
      const Answer answer,
      Read(tool,
           R"({"session":[{"meetingKey":7},{"meetingKey":8}],"count":"34","meta":{"more":true}})"));
  EXPECT_EQ(answer.page().rows, 2u);
  EXPECT_EQ(answer.page().first_id, "7");
  EXPECT_EQ(answer.page().total, 34);
  EXPECT_EQ(answer.page().more, true);
}

TEST(ResultWriter, ARowWithoutItsArrayIsAListOfOne) {
  const Tool tool = ListTool("/session", "meetingKey");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Read(tool, R"({"session":{"meetingKey":7}})"));
  EXPECT_EQ(answer.page().rows, 1u);
  ResultWriter writer({});
  EXPECT_EQ(writer.AppendRows(answer, 0, 1), 1u);
  EXPECT_EQ(writer.FinishList("", std::nullopt, ""), R"({"results":[{"meetingKey":"7"}]})");
}

TEST(ResultWriter, AListWithoutItsRowsCannotBeRead) {
  EXPECT_THAT(Read(ListTool("/session", "meetingKey"), R"({"other":[]})"), HasReason("ZOHO_ERROR"));
}

TEST(ResultWriter, AnEmptyBodyIsAnEmptyList) {
  const Tool tool = ListTool("/session", "meetingKey");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Read(tool, "", 204));
  EXPECT_EQ(answer.page().rows, 0u);
}

TEST(ResultWriter, WritesASliceCursorTotalAndNote) {
  const Tool tool = ListTool("/r", "id");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Read(tool, R"({"r":[{"id":0},{"id":1},{"id":2}]})"));
  ResultWriter writer({});
  EXPECT_EQ(writer.AppendRows(answer, 1, 3), 2u);
  EXPECT_EQ(writer.FinishList("c", 12, "n"),
            R"({"results":[{"id":"1"},{"id":"2"}],"next_cursor":"c","total":12,"note":"n"})");
}

TEST(ResultWriter, StopsBetweenRowsBeforeTheResultIsTooLong) {
  const Tool tool = ListTool("/r", "id");
  std::string body = R"({"r":[)";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&body, i > 0 ? "," : "", R"({"id":)", i, "}");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Read(tool, absl::StrCat(body, "]}")));
  size_t before = 0;
  for (size_t most = 100; most < 1'000; ++most) {
    ResultWriter writer({.max_bytes = most});
    const size_t done = writer.AppendRows(answer, 0, 100);
    EXPECT_GE(done, before);
    EXPECT_LT(done, 100u);
    EXPECT_EQ(writer.left_out(), 0u);
    const std::string text = writer.FinishList("", std::nullopt, "");
    EXPECT_LE(text.size(), most);
    EXPECT_EQ(Json::parse(text)["results"].size(), done);
    before = done;
  }
  EXPECT_GT(before, 30u);
  EXPECT_EQ(ResultWriter({.max_bytes = 100'000}).AppendRows(answer, 0, 100), 100u);
}

TEST(ResultWriter, CursorTotalAndNoteFitBesideTheRows) {
  const Tool tool = ListTool("/r", "id");
  std::string body = R"({"r":[)";
  for (int i = 0; i < 2'000; ++i) absl::StrAppend(&body, i > 0 ? "," : "", R"({"id":)", i, "}");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Read(tool, absl::StrCat(body, "]}")));
  ResultWriter writer({.max_bytes = 10'000});
  EXPECT_LT(writer.AppendRows(answer, 0, 2'000), 2'000u);
  EXPECT_LE(writer.FinishList(std::string(400, 'c'), 2'000, std::string(1'000, 'n')).size(),
            10'000u);
}

TEST(ResultWriter, ARowThatFitsNowhereIsLeftOutSoThatTheRestIsReached) {
  const Tool tool = ListTool("/r", "id");
  const std::string body =
      absl::StrCat(R"({"r":[{"id":0},{"id":1,"x":")", std::string(500, 'x'), R"("},{"id":2}]})");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Read(tool, body));
  ResultWriter writer({.max_bytes = 300});
  EXPECT_EQ(writer.AppendRows(answer, 0, 3), 3u);
  EXPECT_EQ(writer.left_out(), 1u);
  EXPECT_EQ(writer.FinishList("", std::nullopt, ""), R"({"results":[{"id":"0"},{"id":"2"}]})");
}

TEST(ResultWriter, AnObjectThatIsTooLongHasItsLongestArrayCut) {
  std::string body = R"({"name":"Sales","roles":["a","b"],"memberIds":[)";
  for (int i = 0; i < 2'000; ++i) absl::StrAppend(&body, i > 0 ? "," : "", 1000 + i);
  absl::StrAppend(&body, R"(],"deep":{"memberIds":[1,2,3]}})");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Read(Tool(), body));

  ASSERT_OK_AND_ASSIGN(const std::string text,
                       ResultWriter({.max_bytes = 10'000}).FinishObject(answer));

  EXPECT_LE(text.size(), 10'000u);
  const Json result = Json::parse(text);
  EXPECT_EQ(result["name"], "Sales");
  EXPECT_EQ(result["roles"].size(), 2u);
  EXPECT_EQ(result["deep"]["memberIds"].size(), 3u);
  EXPECT_GT(result["memberIds"].size(), 500u);
  EXPECT_LT(result["memberIds"].size(), 2'000u);
  EXPECT_THAT(result["note"].get<std::string>(), testing::HasSubstr("`memberIds` is cut"));
}

TEST(ResultWriter, AnObjectThatIsTooLongWithoutAnArrayAsksForFields) {
  const std::string body = absl::StrCat(R"({"name":")", std::string(20'000, 'x'), R"("})");
  ASSERT_OK_AND_ASSIGN(const Answer answer, Read(Tool(), body));
  const auto result = ResultWriter({.max_bytes = 10'000}).FinishObject(answer);
  EXPECT_THAT(result, HasReason("ARGUMENT_INVALID"));
  EXPECT_EQ(GetErrorDetail(result.status())->metadata.at("field"), "fields");
}

TEST(ResultWriter, AnArrayInPlaceOfAnObjectLosesNothing) {
  const auto finish = [](const char* body) {
    const absl::StatusOr<Answer> answer = Read(Tool(), body);
    EXPECT_THAT(answer, IsOk());
    return *ResultWriter({}).FinishObject(*answer);
  };
  EXPECT_EQ(finish(R"([{"id":1}])"), R"({"id":"1"})");
  EXPECT_EQ(finish(R"([{"id":1},{"id":2}])"), R"({"results":[{"id":"1"},{"id":"2"}]})");
  EXPECT_EQ(finish("[]"), R"({"results":[]})");
  EXPECT_EQ(finish("7"), R"({"result":7})");
}

TEST(ResultWriter, AnEmptyAnswerIsGoodWhereZohoSaysThatItHasNone) {
  Tool tool;
  EXPECT_THAT(Read(tool, "", 204), IsOk());
  EXPECT_THAT(Read(tool, "", 200), HasReason("ZOHO_ERROR"));
  tool.listed.set_method(tools::v1::Tool::DELETE);
  EXPECT_THAT(Read(tool, "", 200), IsOk());
}

TEST(ResultWriter, AFileIsDescribedWhateverItHolds) {
  Tool tool{.url_argument = "link"};
  for (const char* body : {R"({"error":{"code":2000,"message":"INVALID_OAUTHTOKEN"}})",
                           R"({"status":"failure"})", "{", ""}) {
    ASSERT_OK_AND_ASSIGN(
        const Answer answer,
        Answer::Read(tool, {.status = 200, .headers = {{"Content-Type", "text/vtt"}}, .body = body},
                     absl::UnixEpoch(), {}));
    EXPECT_EQ(Json::parse(*ResultWriter({}).FinishObject(answer))["text"], body);
  }
  EXPECT_THAT(Answer::Read(tool, {.status = 404}, absl::UnixEpoch(), {}),
              HasReason("ZOHO_OBJECT_NOT_FOUND"));
}

TEST(ResultWriter, ADeletionNamesWhatItDeleted) {
  EXPECT_EQ(ResultWriter::Deleted("1\""), R"({"deleted":true,"id":"1\""})");
  EXPECT_EQ(ResultWriter::Deleted(""), R"({"deleted":true})");
}

}  // namespace
}  // namespace mesh::zoho_proxy
