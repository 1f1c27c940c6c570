// An answer's status in the first byte, then its header lines, and after an empty one the text of
// Zoho's error.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/check.h"
#include "common/base/errors.h"
#include "services/zoho_proxy/rate_limit.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mesh::zoho_proxy;
  if (size == 0) return 0;
  constexpr std::array kStatuses = {200, 400, 429, 500};
  const absl::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits("\n\n", 1));
  mesh::net::HttpResponse response{.status = kStatuses[data[0] % kStatuses.size()]};
  for (const absl::string_view line : absl::StrSplit(parts.first, '\n')) {
    const std::pair<absl::string_view, absl::string_view> header =
        absl::StrSplit(line, absl::MaxSplits(':', 1));
    response.headers.Add(header.first, header.second);
  }
  ZohoFault fault{.status = response.status,
                  .key = std::string(parts.second.substr(0, parts.second.find('\n'))),
                  .message = std::string(parts.second),
                  .oauth_failure = data[0] >= 128};
  const absl::Time now = absl::FromUnixSeconds(1'780'000'000);
  for (const ZohoFault* told : {static_cast<const ZohoFault*>(nullptr), &std::as_const(fault)}) {
    const RateLimitReading reading = ReadRateLimit(response, told, now, absl::Minutes(15));
    const auto sane = [](absl::Duration wait) {
      return wait >= absl::ZeroDuration() && wait < absl::Hours(24 * 400);
    };
    const mesh::RateLimitFacts& facts = reading.facts;
    CHECK(!facts.limit.has_value() || *facts.limit >= 0);
    CHECK(!facts.remaining.has_value() || *facts.remaining >= 0);
    CHECK(!facts.reset.has_value() || sane(*facts.reset));
    CHECK(sane(reading.retry_after));
    // A refusal always says what is left and when to come back.
    if (reading.limited) CHECK(facts.remaining.has_value() && facts.reset.has_value());
    mesh::ZohoRateLimited(facts, reading.retry_after, response.status).IgnoreError();
  }
  return 0;
}
