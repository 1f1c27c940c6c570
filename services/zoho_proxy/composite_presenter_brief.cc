#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "services/zoho_proxy/arguments.h"
#include "services/zoho_proxy/composite_workflows.h"
#include "services/zoho_proxy/zoho_time.h"

namespace mesh::zoho_proxy {
namespace {

constexpr char kUsers[] = "list_all_zoho_meeting_users";
constexpr char kMeetings[] = "list_all_zoho_meeting_meetings";
constexpr char kMeeting[] = "get_single_zoho_meeting_meeting_by_id";

// The window where the caller names no end.
constexpr absl::Duration kDefaultWindow = absl::Hours(24 * 7);

constexpr char kDateExample[] = "\"2026-07-01T00:00:00+02:00\" or \"2026-07-01\"";

// RFC 3339, a wall clock in `zone` or a day, which as an end is meant to its last moment.
absl::StatusOr<absl::Time> ReadMoment(const char* field, absl::string_view text,
                                      absl::TimeZone zone, bool is_end) {
  for (const char* format :
       {absl::RFC3339_full, "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"}) {
    if (const std::optional<absl::Time> moment = ParseMoment(format, text, zone)) return *moment;
  }
  const std::optional<absl::Time> day = ParseMoment("%Y-%m-%d", text, zone);
  if (!day.has_value()) {
    return ArgumentInvalid(field, "must be RFC 3339, YYYY-MM-DD HH:MM or YYYY-MM-DD", kDateExample);
  }
  return is_end ? absl::FromCivil(absl::ToCivilDay(*day, zone) + 1, zone) : *day;
}

std::optional<absl::Time> StartOf(const Json& meeting) {
  return ParseMoment(absl::RFC3339_full, TextOf(meeting, "startTimeRfc3339"), absl::UTCTimeZone());
}

// What the argument may hold to mean `user` alone.
std::string NameOf(const Json& user) {
  std::string email = TextOf(user, "emailId");
  return email.empty() ? TextOf(user, "zuid") : email;
}

class PresenterBrief final : public CompositeWorkflow {
 public:
  absl::Status Begin(CompositeSteps& steps, const Json& state) override {
    wanted_ = std::string(
        absl::StripAsciiWhitespace(steps.arguments().at("presenter").get<std::string>()));
    limit_ = steps.arguments().value("limit", int64_t{10});
    RETURN_IF_ERROR(ReadWindow(steps, state));
    if (!state.is_null()) {
      presenter_ = state.value("presenter", Json::object());
      list_ = TextOf(state, "list");
      skip_ = state.value("skip", int64_t{0});
      from_list_ = list_;
      from_skip_ = skip_;
      Scan(steps);
    } else if (wanted_.find('@') != std::string::npos) {
      presenter_["emailId"] = wanted_;
      Scan(steps);
    } else if (!wanted_.empty() &&
               std::all_of(wanted_.begin(), wanted_.end(), absl::ascii_isdigit)) {
      presenter_["zuid"] = wanted_;
      Scan(steps);
    } else {
      Find(steps, 0);
    }
    return absl::OkStatus();
  }

  absl::Status Finish(CompositeSteps& steps, const Outcome& outcome) override {
    if (presenter_.empty()) return NotFound();
    if (!meetings_.ok() && found_.empty()) return meetings_;
    if (!meetings_.ok()) steps.Failed("the rest of the list of meetings", meetings_);
    if (!users_.ok()) steps.Failed("a part of the directory of users", users_);
    for (const Found& found : found_) {
      if (!found.details.ok()) {
        steps.Failed(
            absl::StrCat("the details of the meeting ", TextOf(found.meeting, "meetingKey")),
            found.details);
      }
    }
    std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) {
      return a.start.value_or(absl::InfiniteFuture()) < b.start.value_or(absl::InfiniteFuture());
    });

