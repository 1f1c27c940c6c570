// What the simulated Zoho knows: organisations with their people, departments and sessions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "tests/fake_zoho/random_source.h"
#include "tests/fake_zoho/region.h"

namespace fake_zoho {

struct License {
  bool enabled = false;
  // `Professional`, `Standard` or `Free`.
  std::string edition = "Free";
};

struct User {
  // Meeting's own id, 18 digits.
  std::string user_id = {};
  // Zoho's id.
  int64_t zuid = 0;
  // `Administrator`, `Department Administrator` or `Member`.
  std::string role = {};
  std::string first_name = {};
  std::string last_name = {};
  std::string email = {};
  License meeting = {};
  License webinar = {};
  bool active = true;
  bool confirmed = true;
  absl::Time created = absl::UnixEpoch();
  absl::Time modified = absl::UnixEpoch();

  bool IsOrgAdmin() const { return role == "Administrator"; }
  std::string FullName() const { return first_name + " " + last_name; }
};

struct Department {
  // 18 digits.
  std::string id = {};
  std::string name = {};
  absl::Time created = absl::UnixEpoch();
  absl::Time modified = absl::UnixEpoch();
  // Indices into Organization::users; nobody is both.
  std::vector<size_t> admins = {};
  std::vector<size_t> members = {};
};

enum class SessionKind { kMeeting, kWebinar, kSdk };

struct Participant {
  std::string id = {};
  std::string email = {};
};

struct Poll {
  std::string id = {};
  std::string mapping_id = {};
  std::string question = {};
  // 1 star, 2 single choice, 3 multiple choice.
  int category = 2;
  std::vector<std::string> options = {};
  std::string min_label = {};
  std::string max_label = {};
  int64_t total_stars = 0;
  int64_t zuid = 0;
  absl::Time modified = absl::UnixEpoch();
};

enum class Approval { kPending = 0, kApproved = 1, kDenied = 2, kCancelled = 3 };

struct Registrant {
  std::string id = {};
  std::string key = {};
  std::string email = {};
  std::string first_name = {};
  std::string last_name = {};
  std::string country = {};
  Approval approval = Approval::kApproved;
  absl::Time registered = absl::UnixEpoch();
};

// A meeting, a webinar or an SDK session: Zoho treats them as one thing with three faces.
struct Session {
  SessionKind kind = SessionKind::kMeeting;
  int64_t key = 0;
  std::string topic = {};
  std::string agenda = {};
  // Zuids.
  int64_t presenter = 0;
  int64_t creator = 0;
  absl::Time start = absl::UnixEpoch();
  absl::Duration duration = absl::Hours(1);
  // As the caller wrote it, aliases included.
  std::string timezone = "UTC";
  std::string password = {};
  // Of the occurrence: 18 digits.
  int64_t sys_id = 0;
  // Index into Organization::departments.
  size_t department = 0;
  std::vector<Participant> participants = {};
  bool join_before_host = false;
  bool e2e = false;
  // `audio` or `video`, of an instant SDK session.
  std::string conference_type = "video";

  // Webinars only.
  bool registration_required = true;
  std::vector<Registrant> registrants = {};
  std::vector<Poll> polls = {};

  absl::Time end() const { return start + duration; }
};

struct Recording {
  // 64 hexadecimal digits.
  std::string erecording_id = {};
  // 19 digits.
  std::string recording_id = {};
  SessionKind kind = SessionKind::kMeeting;
  int64_t session_key = 0;
  std::string topic = {};
  std::string timezone = {};
  absl::Time start = absl::UnixEpoch();
  absl::Duration duration = absl::ZeroDuration();
  int64_t bytes = 0;
  // `UPLOADED`, `PROCESSING` or `FAILED`.
  std::string state = {};
  int64_t creator = 0;
  bool transcribed = false;
};

// Not thread-safe. People and departments do not change after seeding.
struct Organization {
  Region region = Region::kUs;
  int64_t zsoid = 0;
  std::string name = {};
  // Of e-mail addresses.
  std::string domain = {};
  // In which "today" begins.
  std::string timezone = "UTC";
  std::vector<User> users = {};
  std::vector<Department> departments = {};
  std::unordered_map<int64_t, size_t> user_by_zuid = {};
  std::unordered_map<std::string, size_t> user_by_id = {};
  std::unordered_map<std::string, size_t> department_by_id = {};
  std::unordered_map<std::string, size_t> department_by_name = {};
  // By key. Keys are unique across kinds.
  std::map<int64_t, Session> sessions = {};
  std::vector<Recording> recordings = {};
  // For the ids of what callers create.
  RandomSource random{0};

  const User* FindUser(int64_t zuid) const;
  // Null where there is none of this key and kind.
  Session* FindSession(SessionKind kind, absl::string_view key);
  bool IsDepartmentAdmin(const Department& department, const User& user) const;

  // A key that no session has, of ten digits.
  int64_t NewSessionKey();
};

// What the seeder makes.
struct OrganizationSpec {
  Region region = Region::kUs;
  int64_t zsoid = 0;
  std::string name = {};
  std::string domain = {};
  std::string timezone = "UTC";
  size_t departments = 1;
  // At least 3: the administrator, the plain member, and Sarah Jenkins.
  size_t users = 3;
  size_t meetings = 0;
  size_t webinars = 0;
};

// The seeded organisation of a region.
OrganizationSpec SpecOf(Region region);

// An organisation that depends on `spec`, `seed` and the day of `now` alone: its sessions lie
// around that day. The first user is its administrator (`zsoid` + 1), the second a plain member
// (`zsoid` + 2).
Organization SeedOrganization(const OrganizationSpec& spec, uint64_t seed, absl::Time now);

}  // namespace fake_zoho
