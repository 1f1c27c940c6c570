// Holds off guesses at API keys.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/clock.h"

namespace mesh::gateway {

// Failed logins: a few at once and then one every while, for each address and for all together.
// What is under way counts as failed until it turns out otherwise. Thread-safe.
class LoginLimit {
 public:
  struct Rate {
    int burst = 0;
    // Between two more.
    absl::Duration every = {};
  };

  explicit LoginLimit(const Clock& clock) : LoginLimit(clock, kOfOneAddress, kOfAll) {}
  LoginLimit(const Clock& clock, Rate of_one_address, Rate of_all)
      : clock_(clock), of_one_(of_one_address), of_all_(of_all) {}

  // Counts a login. Returns how long `address` must wait instead, zero where it need not.
  absl::Duration Begin(absl::string_view address);

  // It has not failed.
  void Forget(absl::string_view address);

  static constexpr int kBurstOfOneAddress = 10;
  static constexpr int kBurstOfAll = 100;

 private:
  // The time at which a bucket is full again says how full it is.
  using FullAt = absl::Time;

  static inline const Rate kOfOneAddress = {kBurstOfOneAddress, absl::Seconds(30)};
  static inline const Rate kOfAll = {kBurstOfAll, absl::Seconds(1)};

  absl::Duration Wait(FullAt full_at, const Rate& rate) const;
  void Take(FullAt& full_at, const Rate& rate) const;

  const Clock& clock_;
  const Rate of_one_;
  const Rate of_all_;
  std::mutex mu_;
  FullAt all_ = absl::InfinitePast();
  // Of those that are not full; as many as `of_all_` lets fail in the time that one takes to fill.
  std::map<std::string, FullAt> addresses_;
};

}  // namespace mesh::gateway
