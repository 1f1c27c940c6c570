// What was asked of the simulator and how it answered, without any secret.
#pragma once

#include <cstdint>
#include <deque>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "nlohmann/json_fwd.hpp"

#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/region.h"

namespace fake_zoho {

// Eight digits by which two tokens can be told apart and none can be used.
std::string TokenHash(absl::string_view token);

// Keeps the newest 20,000 requests. Not thread-safe.
class Journal {
 public:
  // `fault` is the kind of the one that struck, or empty.
  void Add(Listener where, const Request& request, int status, absl::string_view fault,
           absl::Time now);

  void Clear();

  // What fits `filter`: `region`, `role`, `method`, `path` (a glob), `status`, `token` (a hash),
  // `since` (a sequence number), `limit` (the newest so many; 1,000), `count_only`.
  nlohmann::ordered_json ToJson(const Parameters& filter) const;

 private:
  struct Entry {
    uint64_t number = 0;
    absl::Time time = absl::UnixEpoch();
    Listener where = {};
    std::string method = {};
    std::string path = {};
    // Redacted.
    std::string query = {};
    std::string body = {};
    std::string token = {};
    std::string grant_type = {};
    std::string source = {};
    std::string user_agent = {};
    int status = 0;
    std::string fault = {};
  };

  static bool Fits(const Entry& entry, const Parameters& filter);

  std::deque<Entry> entries_;
  uint64_t next_ = 1;
};

}  // namespace fake_zoho
