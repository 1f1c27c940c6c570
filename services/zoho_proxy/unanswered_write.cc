#include "services/zoho_proxy/unanswered_write.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"

namespace mesh::zoho_proxy {

absl::Status UnansweredWrite(const absl::Status& status) {
  const std::optional<ErrorDetail> detail = GetErrorDetail(status);
  if (!detail.has_value()) return status;
  for (const char* sent : {"ZOHO_ERROR", "ZOHO_TIMEOUT", "ZOHO_UNREACHABLE"}) {
    if (detail->reason != sent) continue;
    absl::string_view message = status.message();
    absl::ConsumeSuffix(&message, " Try again shortly.");
    return MakeError(status.code(),
                     absl::StrCat(message,
                                  " It may have been carried out all the same: look whether it was "
                                  "before you try again."),
                     *detail);
  }
  return status;
}

}  // namespace mesh::zoho_proxy
