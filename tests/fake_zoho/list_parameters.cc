#include "tests/fake_zoho/list_parameters.h"

#include <string>

#include "absl/strings/numbers.h"

#include "tests/fake_zoho/meeting_errors.h"

namespace fake_zoho {

std::optional<int64_t> IntegerParameter(const Parameters& query, absl::string_view name,
                                        std::optional<Answer>& error) {
  const std::optional<std::string> text = query.Get(name);
  int64_t number = 0;
  if (!text.has_value()) return std::nullopt;
  if (absl::SimpleAtoi(*text, &number)) return number;
  error = ParameterMalformed(name);
  return std::nullopt;
}

Window PageOfCall(const MeetingCall& call, PagingFamily family, bool required, size_t total,
                  std::optional<Answer>& error) {
  const std::optional<int64_t> index = IntegerParameter(call.query, "index", error);
  const std::optional<int64_t> count = IntegerParameter(call.query, "count", error);
  if (error.has_value()) return {};
  if (required && call.settings.require_list_parameters) {
    if (!index.has_value()) error = ParameterMissing("index");
    if (!count.has_value()) error = ParameterMissing("count");
    if (error.has_value()) return {};
  }
  const PagingRule& rule = call.settings.PagingOf(family);
  if (rule.max_count > 0 && count.value_or(0) > rule.max_count) {
    error = CountTooLarge(call, rule.max_count);
    return {};
  }
  return PageOf(rule, index, count, total);
}

}  // namespace fake_zoho
