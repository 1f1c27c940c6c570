// What a webinar that is over leaves behind: ReportEndpoints() of endpoint.h.
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/endpoint.h"
#include "tests/fake_zoho/list_parameters.h"
#include "tests/fake_zoho/meeting_errors.h"
#include "tests/fake_zoho/random_source.h"
#include "tests/fake_zoho/session_input.h"

namespace fake_zoho {
namespace {

// Rows of a past webinar are made up from its key: nothing of them is stored. One `row` for each
// approved registrant who came, with a source of his own.
template <typename Row>
Json RowsOf(const MeetingCall& call, const Session& webinar, const Row& row) {
  Json rows = Json::array();
  if (webinar.end() > call.now) return rows;
  for (const Registrant& registrant : webinar.registrants) {
    RandomSource random(static_cast<uint64_t>(webinar.key), registrant.id);
    if (registrant.approval != Approval::kApproved || !random.Chance(75)) continue;
    Json made = row(registrant, random);
    if (!made.is_null()) rows.push_back(std::move(made));
  }
  return rows;
}

std::string NameOf(const Registrant& registrant) {
  return absl::StrCat(registrant.first_name, " ", registrant.last_name);
}

Json AttendeeRows(const MeetingCall& call, const Session& webinar) {
  return RowsOf(call, webinar, [&](const Registrant& registrant, RandomSource& random) {
    const absl::Time join = webinar.start + absl::Seconds(random.Below(600));
    const absl::Time leave = webinar.end() - absl::Seconds(random.Below(300));
    return Json{{"registerId", registrant.id},
                {"email", registrant.email},
                {"userName", NameOf(registrant)},
                {"approvalStatus", "APPROVED"},
                {"countryName", registrant.country},
                {"registeredTime", absl::ToUnixMillis(registrant.registered)},
                {"joinTime", absl::ToUnixMillis(join)},
                {"leaveTime", absl::ToUnixMillis(leave)},
                {"duration", absl::ToInt64Milliseconds(leave - join)}};
  });
}

Json QuestionRows(const MeetingCall& call, const Session& webinar) {
  return RowsOf(call, webinar, [&](const Registrant& registrant, RandomSource& random) {
    if (!random.Chance(20)) return Json();
    const absl::Time asked = webinar.start + absl::Seconds(random.Below(1800));
    const bool answered = random.Chance(80);
    return Json{{"questionId", random.Digits(18)},
                {"question", "Will the slides be shared?"},
                {"askedBy", NameOf(registrant)},
                {"email", registrant.email},
                {"askedTime", absl::ToUnixMillis(asked)},
                {"isAnswered", answered},
                {"answer", answered ? "Yes, by mail after the session." : ""}};
  });
}

Json PollRows(const MeetingCall& call, const Session& webinar, std::optional<int64_t> category) {
  Json rows = Json::array();
  if (webinar.end() > call.now) return rows;
  for (const Poll& poll : webinar.polls) {
    if (category.has_value() && *category != poll.category) continue;
    RandomSource random(static_cast<uint64_t>(webinar.key), poll.id);
    Json options = Json::array();
    uint64_t total = 0;
    const size_t choices =
        poll.category == 1 ? static_cast<size_t>(poll.total_stars) : poll.options.size();
    for (size_t i = 0; i < choices; ++i) {
      const uint64_t votes = random.Below(40);
      total += votes;
      options.push_back({{"index", i},
                         {"text", poll.category == 1 ? absl::StrCat(i + 1) : poll.options[i]},
                         {"count", votes}});
    }
    rows.push_back({{"pollId", poll.id},
                    {"question", poll.question},
                    {"type", absl::StrCat(poll.category)},
                    {"totalResponses", total},
                    {"pollOption", std::move(options)}});
  }
  return rows;
}

// A page of `all` under `name`.
Answer Page(const MeetingCall& call, const char* name, const Json& all) {
  std::optional<Answer> error;
  const Window window =
      PageOfCall(call, PagingFamily::kReport, /*required=*/false, all.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) rows.push_back(all[i]);
  return Reply(call, 200,
               {{name, std::move(rows)},
                {"meta", {{"totalCount", all.size()}, {"moreRecords", window.end < all.size()}}}});
}

// With a key in the path, and paging like that of participants.
Answer ListAttendees(MeetingCall& call) {
  std::optional<Answer> error;
  const Session* webinar = WebinarOfKey(call, call.value(0), error);
  if (webinar == nullptr) return *std::move(error);
  const Json all = AttendeeRows(call, *webinar);
  const Window window =
      PageOfCall(call, PagingFamily::kParticipant, /*required=*/true, all.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) rows.push_back(all[i]);
  return Reply(call, 200, {{"attendeeData", std::move(rows)}, {"attendeesCount", all.size()}});
}

Answer ReportAttendees(MeetingCall& call) {
  std::optional<Answer> error;
  const Session* webinar = WebinarOfQuery(call, error);
  if (webinar == nullptr) return *std::move(error);
  return Page(call, "attendees", AttendeeRows(call, *webinar));
}

Answer ReportPolls(MeetingCall& call) {
  std::optional<Answer> error;
  const Session* webinar = WebinarOfQuery(call, error);
  if (webinar == nullptr) return *std::move(error);
  const std::optional<int64_t> category = IntegerParameter(call.query, "category", error);
  if (error.has_value()) return *std::move(error);
  return Page(call, "pollData", PollRows(call, *webinar, category));
}

Answer ReportQuestions(MeetingCall& call) {
  std::optional<Answer> error;
  const Session* webinar = WebinarOfQuery(call, error);
  if (webinar == nullptr) return *std::move(error);
  return Page(call, "questions", QuestionRows(call, *webinar));
}

}  // namespace

std::vector<Endpoint> ReportEndpoints() {
  static constexpr char kRead[] = "ZohoMeeting.webinar.READ|ZohoWebinar.webinar.READ";
  constexpr ErrorFamily kFamily = ErrorFamily::kSession;
  return {
      {"GET", "{zsoid}/attendee/{key}.json", kRead, kFamily, ListAttendees},
      {"GET", "{zsoid}/report/attendees", kRead, kFamily, ReportAttendees},
      {"GET", "{zsoid}/report/poll", kRead, kFamily, ReportPolls},
      {"GET", "{zsoid}/report/questions", kRead, kFamily, ReportQuestions},
  };
}

}  // namespace fake_zoho
