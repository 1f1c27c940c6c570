#include "services/mcp_frontend/mcp/request_state.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace mesh::mcp {
namespace {

constexpr absl::Duration kKept = absl::Minutes(10);

}  // namespace

std::string RequestStates::Seal(absl::string_view state, absl::string_view subject,
                                absl::Time now) const {
  return absl::WebSafeBase64Escape(
      sealer_.Seal(absl::StrCat(absl::ToUnixSeconds(now + kKept), ":", state), subject));
}

std::optional<std::string> RequestStates::Open(absl::string_view sealed, absl::string_view subject,
                                               absl::Time now) const {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(sealed, &bytes)) return std::nullopt;
  const absl::StatusOr<Secret> opened = sealer_.Open(bytes, subject);
  if (!opened.ok()) return std::nullopt;
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(opened->Reveal(), absl::MaxSplits(':', 1));
  int64_t ends = 0;
  if (!absl::SimpleAtoi(parts.first, &ends) || now > absl::FromUnixSeconds(ends))
    return std::nullopt;
  return parts.second;
}

}  // namespace mesh::mcp
