#include "tests/fake_zoho/paging.h"

#include <algorithm>

namespace fake_zoho {

Window PageOf(const PagingRule& rule, std::optional<int64_t> index, std::optional<int64_t> count,
              size_t total) {
  const int64_t rows = static_cast<int64_t>(total);
  int64_t size = count.value_or(0) > 0 ? *count : rule.default_count;
  if (size <= 0) size = std::max<int64_t>(rows, 1);
  size = std::min<int64_t>(size, std::max<int64_t>(rows, 1));

  const int64_t steps = std::max(index.value_or(rule.base), rule.base) - rule.base;
  int64_t begin = 0;
  if (rule.kind == PagingKind::kOffset) begin = std::min(steps, rows);
  if (rule.kind == PagingKind::kPage) {
    // Pages are as long as asked for, not as the rows that are left.
    const int64_t asked = count.value_or(0) > 0 ? *count : size;
    begin = steps > rows / asked ? rows : std::min(steps * asked, rows);
  }
  const int64_t end = std::min(begin + size, rows);
  return {static_cast<size_t>(begin), static_cast<size_t>(end)};
}

std::array<PagingRule, kPagingFamilyNames.size()> DefaultPaging() {
  std::array<PagingRule, kPagingFamilyNames.size()> rules;
  const auto rule = [&](PagingFamily family) -> PagingRule& {
    return rules[static_cast<size_t>(family)];
  };
  rule(PagingFamily::kSession) = {.kind = PagingKind::kOffset, .base = 1};
  rule(PagingFamily::kParticipant) = {.kind = PagingKind::kPage, .base = 1};
  rule(PagingFamily::kUser) = {.kind = PagingKind::kPage, .base = 0, .max_count = 100};
  rule(PagingFamily::kDepartment) = {.kind = PagingKind::kPage, .base = 0, .max_count = 100};
  rule(PagingFamily::kDepartmentUser) = {
      .kind = PagingKind::kPage, .base = 0, .default_count = 0, .max_count = 100};
  rule(PagingFamily::kRegistration) = {.kind = PagingKind::kOffset, .base = 1};
  rule(PagingFamily::kReport) = {.kind = PagingKind::kPage, .base = 1};
  rule(PagingFamily::kRecording) = {.kind = PagingKind::kPage, .base = 1, .default_count = 0};
  return rules;
}

}  // namespace fake_zoho
