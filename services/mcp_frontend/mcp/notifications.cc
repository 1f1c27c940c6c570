#include "services/mcp_frontend/mcp/notifications.h"

#include <array>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"

#include "services/mcp_frontend/mcp/json_text.h"
#include "services/mcp_frontend/mcp/jsonrpc.h"

namespace mesh::mcp {
namespace {

// By severity.
constexpr std::array<absl::string_view, 8> kLevels = {"debug", "info",     "notice", "warning",
                                                      "error", "critical", "alert",  "emergency"};

}  // namespace

void ReportProgress(Answer& answer, const ClientWishes& client, double progress, double total,
                    absl::string_view message) {
  if (client.progress_token.empty()) return;
  std::string params =
      absl::StrCat(R"("progressToken":)", client.progress_token, R"(,"progress":)", progress);
  if (total > 0) absl::StrAppend(&params, R"(,"total":)", total);
  if (!message.empty()) absl::StrAppend(&params, R"(,"message":)", JsonString(message));
  answer.Notify(NotificationMessage("notifications/progress", params));
}

void SendLog(Answer& answer, const ClientWishes& client, absl::string_view level,
             absl::string_view data_json) {
  if (!IsLogLevel(client.log_level)) return;
  if (absl::c_find(kLevels, level) < absl::c_find(kLevels, client.log_level)) return;
  answer.Notify(NotificationMessage(
      "notifications/message",
      absl::StrCat(R"("level":)", JsonString(level), R"(,"data":)", data_json)));
}

bool IsLogLevel(absl::string_view level) { return absl::c_linear_search(kLevels, level); }

std::vector<std::pair<const char*, std::string>> Notices(const Change& change,
                                                         const std::set<std::string>& uris) {
  std::vector<std::pair<const char*, std::string>> notices;
  if (change.tools) notices.emplace_back("notifications/tools/list_changed", "");
  if (change.prompts) notices.emplace_back("notifications/prompts/list_changed", "");
  if (change.resources) notices.emplace_back("notifications/resources/list_changed", "");
  if (!change.contents) return notices;
  for (const std::string& uri : uris) {
    notices.emplace_back("notifications/resources/updated",
                         absl::StrCat(R"("uri":)", JsonString(uri)));
  }
  return notices;
}

}  // namespace mesh::mcp
