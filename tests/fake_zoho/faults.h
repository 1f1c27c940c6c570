// Faults by script: which requests fail, how, and how often.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json_fwd.hpp"

#include "tests/fake_zoho/delivery.h"
#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/region.h"

namespace fake_zoho {

struct Fault {
  // Which requests: empty for any. `path` is a glob over the path as sent.
  std::string region = {};
  std::string role = {};
  std::string method = {};
  std::string path = "*";

  // `latency`: later, otherwise as ever.
  // `status`: `status`, `headers` and `body` instead.
  // `content_type`: a page of HTML with HTTP `status`.
  // `cut_json`: the first `after_bytes` of the body, as if that were all.
  // `empty`: HTTP `status` and no body.
  // `reset`, `truncate`, `drip`, `hang`: see Delivery.
  std::string kind = {};
  int status = 0;
  std::string body = {};
  mesh::net::HttpHeaders headers = {};
  absl::Duration latency = absl::ZeroDuration();
  size_t after_bytes = 10;
  size_t bytes = 16;
  absl::Duration interval = absl::Milliseconds(100);

  // Requests to let by first, and to strike then; 0 for all.
  int64_t skip = 0;
  int64_t count = 0;
  // Whether the request takes effect although its answer is lost. Always so where the answer is
  // needed.
  bool execute = false;

  // Requests that matched, and those struck.
  int64_t matched = 0;
  int64_t struck = 0;

  // Whether the request must be carried out.
  bool NeedsAnswer() const;
};

// Not thread-safe.
class Faults {
 public:
  // Replaces the script by `script`, `{"faults": […]}`. Fails with INVALID_ARGUMENT
  // (`FIELD_INVALID`), changing nothing.
  absl::Status Set(const nlohmann::ordered_json& script);

  void Clear() { faults_.clear(); }

  // The first fault that strikes this request, counted.
  std::optional<Fault> Take(Listener where, absl::string_view method, absl::string_view path);

  // The script with its counts.
  nlohmann::ordered_json ToJson() const;

 private:
  std::vector<Fault> faults_;
};

// What `fault` makes of an answer.
void Strike(const Fault& fault, Delivery& delivery);

}  // namespace fake_zoho
