// An answer of Zoho, parsed once: is it an error, where are its rows, what does it say of limits
// and pages.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "common/net/http_client.h"
#include "services/zoho_proxy/pagination.h"
#include "services/zoho_proxy/rate_limit.h"
#include "services/zoho_proxy/tool.h"
#include "services/zoho_proxy/zoho_fault.h"

namespace mesh::zoho_proxy {

struct AnswerOptions {
  // The wait where a refusal names none.
  absl::Duration assumed_lock = absl::Minutes(15);

  // Of a file's description.
  size_t max_file_bytes = 100'000;
};

// Movable, not thread-safe.
class Answer {
 public:
  // Reads `response` to a call of `tool`. Fails with
  // - RESOURCE_EXHAUSTED (`ZOHO_RATE_LIMITED`), of whatever HTTP status;
  // - what FaultToStatus() makes of Zoho's error, of whatever envelope;
  // - UNAVAILABLE (`ZOHO_ERROR`) where a good answer cannot be read.
  // A file that came is described, whatever it holds.
  static absl::StatusOr<Answer> Read(const Tool& tool, const net::HttpResponse& response,
                                     absl::Time now, const AnswerOptions& options);

  ~Answer();
  Answer(Answer&&) noexcept;
  Answer& operator=(Answer&&) noexcept;

  const PageFacts& page() const { return page_; }
  const RateLimitReading& limits() const { return limits_; }

 private:
  friend class ResultWriter;
  struct Parsed;

  Answer();

  // The rows of a list, or the object of anything else; absent where the answer has no body.
  std::unique_ptr<Parsed> parsed_;
  PageFacts page_;
  RateLimitReading limits_;
};

// What is wrong by an answer's body and status; nullopt where nothing is.
std::optional<ZohoFault> ReadFault(const net::HttpResponse& response);

}  // namespace mesh::zoho_proxy
