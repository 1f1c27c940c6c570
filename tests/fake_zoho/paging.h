// Which rows a list answers with: each of Zoho's families of endpoints counts in its own way. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace fake_zoho {

enum class PagingFamily {
  kSession,
  kParticipant,
  kUser,
  kDepartment,
  kDepartmentUser,
  kRegistration,
  kReport,
  kRecording,
};

inline constexpr std::array<absl::string_view, 8> kPagingFamilyNames = {
    "session",         "participant",  "user",   "department",
    "department_user", "registration", "report", "recording",
};

enum class PagingKind {
  // `index` is the number of a page of `count` rows.
  kPage,
  // `index` is the number of a row.
  kOffset,
  // `index` is not looked at: always the first `count` rows.
  kIgnored,
};

struct PagingRule {
  PagingKind kind = PagingKind::kPage;
  // The first page's or row's `index`; anything below means the same.
  int64_t base = 0;
  // Without `count`; 0 for all rows.
  int64_t default_count = 20;
  // A larger `count` is refused by the caller; 0 for no limit.
  int64_t max_count = 0;
};

// Rows `begin` up to but not including `end`.
struct Window {
  size_t begin = 0;
  size_t end = 0;
};

// Never beyond `total`. A `count` below 1 counts as absent.
Window PageOf(const PagingRule& rule, std::optional<int64_t> index, std::optional<int64_t> count,
              size_t total);

// What Zoho documents, or else what working clients do.
std::array<PagingRule, kPagingFamilyNames.size()> DefaultPaging();

}  // namespace fake_zoho
