#include "services/mcp_frontend/name_lists.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include <nlohmann/json.hpp>

#include "common/base/call_context.h"

namespace mesh::frontend {
namespace {

using nlohmann::json;
using tools::v1::CallToolRequest;
using tools::v1::CallToolResponse;
using tools::v1::ToolService;

// A person waits while typing.
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr absl::Duration kHeld = absl::Minutes(1);
constexpr absl::Duration kHeldWithoutZoho = absl::Minutes(10);
constexpr int kMaxPages = 5;
constexpr size_t kMaxAccounts = 1'000;
constexpr size_t kMaxFailures = 200;

constexpr char kDepartments[] = "list_all_zoho_meeting_departments";
constexpr char kUsers[] = "list_all_zoho_meeting_users";

std::string StringOf(const json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string NameOf(const json& row, NameKind kind) {
  if (!row.is_object()) return {};
  if (kind == NameKind::kDepartment) return StringOf(row, "departmentName");
  std::string name = StringOf(row, "fullName");
  if (name.empty()) name = absl::StrCat(StringOf(row, "firstName"), " ", StringOf(row, "lastName"));
  absl::StripAsciiWhitespace(&name);
  return name;
}

// Reads page after page.
class Fetch : public std::enable_shared_from_this<Fetch> {
 public:
  using Fetched = edge::ResolutionCache<std::vector<std::string>>::Fetched;

  Fetch(ToolService::StubInterface& tools, rpc::CallGroup& calls, NameKind kind,
        std::string account, Fetched fetched)
      : tools_(tools),
        calls_(calls),
        kind_(kind),
        account_(std::move(account)),
        fetched_(std::move(fetched)) {}

  void Ask(const std::string& cursor) {
    json arguments = {{"limit", 100}};
    if (!cursor.empty()) arguments["next_cursor"] = cursor;
    CallToolRequest request;
    request.set_account(account_);
    request.set_tool(std::string(ToolOf(kind_)));
    request.set_arguments_json(arguments.dump());
    calls_.Call(CallContext{.deadline = deadline_}, "zoho-proxy-service", *tools_.async(),
                &ToolService::StubInterface::async_interface::CallTool, std::move(request),
                [self = shared_from_this()](absl::StatusOr<CallToolResponse> response) {
                  self->Take(std::move(response));
                });
  }

 private:
  void Take(absl::StatusOr<CallToolResponse> response) {
    if (!response.ok()) return std::move(fetched_)(response.status());
    const json page = json::parse(response->result_json(), nullptr, /*allow_exceptions=*/false);
    if (page.is_object() && page.contains("results")) {
      for (const json& row : page["results"]) {
        std::string name = NameOf(row, kind_);
        if (!name.empty()) names_.insert(std::move(name));
      }
    }
    const std::string cursor = page.is_object() ? StringOf(page, "next_cursor") : std::string();
    if (!cursor.empty() && ++pages_ < kMaxPages) return Ask(cursor);
    std::move(fetched_)(std::vector<std::string>(names_.begin(), names_.end()));
  }

  ToolService::StubInterface& tools_;
  rpc::CallGroup& calls_;
  const NameKind kind_;
  const std::string account_;
  const absl::Time deadline_ = absl::Now() + kPatience;
  Fetched fetched_;
  int pages_ = 0;
  std::set<std::string> names_;
};

}  // namespace

absl::string_view ToolOf(NameKind kind) {
  return kind == NameKind::kDepartment ? kDepartments : kUsers;
}

std::vector<std::string> Matching(const std::vector<std::string>& names, absl::string_view typed,
                                  size_t limit, size_t& total) {
  typed = absl::StripAsciiWhitespace(typed);
  std::vector<std::string> first;
  std::vector<std::string> second;
  for (const std::string& name : names) {
    if (absl::StartsWithIgnoreCase(name, typed)) {
      first.push_back(name);
      continue;
    }
    for (const absl::string_view word : absl::StrSplit(name, ' ')) {
      if (!absl::StartsWithIgnoreCase(word, typed)) continue;
      second.push_back(name);
      break;
    }
  }
  first.insert(first.end(), second.begin(), second.end());
  total = first.size();
  first.resize(std::min(first.size(), limit));
  return first;
}

NameLists::NameLists(const Clock& clock, ToolService::StubInterface& tools, rpc::CallGroup& calls)
    : cache_(
          clock,
          {.fresh_for = kHeld,
           .stale_for = kHeldWithoutZoho,
           .max_records = kMaxAccounts,
           .max_refusals = kMaxFailures},
          [&tools, &calls](const std::string& key, Fetch::Fetched fetched) {
            const NameKind kind = key.front() == 'd' ? NameKind::kDepartment : NameKind::kPerson;
            std::make_shared<Fetch>(tools, calls, kind, key.substr(1), std::move(fetched))->Ask("");
          }) {}

void NameLists::Get(NameKind kind, const std::string& account, Done done) {
  cache_.Get(absl::StrCat(kind == NameKind::kDepartment ? "d" : "p", account), std::move(done));
}

}  // namespace mesh::frontend
