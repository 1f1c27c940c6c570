// The bounds of one call of a tool.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace mesh::zoho_proxy {

struct ToolCallOptions {
  // Longest time that a call may wait for Zoho.
  absl::Duration call_timeout = absl::Seconds(50);

  // Of a list; beyond it whole rows are left for the next call.
  size_t max_result_bytes = 100'000;

  // Pages of Zoho that one call of a list asks for at most.
  int max_pages = 5;

  // The wait where a refusal names none.
  absl::Duration assumed_lock = absl::Minutes(15);
};

}  // namespace mesh::zoho_proxy
