// Polls of a webinar: PollEndpoints() of endpoint.h.
#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/endpoint.h"
#include "tests/fake_zoho/json_fields.h"
#include "tests/fake_zoho/list_parameters.h"
#include "tests/fake_zoho/meeting_errors.h"
#include "tests/fake_zoho/session_input.h"

namespace fake_zoho {
namespace {

constexpr int kStars = 1;

Json PollJson(const Session& webinar, const Poll& poll) {
  Json options = Json::array();
  if (poll.category == kStars) {
    options.push_back({{"id", 1},
                       {"pollId", poll.id},
                       {"minLabel", poll.min_label},
                       {"maxLabel", poll.max_label},
                       {"totalStars", poll.total_stars}});
  }
  for (size_t i = 0; i < poll.options.size(); ++i) {
    options.push_back(
        {{"id", i + 1}, {"pollId", poll.id}, {"index", i}, {"text", poll.options[i]}});
  }
  return {{"pollId", poll.id},
          {"pollMappingId", poll.mapping_id},
          {"question", poll.question},
          {"type", absl::StrCat(poll.category)},
          {"pollStatus", 1},
          {"sysId", absl::StrCat(webinar.sys_id)},
          {"instanceId", absl::StrCat(webinar.sys_id)},
          {"zuid", absl::StrCat(poll.zuid)},
          {"lastModifiedTime", MillisString(poll.modified)},
          // What callers send is `polloption`.
          {"pollOption", std::move(options)}};
}

std::optional<Answer> ReadOptions(const Json& input, Poll& poll) {
  const auto options = input.find("polloption");
  if (options == input.end()) return std::nullopt;
  if (!options->is_array()) return ParameterMalformed("polloption");
  poll.options.clear();
  for (const Json& option : *options) {
    const std::string* text = option.is_object() ? StringOf(option, "text") : nullptr;
    if (text == nullptr) return ParameterMalformed("polloption");
    poll.options.push_back(*text);
  }
  return std::nullopt;
}

// Reads `{"poll": {…}}` into `poll`, leaving alone what is not there.
std::optional<Answer> ReadPoll(const MeetingCall& call, bool creating, Poll& poll) {
  const Json body = JsonBodyOf(call.request);
  if (!body.is_object()) return JsonParseError();
  const auto input = body.find("poll");
  if (input == body.end()) return ParameterMissing("poll");
  if (!input->is_object()) return JsonParseError();
  for (const char* name : {"question", "minLabel", "maxLabel"}) {
    if (IsOtherType(*input, name)) return ParameterMalformed(name);
  }
  if (const std::string* question = StringOf(*input, "question"); question != nullptr) {
    poll.question = *question;
  } else if (creating) {
    return ParameterMissing("question");
  }
  if (const auto category = input->find("category"); category != input->end()) {
    const std::optional<int64_t> number = IntegerOf(*category);
    if (!number.has_value() || *number < 1 || *number > 3) return ParameterMalformed("category");
    poll.category = static_cast<int>(*number);
  } else if (creating) {
    return ParameterMissing("category");
  }
  if (const std::string* label = StringOf(*input, "minLabel"); label != nullptr) {
    poll.min_label = *label;
  }
  if (const std::string* label = StringOf(*input, "maxLabel"); label != nullptr) {
    poll.max_label = *label;
  }
  if (const auto stars = input->find("totalStars"); stars != input->end()) {
    const std::optional<int64_t> number = IntegerOf(*stars);
    if (!number.has_value() || *number < 1 || *number > 10) return ParameterMalformed("totalStars");
    poll.total_stars = *number;
  }
  if (std::optional<Answer> error = ReadOptions(*input, poll); error.has_value()) return error;
  if (poll.category != kStars && poll.options.size() < 2) return ParameterMissing("polloption");
  poll.modified = call.now;
  return std::nullopt;
}

Answer CreatePoll(MeetingCall& call) {
  std::optional<Answer> error;
  Session* webinar = WebinarOfQuery(call, error);
  if (webinar == nullptr) return *std::move(error);
  if (!MayChange(call, *webinar)) return NoPermission();
  Poll poll{.id = call.org.random.Digits(18),
            .mapping_id = call.org.random.Digits(18),
            .total_stars = 5,
            .zuid = call.caller.zuid};
  if (error = ReadPoll(call, /*creating=*/true, poll); error.has_value()) {
    return *std::move(error);
  }
  webinar->polls.push_back(std::move(poll));
  return Reply(call, 200, {{"poll", PollJson(*webinar, webinar->polls.back())}});
}

Answer ListPolls(MeetingCall& call) {
  std::optional<Answer> error;
  const Session* webinar = WebinarOfQuery(call, error);
  if (webinar == nullptr) return *std::move(error);
  const Window window =
      PageOfCall(call, PagingFamily::kReport, /*required=*/false, webinar->polls.size(), error);
  if (error.has_value()) return *std::move(error);
  Json rows = Json::array();
  for (size_t i = window.begin; i < window.end; ++i) {
    rows.push_back(PollJson(*webinar, webinar->polls[i]));
  }
  return Reply(call, 200, {{"polls", std::move(rows)}});
}

// The poll of the path; null, with `error` set, where there is none that the caller may change.
Poll* FindPoll(const MeetingCall& call, Session*& webinar, std::optional<Answer>& error) {
  webinar = WebinarOfQuery(call, error);
  if (webinar == nullptr) return nullptr;
  const auto found = std::find_if(webinar->polls.begin(), webinar->polls.end(),
                                  [&](const Poll& poll) { return poll.id == call.value(0); });
  if (found == webinar->polls.end()) {
    error = PollUnknown();
  } else if (!MayChange(call, *webinar)) {
    error = NoPermission();
  }
  return error.has_value() ? nullptr : &*found;
}

Answer UpdatePoll(MeetingCall& call) {
  std::optional<Answer> error;
  Session* webinar = nullptr;
  Poll* poll = FindPoll(call, webinar, error);
  if (poll == nullptr) return *std::move(error);
  Poll changed = *poll;
  if (error = ReadPoll(call, /*creating=*/false, changed); error.has_value()) {
    return *std::move(error);
  }
  *poll = std::move(changed);
  return Reply(call, 200, {{"poll", PollJson(*webinar, *poll)}});
}

Answer DeletePoll(MeetingCall& call) {
  std::optional<Answer> error;
  Session* webinar = nullptr;
  const Poll* poll = FindPoll(call, webinar, error);
  if (poll == nullptr) return *std::move(error);
  webinar->polls.erase(webinar->polls.begin() + (poll - webinar->polls.data()));
  return Deleted(call);
}

}  // namespace

std::vector<Endpoint> PollEndpoints() {
  constexpr ErrorFamily kFamily = ErrorFamily::kSession;
  return {
      {"POST", "{zsoid}/poll", "ZohoMeeting.webinar.CREATE|ZohoWebinar.webinar.CREATE", kFamily,
       CreatePoll},
      {"GET", "{zsoid}/poll", "ZohoMeeting.webinar.READ|ZohoWebinar.webinar.READ", kFamily,
       ListPolls},
      {"PUT", "{zsoid}/poll/{id}", "ZohoMeeting.webinar.UPDATE|ZohoWebinar.webinar.UPDATE", kFamily,
       UpdatePoll},
      {"DELETE", "{zsoid}/poll/{id}", "ZohoMeeting.webinar.DELETE|ZohoWebinar.webinar.DELETE",
       kFamily, DeletePoll},
  };
}

}  // namespace fake_zoho
