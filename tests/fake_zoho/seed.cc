// Makes organisations up: SpecOf() and SeedOrganization() of world.h.
#include <algorithm>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

#include "tests/fake_zoho/credentials.h"
#include "tests/fake_zoho/dates.h"
#include "tests/fake_zoho/names.h"
#include "tests/fake_zoho/world.h"

namespace fake_zoho {
namespace {

constexpr size_t kSarah = 2;

int64_t Number(RandomSource& random, size_t digits) {
  int64_t number = 0;
  (void)absl::SimpleAtoi(random.Digits(digits), &number);
  return number;
}

License MakeLicense(RandomSource& random, uint64_t enabled_percent) {
  if (!random.Chance(enabled_percent)) return {};
  return {.enabled = true, .edition = random.Chance(70) ? "Professional" : "Standard"};
}

// The n-th pair of names; pairs repeat only after all of them.
std::pair<std::string, std::string> NamesOf(size_t n) {
  const size_t lap = n / kLastNames.size();
  return {std::string(kFirstNames[(n + lap) % kFirstNames.size()]),
          std::string(kLastNames[n % kLastNames.size()])};
}

void SeedUsers(const OrganizationSpec& spec, uint64_t seed, absl::Time day, Organization& org) {
  RandomSource random(seed, absl::StrCat("users ", spec.zsoid));
  const uint64_t id_start = 500'000'000'000'000'000 + random.Below(100'000'000'000'000'000);
  for (size_t i = 0; i < spec.users; ++i) {
    User user;
    // Ascending with gaps, like ids given out over years.
    user.user_id = absl::StrCat(id_start + i * 1'000'003 + random.Below(1'000'000));
    user.zuid = spec.zsoid + 1 + static_cast<int64_t>(i);
    std::tie(user.first_name, user.last_name) = NamesOf(i);
    if (i == kSarah) std::tie(user.first_name, user.last_name) = std::pair("Sarah", "Jenkins");
    std::string local =
        absl::StrCat(absl::AsciiStrToLower(absl::StrCat(user.first_name, ".", user.last_name)));
    // Beyond the first lap of pairs a number tells people apart.
    const size_t pairs = kFirstNames.size() * kLastNames.size();
    if (i >= pairs) absl::StrAppend(&local, i / pairs + 1);
    user.email = absl::StrCat(local, "@", spec.domain);
    user.role = i == 0 || (i > kSarah && i % 150 == 0) ? "Administrator" : "Member";
    user.meeting = MakeLicense(random, 60);
    user.webinar = MakeLicense(random, 15);
    if (i <= kSarah) {
      user.meeting = user.webinar = {.enabled = true, .edition = "Professional"};
    }
    user.active = i <= kSarah || !random.Chance(4);
    user.confirmed = i <= kSarah || !random.Chance(3);
    user.created = day - absl::Hours(24 * (60 + random.Below(1500))) + absl::Minutes(i % 600);
    user.modified = user.created + absl::Hours(random.Below(uint64_t{24} * 60));
    org.user_by_zuid[user.zuid] = i;
    org.user_by_id[user.user_id] = i;
    org.users.push_back(std::move(user));
  }
}

void SeedDepartments(const OrganizationSpec& spec, uint64_t seed, absl::Time day,
                     Organization& org) {
  RandomSource random(seed, absl::StrCat("departments ", spec.zsoid));
  const uint64_t id_start = 300'000'000'000'000'000 + random.Below(100'000'000'000'000'000);
  for (size_t i = 0; i < spec.departments; ++i) {
    Department department;
    department.id = absl::StrCat(id_start + i * 2'000'003 + random.Below(1'000'000));
    department.name = std::string(kDepartmentNames[i % kDepartmentNames.size()]);
    if (i >= kDepartmentNames.size()) {
      absl::StrAppend(&department.name, " ", i / kDepartmentNames.size() + 1);
    }
    department.created = day - absl::Hours(24 * (100 + random.Below(2000)));
    department.modified = department.created + absl::Hours(random.Below(uint64_t{24} * 90));
    org.department_by_id[department.id] = i;
    org.department_by_name[department.name] = i;
    org.departments.push_back(std::move(department));
  }
  for (size_t i = 0; i < org.users.size(); ++i) {
    const size_t home = i % org.departments.size();
    // The first of each department, and now and then another, administers it; never the plain
    // member.
    const bool admin = i != 1 && (i < org.departments.size() || random.Chance(5));
    std::vector<size_t>& people =
        admin ? org.departments[home].admins : org.departments[home].members;
    people.push_back(i);
    if (admin && org.users[i].role == "Member") org.users[i].role = "Department Administrator";
    // Some work in two.
    const size_t second = random.Below(org.departments.size());
    if (random.Chance(12) && second != home) org.departments[second].members.push_back(i);
  }
}

