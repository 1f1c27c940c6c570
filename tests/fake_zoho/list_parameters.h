// The parameters by which callers page through a list.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

#include "tests/fake_zoho/meeting_call.h"
#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/paging.h"

namespace fake_zoho {

// A parameter that must be a whole number: absent where it is not there. An error goes to `error`.
std::optional<int64_t> IntegerParameter(const Parameters& query, absl::string_view name,
                                        std::optional<Answer>& error);

// Which of `total` rows to answer with, by `index` and `count`. An error goes to `error`, for
// example where `required` parameters are missing.
Window PageOfCall(const MeetingCall& call, PagingFamily family, bool required, size_t total,
                  std::optional<Answer>& error);

}  // namespace fake_zoho
