#include "services/mcp_frontend/prompts.h"

#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include <nlohmann/json.hpp>

#include "edge/policy.h"
#include "services/mcp_frontend/mcp/json_text.h"

namespace mesh::frontend {
namespace {

using nlohmann::json;

// A name or a phrase, not a document.
constexpr size_t kMaxValueBytes = 200;

std::vector<Prompt> MakePrompts() {
  return {
      {.name = "department_user_audit",
       .title = "Audit a department's users",
       .description = "Lists everybody who belongs to one department, with e-mail address and "
                      "exact role, as a table that can be handed on.",
       .arguments = {{.name = "department",
                      .title = "Department",
                      .description = "Name of the department, for example Sales.",
                      .required = true,
                      .completes = NameKind::kDepartment}},
       .tools = {"list_all_zoho_meeting_departments", "list_all_zoho_meeting_department_users"},
       .text = "I need to audit the department '{department}' of our Zoho Meeting organisation.\n"
               "\n"
               "1. Call list_all_zoho_meeting_departments and find the department of that name. "
               "While an answer has a next_cursor, pass it back unchanged for the next page. If "
               "no department is called so, tell me the names that come close and stop.\n"
               "2. Call list_all_zoho_meeting_department_users with its departmentId as "
               "department_id, and follow next_cursor until there is none.\n"
               "3. Give me a markdown table of all users with the columns Name, E-mail and Role, "
               "the roles exactly as they are designated, sorted by name. Leave nobody out and "
               "make nobody up.\n"
               "4. Below it, say how many users there are in all and of each role, and name what "
               "an auditor would ask about: administrators, users without a role, addresses "
               "outside the organisation's domain.\n"
               "\n"
               "If a result says that a rate limit is reached, wait as long as it says and go "
               "on."},
      {.name = "executive_meeting_brief",
       .title = "Brief on somebody's meetings",
       .description = "Finds the meetings that one person presents in a period, reads each, and "
                      "drafts a brief of topics and start times.",
       .arguments = {{.name = "presenter",
                      .title = "Presenter",
                      .description = "Full name of the person who presents, for example Sarah "
                                     "Jenkins.",
                      .required = true,
                      .completes = NameKind::kPerson},
                     {.name = "period",
                      .title = "Period",
                      .description = "Which meetings, for example tomorrow or the next two weeks. "
                                     "Default: this week.",
                      .fallback = "this week"}},
       .tools = {"list_all_zoho_meeting_meetings", "get_single_zoho_meeting_meeting_by_id"},
       .text = "Review our Zoho Meeting schedule for this period: {period}. I need a brief on the "
               "meetings whose presenter is {presenter}.\n"
               "\n"
               "1. Call list_all_zoho_meeting_meetings, and follow next_cursor until there is "
               "none. Compare startTimeRfc3339 with the period.\n"
               "2. Keep the meetings of that presenter. The list tells the presenter's e-mail "
               "address and zuid; where it is not clear from them who that is, call "
               "list_all_zoho_meeting_users, if you have it, and find the person by name.\n"
               "3. For each meeting that is left call get_single_zoho_meeting_meeting_by_id with "
               "its meetingKey as id. Its presenterName must be {presenter}; drop it "
               "otherwise.\n"
               "4. Draft a brief in order of time: topic, start in my time zone, duration, and "
               "the agenda in a sentence or two. Begin with what needs preparation or "
               "overlaps.\n"
               "\n"
               "If there is no such meeting, say so plainly. Never show start links or "
               "passwords."},
      {.name = "license_role_inventory",
       .title = "Inventory of licences and roles",
       .description = "Counts all users of the organisation by role and by licence.",
       .arguments = {{.name = "role",
                      .title = "Role",
                      .description = "A role to set against all others, for example Presenter. "
                                     "Default: each on its own.",
                      .fallback = "each role on its own"}},
       .tools = {"list_all_zoho_meeting_users"},
       .text = "Take an inventory of the licences and roles in our Zoho Meeting account. Of "
               "particular interest: {role}.\n"
               "\n"
               "1. Call list_all_zoho_meeting_users with limit 100, and as long as an answer has "
               "a next_cursor call it again with that value unchanged, until you have every "
               "user. Compare the number with total, where the answers tell it.\n"
               "2. Count the users in all, by role, and by meetingLicense and webinarLicense: "
               "enabled or not, and the edition.\n"
               "3. Give me the exact numbers in a table, and below it in one paragraph what could "
               "be saved: licences of people who do not seem to need them, with how you can "
               "tell.\n"
               "\n"
               "Count what the answers hold; estimate nothing. If a result says that a rate limit "
               "is reached, wait as long as it says and go on."},
  };
}

}  // namespace

const std::vector<Prompt>& Prompts() {
  static const auto& prompts = *new std::vector<Prompt>(MakePrompts());
  return prompts;
}

const Prompt* FindPrompt(absl::string_view name) {
  const auto found =
      absl::c_find_if(Prompts(), [name](const Prompt& prompt) { return prompt.name == name; });
  return found == Prompts().end() ? nullptr : &*found;
}

bool Offers(const edge::Catalogue& catalogue, const auth::v1::McpServerConfig& config,
            const Prompt& prompt) {
  return absl::c_all_of(prompt.tools, [&](const std::string& name) {
    const tools::v1::Tool* tool = catalogue.Find(name);
    return tool != nullptr && edge::Allows(config, *tool);
  });
}

std::string PromptJson(const Prompt& prompt) {
  std::string out = absl::StrCat(R"({"name":)", mcp::JsonString(prompt.name), R"(,"title":)",
                                 mcp::JsonString(prompt.title), R"(,"description":)",
                                 mcp::JsonString(prompt.description), R"(,"arguments":[)");
  bool first = true;
  for (const PromptArgument& argument : prompt.arguments) {
    absl::StrAppend(&out, std::exchange(first, false) ? "" : ",", R"({"name":)",
                    mcp::JsonString(argument.name), R"(,"title":)", mcp::JsonString(argument.title),
                    R"(,"description":)", mcp::JsonString(argument.description), R"(,"required":)",
                    argument.required ? "true" : "false", "}");
  }
  out += "]}";
  return out;
}

RenderedPrompt Render(const Prompt& prompt, const std::string& arguments_json) {
  json given = json::object();
  if (!arguments_json.empty()) {
    given = json::parse(arguments_json, nullptr, /*allow_exceptions=*/false);
    if (!given.is_object()) return {.wrong = "`arguments` must be an object."};
  }
  std::vector<std::pair<std::string, std::string>> values;
  for (const PromptArgument& argument : prompt.arguments) {
    std::string value = argument.fallback;
    const auto found = given.find(argument.name);
    if (found != given.end() && !found->is_null()) {
      if (!found->is_string()) {
        return {.wrong = absl::StrCat("`", argument.name, "` must be a text.")};
      }
      // In one line, like the rest of the sentence it becomes part of.
      const std::vector<absl::string_view> words = absl::StrSplit(
          found->get_ref<const std::string&>(), absl::ByAnyChar(" \t\n\v\f\r"), absl::SkipEmpty());
      std::string text = absl::StrJoin(words, " ");
      if (text.size() > kMaxValueBytes) {
        return {.wrong = absl::StrCat("`", argument.name, "` must not be longer than ",
                                      kMaxValueBytes, " bytes.")};
      }
      if (!text.empty()) value = std::move(text);
    }
    if (value.empty()) {
      return {.wrong = absl::StrCat("`", argument.name, "` is required: ", argument.description)};
    }
    values.emplace_back(absl::StrCat("{", argument.name, "}"), std::move(value));
  }
  return {.members =
              absl::StrCat(R"("description":)", mcp::JsonString(prompt.description),
                           R"(,"messages":[{"role":"user","content":{"type":"text","text":)",
                           mcp::JsonString(absl::StrReplaceAll(prompt.text, values)), "}}]")};
}

}  // namespace mesh::frontend