    outcome.result["presenter"] = presenter_;
    outcome.result["from"] = FormatRfc3339(from_, zone_);
    outcome.result["to"] = FormatRfc3339(to_, zone_);
    Json rows = Json::array();
    for (Found& found : found_) rows.push_back(std::move(found.meeting));
    outcome.result["results"] = std::move(rows);
    if (more_) {
      outcome.next = State(list_, skip_);
      if (static_cast<int64_t>(found_.size()) < limit_) {
        outcome.result["note"] = absl::StrCat(
            "Looked through ", scanned_,
            " meetings; there are more to look through. Pass `next_cursor` back to go on.");
      }
    }
    outcome.again = State(from_list_, from_skip_);
    return absl::OkStatus();
  }

 private:
  struct Found {
    Json meeting;
    std::optional<absl::Time> start;
    absl::Status details;
  };

  absl::Status ReadWindow(CompositeSteps& steps, const Json& state) {
    const std::string zone = TextArgument(steps.arguments(), "timezone");
    if (!zone.empty()) {
      const std::optional<absl::TimeZone> found = FindZone(zone);
      if (!found.has_value()) {
        return ArgumentInvalid("timezone", "must be an IANA time zone", "\"Europe/Berlin\"");
      }
      zone_ = *found;
    }
    // The first call's, as the clock has gone on since.
    if (!state.is_null()) {
      from_ = absl::FromUnixMillis(state.value("from", int64_t{0}));
      to_ = absl::FromUnixMillis(state.value("to", int64_t{0}));
      listtype_ = TextOf(state, "listtype");
      return absl::OkStatus();
    }
    // To the millisecond, as that is what a cursor holds.
    const absl::Time now = absl::FromUnixMillis(absl::ToUnixMillis(steps.now()));
    from_ = now;
    if (const std::string from = TextArgument(steps.arguments(), "from"); !from.empty()) {
      ASSIGN_OR_RETURN(from_, ReadMoment("from", from, zone_, false));
    }
    to_ = from_ + kDefaultWindow;
    if (const std::string to = TextArgument(steps.arguments(), "to"); !to.empty()) {
      ASSIGN_OR_RETURN(to_, ReadMoment("to", to, zone_, true));
    }
    if (to_ <= from_) {
      return ArgumentInvalid("to", "must be after `from`, or after now where there is no `from`",
                             kDateExample);
    }
    listtype_ = from_ >= now ? "upcoming" : to_ <= now ? "past" : "all";
    return absl::OkStatus();
  }

  // The person of that name, by the pages of the directory, of which all but the first are asked
  // for at once.
  void Find(CompositeSteps& steps, int64_t number) {
    const Arguments arguments = {{"fields", "userId,zuid,firstName,lastName,fullName,emailId"}};
    ++pages_;
    steps.CallPage(kUsers, arguments, number, [this, &steps, number](absl::StatusOr<Json> page) {
      --pages_;
      if (!page.ok()) {
        users_ = page.status();
      } else {
        for (Json& user : (*page)["results"]) Compare(user);
        if (number == 0) FindOthers(steps, *page);
      }
      // Everybody has been looked at, as there may be two of one name.
      if (pages_ == 0 && matches_.size() == 1) {
        presenter_ = matches_.front();
        Scan(steps);
      }
    });
  }

  void FindOthers(CompositeSteps& steps, const Json& first) {
    const int64_t rows = first.value("total", int64_t{0});
    const int64_t size = steps.PageSize(kUsers);
    for (int64_t number = 1; number * size < rows && first.contains("next_cursor"); ++number) {
      // What is left over is for the meetings.
      if (steps.calls_left() <= limit_ + 1) {
        cut_ = true;
        return;
      }
      Find(steps, number);
    }
  }

  void Compare(Json& user) {
    const std::string full = TextOf(user, "fullName");
    const std::string parts =
        absl::StrCat(TextOf(user, "firstName"), " ", TextOf(user, "lastName"));
    if (SameName(full, wanted_) || SameName(parts, wanted_)) matches_.push_back(std::move(user));
  }