// A full or half hour of an office day, `days` after the day that `day` begins.
absl::Time OfficeTime(RandomSource& random, absl::Time day, absl::TimeZone zone, int64_t days) {
  const absl::CivilDay civil = absl::ToCivilDay(day, zone) + days;
  const int hour = 8 + static_cast<int>(random.Below(10));
  const int minute = random.Chance(40) ? 30 : 0;
  return absl::FromCivil(absl::CivilMinute(civil.year(), civil.month(), civil.day(), hour, minute),
                         zone);
}

Session MakeSession(RandomSource& random, SessionKind kind, Organization& org, absl::Time day) {
  const absl::TimeZone zone = ZoneOrUtc(org.timezone);
  const User& presenter = org.users[random.Below(org.users.size())];
  Session session;
  session.kind = kind;
  session.presenter = presenter.zuid;
  session.creator = presenter.zuid;
  session.department = random.Below(org.departments.size());
  session.duration = absl::Minutes(random.Pick(kDurations));
  session.timezone =
      std::string(random.Chance(75) ? absl::string_view(org.timezone) : random.Pick(kTimezones));
  session.password = random.Hex(8);
  session.sys_id = Number(random, 18);
  session.join_before_host = random.Chance(30);
  session.e2e = random.Chance(5);
  const uint64_t when = random.Below(100);
  const int64_t days = when < 45   ? -1 - static_cast<int64_t>(random.Below(90))
                       : when < 50 ? 0
                                   : 1 + static_cast<int64_t>(random.Below(60));
  session.start = OfficeTime(random, day, zone, days);
  const size_t invited = random.Below(9);
  for (size_t i = 0; i < invited; ++i) {
    session.participants.push_back(
        {.id = random.Digits(18), .email = org.users[random.Below(org.users.size())].email});
  }
  return session;
}

void SeedMeetings(const OrganizationSpec& spec, uint64_t seed, absl::Time day, Organization& org) {
  RandomSource random(seed, absl::StrCat("meetings ", spec.zsoid));
  const absl::TimeZone zone = ZoneOrUtc(org.timezone);
  // Days of what Sarah Jenkins presents: some behind, some within the week, some later.
  constexpr int64_t kSarahsDays[] = {-21, -12, -5, -1, 0, 1, 2, 3, 4, 6, 11, 19, 33};
  for (size_t i = 0; i < spec.meetings; ++i) {
    Session meeting = MakeSession(random, SessionKind::kMeeting, org, day);
    meeting.topic =
        absl::StrCat(random.Pick(kTopics), ": ", org.departments[meeting.department].name);
    meeting.agenda = std::string(random.Pick(kAgendas));
    if (i == 0) {
      meeting.topic = "Q3 All Hands";
      meeting.agenda = "Results of the quarter, road map, questions.";
      meeting.presenter = meeting.creator = org.users[0].zuid;
      meeting.start = OfficeTime(random, day, zone, 2);
      meeting.duration = absl::Minutes(90);
      meeting.timezone = org.timezone;
      meeting.join_before_host = false;
    } else if (i <= std::size(kSarahsDays)) {
      meeting.presenter = meeting.creator = org.users[kSarah].zuid;
      meeting.start = OfficeTime(random, day, zone, kSarahsDays[i - 1]);
    } else if (i % 97 == 50) {
      // The plain member presents a few, so that a member's list is not empty.
      meeting.presenter = meeting.creator = org.users[1].zuid;
    }
    meeting.key = org.NewSessionKey();
    org.sessions.emplace(meeting.key, std::move(meeting));
  }
}

Registrant MakeRegistrant(RandomSource& random, size_t n, const Session& webinar) {
  Registrant registrant;
  registrant.id = random.Digits(18);
  registrant.key = random.Hex(32);
  std::tie(registrant.first_name, registrant.last_name) = NamesOf(random.Below(4000));
  registrant.email = absl::AsciiStrToLower(
      absl::StrCat(registrant.first_name, ".", registrant.last_name, n, "@customers.example"));
  registrant.country = std::string(random.Pick(kCountries));
  const uint64_t approval = random.Below(100);
  registrant.approval = approval < 8    ? Approval::kPending
                        : approval < 90 ? Approval::kApproved
                        : approval < 95 ? Approval::kDenied
                                        : Approval::kCancelled;
  registrant.registered = webinar.start - absl::Minutes(60 + random.Below(uint64_t{60} * 24 * 20));
  return registrant;
}

