#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "services/zoho_proxy/composite_workflows.h"

namespace mesh::zoho_proxy {
namespace {

constexpr char kUsers[] = "list_all_zoho_meeting_users";
constexpr char kLicense[] = "list_all_zoho_meeting_licenses";

constexpr char kNone[] = "none";

// The edition of a licence that a user has: `{"enabled": true, "edition": …}`, or the edition
// alone, as other lists have it.
std::string EditionOf(const Json& user, const char* name) {
  const auto license = user.find(name);
  if (license == user.end()) return kNone;
  if (license->is_string()) return license->get<std::string>();
  if (!license->is_object() || license->value("enabled", Json()) == false) return kNone;
  const std::string edition = TextOf(*license, "edition");
  return edition.empty() ? kNone : edition;
}

// Users whose role and licences are the same.
struct Group {
  std::string role = {};
  std::string meeting = {};
  std::string webinar = {};

  bool operator<(const Group& other) const {
    return std::tie(role, meeting, webinar) < std::tie(other.role, other.meeting, other.webinar);
  }
};

class LicenseInventory final : public CompositeWorkflow {
 public:
  absl::Status Begin(CompositeSteps& steps, const Json& state) override {
    size_ = steps.PageSize(kUsers);
    if (!state.is_null() && !Restore(state)) return CursorInvalid();
    if (steps.Has(kLicense)) {
      steps.Call(kLicense, Arguments::object(), [this](absl::StatusOr<Json> license) {
        license_status_ = license.status();
        if (!license.ok()) return;
        // A list of one.
        const auto rows = license->find("results");
        const bool is_list = rows != license->end() && rows->is_array();
        if (!is_list) {
          license_ = *std::move(license);
        } else if (!rows->empty()) {
          license_ = std::move(rows->front());
        }
      });
    }
    std::vector<int64_t> missing;
    missing.swap(missing_);
    for (const int64_t number : missing) {
      if (steps.calls_left() > 0) {
        Ask(steps, number);
      } else {
        missing_.push_back(number);
      }
    }
    AskNext(steps);
    return absl::OkStatus();
  }

  absl::Status Finish(CompositeSteps& steps, const Outcome& outcome) override {
    if (!users_.ok() && counted_ == 0) return users_;
    if (!users_.ok()) {
      steps.Failed(absl::StrCat("pages of the list of users: ", missing_.size()), users_);
    }
    if (!license_status_.ok()) steps.Failed("the organisation's seats", license_status_);

    Json& result = outcome.result;
    result["users_counted"] = counted_;
    if (total_ >= 0) result["total"] = total_;
    for (const char* sums : {"by_role", "by_meeting_license", "by_webinar_license"}) {
      result[sums] = Json::object();
    }
    const auto add = [&result](const char* sums, const std::string& name, int64_t users) {
      Json& sum = result[sums][name];
      sum = users + (sum.is_null() ? 0 : sum.get<int64_t>());
    };
    std::vector<std::pair<Group, int64_t>> groups(groups_.begin(), groups_.end());
    std::stable_sort(groups.begin(), groups.end(),
                     [](const auto& a, const auto& b) { return a.second > b.second; });
    Json rows = Json::array();
    for (const auto& [group, users] : groups) {
      add("by_role", group.role, users);
      add("by_meeting_license", group.meeting, users);
      add("by_webinar_license", group.webinar, users);
      rows.push_back({{"role", group.role},
                      {"meeting_license", group.meeting},
                      {"webinar_license", group.webinar},
                      {"users", users}});
    }
    result["results"] = std::move(rows);
    if (!license_.is_null()) result["license"] = std::move(license_);
    if (!missing_.empty() || HasNext()) {
      result["note"] = absl::StrCat("Counts ", counted_,
                                    " users, not yet all. Pass `next_cursor` back to count on: "
                                    "the next answer holds these counts as well.");
      outcome.next = Save();
    }
    return absl::OkStatus();
  }

 private:
  bool HasNext() const { return total_ >= 0 ? next_ * size_ < total_ : !ended_; }

  // Every page is found by its number, so all that are known to be there are asked for at once.
  void AskNext(CompositeSteps& steps) {
    while (HasNext() && steps.calls_left() > 0) {
      // Before the first answer nobody knows how many there are.
      if (total_ < 0 && under_way_ > 0) return;
      Ask(steps, next_++);
    }
  }

  void Ask(CompositeSteps& steps, int64_t number) {
    ++under_way_;
    steps.CallPage(kUsers, {{"fields", "userId,role,meetingLicense,webinarLicense"}}, number,
                   [this, &steps, number](const absl::StatusOr<Json>& page) {
                     --under_way_;
                     Take(number, page);
                     if (users_.ok()) AskNext(steps);
                   });
  }

  void Take(int64_t number, const absl::StatusOr<Json>& page) {
    if (!page.ok()) {
      missing_.push_back(number);
      if (users_.ok()) users_ = page.status();
      return;
    }
    if (const auto total = page->find("total");
        total != page->end() && total->is_number_integer()) {
      total_ = total->get<int64_t>();
    }
    if (!page->contains("next_cursor")) ended_ = true;
    for (const Json& user : (*page)["results"]) {
      // Somebody who moves from one page to the next meanwhile counts once.
      const std::string id = TextOf(user, "userId");
      if (!id.empty() && !seen_.insert(id).second) continue;
      std::string role = TextOf(user, "role");
      if (role.empty()) role = kNone;
      ++groups_[{.role = std::move(role),
                 .meeting = EditionOf(user, "meetingLicense"),
                 .webinar = EditionOf(user, "webinarLicense")}];
      ++counted_;
    }
  }

  Json Save() const {
    Json groups = Json::array();
    for (const auto& [group, users] : groups_) {
      groups.push_back({group.role, group.meeting, group.webinar, users});
    }
    return {{"groups", std::move(groups)},
            {"missing", missing_},
            {"next", next_},
            {"size", size_},
            {"total", total_}};
  }

  // Whether `state` is one of Save(), of pages as long as today's.
  bool Restore(const Json& state) {
    if (state.value("size", int64_t{0}) != size_ || !state.contains("groups")) return false;
    for (const Json& group : state["groups"]) {
      const int64_t users = group[3].get<int64_t>();
      groups_[{.role = group[0].get<std::string>(),
               .meeting = group[1].get<std::string>(),
               .webinar = group[2].get<std::string>()}] = users;
      counted_ += users;
    }
    missing_ = state["missing"].get<std::vector<int64_t>>();
    next_ = state["next"].get<int64_t>();
    total_ = state["total"].get<int64_t>();
    return true;
  }

  int64_t size_ = 1;
  // Of users; -1 where Zoho does not tell.
  int64_t total_ = -1;
  // The first page that was never asked for, and those before it that failed.
  int64_t next_ = 0;
  std::vector<int64_t> missing_;
  bool ended_ = false;
  int under_way_ = 0;

  absl::Status users_;
  absl::flat_hash_set<std::string> seen_;
  std::map<Group, int64_t> groups_;
  int64_t counted_ = 0;

  absl::Status license_status_;
  Json license_;
};

}  // namespace

std::unique_ptr<CompositeWorkflow> MakeLicenseInventory() {
  return std::make_unique<LicenseInventory>();
}

}  // namespace mesh::zoho_proxy
