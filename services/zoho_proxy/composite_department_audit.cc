#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "services/zoho_proxy/composite_workflows.h"

namespace mesh::zoho_proxy {
namespace {

constexpr char kDepartments[] = "list_all_zoho_meeting_departments";
constexpr char kDepartment[] = "get_single_zoho_meeting_department_by_id";
constexpr char kUsers[] = "list_all_zoho_meeting_department_users";

// Digits that a name is not expected to consist of.
constexpr size_t kLeastIdLength = 6;

// Names that an error lists.
constexpr size_t kMaxShownNames = 20;

bool LooksLikeId(absl::string_view text) {
  return text.size() >= kLeastIdLength &&
         std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

class DepartmentAudit final : public CompositeWorkflow {
 public:
  absl::Status Begin(CompositeSteps& steps, const Json& state) override {
    wanted_ = std::string(
        absl::StripAsciiWhitespace(steps.arguments().at("department").get<std::string>()));
    limit_ = steps.arguments().value("limit", int64_t{100});
    if (!state.is_null()) {
      Read(steps, TextOf(state, "department"), TextOf(state, "users"));
    } else if (LooksLikeId(wanted_)) {
      Read(steps, wanted_, "");
    } else {
      Find(steps, "");
    }
    return absl::OkStatus();
  }

  absl::Status Finish(CompositeSteps& steps, const Outcome& outcome) override {
    if (id_.empty()) return NotFound();
    if (!department_.ok() && !users_.ok()) return users_;
    if (!department_.ok()) steps.Failed("the department and who administers it", department_);
    if (!users_.ok()) {
      steps.Failed(rows_.empty() ? "the users' names and licences" : "the rest of the users",
                   users_);
    }

    std::set<std::string> admins;
    std::set<std::string> members;
    Json shown = {{"departmentId", id_}};
    if (department_.ok()) {
      for (const auto& [name, value] : about_.items()) {
        if (name != "adminUserIds" && name != "memberUserIds") shown[name] = value;
      }
      admins = IdsOf("adminUserIds");
      members = IdsOf("memberUserIds");
    }
    std::set<std::string> all = admins;
    all.insert(members.begin(), members.end());
    if (rows_.empty() && !users_.ok() && from_.empty()) {
      // What is known of the users without their list.
      for (const std::string& id : all) rows_.push_back({{"userId", id}});
      next_.clear();
    }
    for (Json& row : rows_) {
      const std::string user = TextOf(row, "userId");
      // Who stands in both lists may do what an administrator may.
      if (admins.count(user) > 0) {
        row["role"] = "admin";
      } else if (members.count(user) > 0) {
        row["role"] = "member";
      }
    }

    outcome.result["department"] = std::move(shown);
    if (department_.ok()) {
      outcome.result["admins"] = admins.size();
      outcome.result["members"] = all.size() - admins.size();
      outcome.result["total"] = all.size();
    }
    outcome.result["results"] = Json(std::move(rows_));
    if (!next_.empty()) outcome.next = {{"department", id_}, {"users", next_}};
    outcome.again = {{"department", id_}, {"users", from_}};
    return absl::OkStatus();
  }

 private:
  // Looks through the departments, from the page that `cursor` leads to.
  void Find(CompositeSteps& steps, const std::string& cursor) {
    Arguments arguments = {{"limit", steps.PageSize(kDepartments)},
                           {"fields", "departmentId,departmentName"}};
    if (!cursor.empty()) arguments["next_cursor"] = cursor;
    steps.Call(kDepartments, std::move(arguments), [this, &steps](absl::StatusOr<Json> page) {
      if (!page.ok()) {
        departments_ = page.status();
        return;
      }
      for (const Json& row : (*page)["results"]) {
        const std::string name = TextOf(row, "departmentName");
        if (SameName(name, wanted_)) matches_.push_back(TextOf(row, "departmentId"));
        if (names_.size() < kMaxShownNames) names_.push_back(name);
      }
      const std::string next = TextOf(*page, "next_cursor");
      if (!next.empty() && steps.calls_left() > 2) return Find(steps, next);
      if (matches_.size() == 1) Read(steps, matches_.front(), "");
    });
  }

  void Read(CompositeSteps& steps, const std::string& id, const std::string& from) {
    id_ = id;
    from_ = from;
    next_ = from;
    steps.Call(kDepartment, {{"id", id}}, [this](absl::StatusOr<Json> department) {
      department_ = department.status();
      if (department.ok()) about_ = *std::move(department);
    });
    Page(steps);
  }

  // One request of Zoho a page, so that a page is either there or not.
  void Page(CompositeSteps& steps) {
    Arguments arguments = {
        {"department_id", id_},
        {"limit", std::min(steps.PageSize(kUsers), limit_ - static_cast<int64_t>(rows_.size()))}};
    if (!next_.empty()) arguments["next_cursor"] = next_;
    steps.Call(kUsers, std::move(arguments), [this, &steps](absl::StatusOr<Json> page) {
      users_ = page.status();
      if (!page.ok()) return;
      for (Json& row : (*page)["results"]) rows_.push_back(std::move(row));
      next_ = TextOf(*page, "next_cursor");
      const bool full = static_cast<int64_t>(rows_.size()) >= limit_;
      if (!next_.empty() && !full && steps.calls_left() > 0) Page(steps);
    });
  }

  absl::Status NotFound() const {
    if (!departments_.ok()) return departments_;
    if (matches_.size() > 1) {
      return ArgumentInvalid(
          "department",
          absl::StrCat("is the name of several departments; name one by its id: `",
                       absl::StrJoin(matches_, "`, `"), "`"),
          absl::StrCat("\"", matches_.front(), "\""));
    }
    if (names_.empty()) {
      return ArgumentInvalid("department", "is none: the organisation has no departments");
    }
    return ArgumentInvalid(
        "department",
        absl::StrCat("must be the name or id of a department. There are: `",
                     absl::StrJoin(names_, "`, `"),
                     names_.size() == kMaxShownNames ? "` and perhaps more" : "`"),
        Json(names_.front()).dump());
  }

  std::set<std::string> IdsOf(const char* name) const {
    std::set<std::string> ids;
    const auto found = about_.find(name);
    if (found == about_.end() || !found->is_array()) return ids;
    for (const Json& id : *found) {
      if (id.is_string()) ids.insert(id.get<std::string>());
    }
    return ids;
  }

  std::string wanted_;
  int64_t limit_ = 0;

  std::vector<std::string> names_;
  // Ids of the departments with the wanted name.
  std::vector<std::string> matches_;
  absl::Status departments_;

  std::string id_;
  std::string from_;
  std::string next_;
  absl::Status department_;
  Json about_ = Json::object();
  absl::Status users_;
  std::vector<Json> rows_;
};

}  // namespace

std::unique_ptr<CompositeWorkflow> MakeDepartmentAudit() {
  return std::make_unique<DepartmentAudit>();
}

}  // namespace mesh::zoho_proxy