Poll MakePoll(RandomSource& random, int category, const Session& webinar) {
  Poll poll;
  poll.id = random.Digits(18);
  poll.mapping_id = random.Digits(18);
  poll.category = category;
  poll.zuid = webinar.presenter;
  poll.modified = webinar.start - absl::Hours(24);
  if (category == 1) {
    poll.question = "How likely are you to recommend us?";
    poll.min_label = "Not likely";
    poll.max_label = "Very likely";
    poll.total_stars = 5;
  } else {
    poll.question = category == 2 ? "How large is your team?" : "Which topics interest you?";
    poll.options = category == 2
                       ? std::vector<std::string>{"1 to 10", "11 to 100", "More than 100"}
                       : std::vector<std::string>{"Security", "Prices", "Integrations", "Support"};
  }
  return poll;
}

void SeedWebinars(const OrganizationSpec& spec, uint64_t seed, absl::Time day, Organization& org) {
  RandomSource random(seed, absl::StrCat("webinars ", spec.zsoid));
  for (size_t i = 0; i < spec.webinars; ++i) {
    Session webinar = MakeSession(random, SessionKind::kWebinar, org, day);
    webinar.topic = absl::StrCat("Webinar: ", random.Pick(kWebinarTopics));
    webinar.agenda = std::string(random.Pick(kAgendas));
    webinar.participants.clear();
    const size_t registrants = 30 + random.Below(220);
    for (size_t n = 0; n < registrants; ++n) {
      webinar.registrants.push_back(MakeRegistrant(random, n, webinar));
    }
    for (int category = 1; category <= 3; ++category) {
      webinar.polls.push_back(MakePoll(random, category, webinar));
    }
    webinar.key = org.NewSessionKey();
    org.sessions.emplace(webinar.key, std::move(webinar));
  }
}

void SeedRecordings(uint64_t seed, absl::Time day, Organization& org) {
  RandomSource random(seed, absl::StrCat("recordings ", org.zsoid));
  for (const auto& [key, session] : org.sessions) {
    if (session.end() > day || !random.Chance(session.kind == SessionKind::kWebinar ? 80 : 30)) {
      continue;
    }
    Recording recording;
    recording.erecording_id = random.Hex(64);
    recording.recording_id = random.Digits(19);
    recording.kind = session.kind;
    recording.session_key = key;
    recording.topic = session.topic;
    recording.timezone = session.timezone;
    recording.start = session.start + absl::Minutes(2);
    recording.duration = session.duration - absl::Minutes(4);
    recording.bytes = 400'000 + static_cast<int64_t>(random.Below(600'000));
    const uint64_t state = random.Below(100);
    recording.state = state < 90 ? "UPLOADED" : state < 96 ? "PROCESSING" : "FAILED";
    recording.creator = session.creator;
    recording.transcribed = recording.state == "UPLOADED" && random.Chance(60);
    org.recordings.push_back(std::move(recording));
  }
  std::sort(org.recordings.begin(), org.recordings.end(),
            [](const Recording& a, const Recording& b) { return a.start > b.start; });
}

}  // namespace

OrganizationSpec SpecOf(Region region) {
  if (region == Region::kUs) {
    return {.region = region,
            .zsoid = ZsoidOf(region),
            .name = "Harborline Logistics",
            .domain = "harborline.example",
            .timezone = "America/Los_Angeles",
            .departments = 60,
            .users = 1200,
            .meetings = 400,
            .webinars = 24};
  }
  return {.region = region,
          .zsoid = ZsoidOf(region),
          .name = "Lindenhof Werke",
          .domain = "lindenhof.example",
          .timezone = "Europe/Berlin",
          .departments = 5,
          .users = 40,
          .meetings = 12,
          .webinars = 4};
}

Organization SeedOrganization(const OrganizationSpec& spec, uint64_t seed, absl::Time now) {
  Organization org;
  org.region = spec.region;
  org.zsoid = spec.zsoid;
  org.name = spec.name;
  org.domain = spec.domain;
  org.timezone = spec.timezone;
  org.random = RandomSource(seed, absl::StrCat("organisation ", spec.zsoid));
  const absl::TimeZone zone = ZoneOrUtc(spec.timezone);
  const absl::Time day = absl::FromCivil(absl::ToCivilDay(now, zone), zone);
  SeedUsers(spec, seed, day, org);
  SeedDepartments(spec, seed, day, org);
  SeedMeetings(spec, seed, day, org);
  SeedWebinars(spec, seed, day, org);
  SeedRecordings(seed, day, org);
  return org;
}

}  // namespace fake_zoho