  absl::Status NotFound() const {
    if (matches_.size() > 1) {
      const std::string people = absl::StrJoin(
          matches_, "`, `",
          [](std::string* out, const Json& user) { absl::StrAppend(out, NameOf(user)); });
      return ArgumentInvalid(
          "presenter", absl::StrCat("is the name of several users; name one of `", people, "`"),
          Json(NameOf(matches_.front())).dump());
    }
    if (users_.code() == absl::StatusCode::kPermissionDenied || cut_) {
      return ArgumentInvalid("presenter",
                             "was not found by name, as this account may not read the whole "
                             "directory; name an e-mail address or zuid",
                             "\"sarah.jenkins@example.com\"");
    }
    if (!users_.ok()) return users_;
    return ArgumentInvalid("presenter",
                           "must be the full name, e-mail address or zuid of a user, as "
                           "list_all_zoho_meeting_users gives them",
                           "\"Sarah Jenkins\"");
  }

  void Scan(CompositeSteps& steps) {
    Arguments arguments = {{"listtype", listtype_}, {"limit", steps.PageSize(kMeetings)}};
    if (!list_.empty()) arguments["next_cursor"] = list_;
    steps.Call(kMeetings, std::move(arguments), [this, &steps](absl::StatusOr<Json> page) {
      meetings_ = page.status();
      if (!page.ok()) {
        more_ = !found_.empty();
        return;
      }
      Json& rows = (*page)["results"];
      for (int64_t row = skip_; row < static_cast<int64_t>(rows.size()); ++row) {
        if (!IsWanted(rows[row])) continue;
        if (static_cast<int64_t>(found_.size()) == limit_) {
          skip_ = row;
          more_ = true;
          return;
        }
        Detail(steps, std::move(rows[row]));
      }
      scanned_ += static_cast<int64_t>(rows.size()) - skip_;
      skip_ = 0;
      list_ = TextOf(*page, "next_cursor");
      if (list_.empty()) return;
      // Each page may bring as many details as are still wanted.
      if (steps.calls_left() <= limit_ - static_cast<int64_t>(found_.size())) {
        more_ = true;
        return;
      }
      Scan(steps);
    });
  }

  bool IsWanted(const Json& meeting) const {
    const std::string zuid = TextOf(presenter_, "zuid");
    const std::string email = TextOf(presenter_, "emailId");
    const bool presents = (!zuid.empty() && TextOf(meeting, "presenterZuid") == zuid) ||
                          (!email.empty() && SameName(TextOf(meeting, "presenterEmail"), email));
    if (!presents) return false;
    // A meeting whose time Zoho does not tell is rather shown than lost.
    const std::optional<absl::Time> start = StartOf(meeting);
    return !start.has_value() || (*start >= from_ && *start < to_);
  }

  void Detail(CompositeSteps& steps, Json listed) {
    const size_t at = found_.size();
    const std::string key = TextOf(listed, "meetingKey");
    const std::optional<absl::Time> start = StartOf(listed);
    found_.push_back({.meeting = std::move(listed), .start = start, .details = {}});
    steps.Call(kMeeting, {{"id", key}}, [this, at](absl::StatusOr<Json> details) {
      Found& found = found_[at];
      found.details = details.status();
      if (!details.ok()) return;
      // What only the list says stays, too.
      for (const auto& [name, value] : details->items()) found.meeting[name] = value;
    });
  }

  Json State(const std::string& list, int64_t skip) const {
    return {{"presenter", presenter_},
            {"from", absl::ToUnixMillis(from_)},
            {"to", absl::ToUnixMillis(to_)},
            {"listtype", listtype_},
            {"list", list},
            {"skip", skip}};
  }

  std::string wanted_;
  int64_t limit_ = 0;
  absl::TimeZone zone_ = absl::UTCTimeZone();
  absl::Time from_;
  absl::Time to_;
  std::string listtype_;

  // The pages of the directory that are under way.
  int pages_ = 0;
  // Whether there are more than one call looks through.
  bool cut_ = false;
  absl::Status users_;
  std::vector<Json> matches_;
  // Empty until it is known who.
  Json presenter_ = Json::object();

  // The page of the list that is asked for, and its rows that are done.
  std::string list_;
  int64_t skip_ = 0;
  std::string from_list_;
  int64_t from_skip_ = 0;
  int64_t scanned_ = 0;
  bool more_ = false;
  absl::Status meetings_;
  std::vector<Found> found_;
};

}  // namespace

std::unique_ptr<CompositeWorkflow> MakePresenterBrief() {
  return std::make_unique<PresenterBrief>();
}

}  // namespace mesh::zoho_proxy
