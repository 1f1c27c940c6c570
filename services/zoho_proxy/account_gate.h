// How many calls of an account, and of all, may be under way, so that one account whose calls hang
// leaves the others their share.
#pragma once

#include <cstddef>
#include <deque>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"

namespace mesh::zoho_proxy {

struct AccountGateOptions {
  // Calls under way: of all accounts, and of one.
  int in_flight = 3000;
  int account_in_flight = 1000;

  // Calls of all accounts that wait for their turn. 0: none waits, it is refused.
  int waiting = 10'000;
};

// An account may hold as many places as are left free for the others, and no more: one account gets
// at most half of all, a second one that hangs as well half of the rest, and a new one always finds
// some. The same holds for the places to wait in. Who waits is served account by account in turn,
// and within an account in order. Thread-safe; blocks nobody.
class AccountGate {
 public:
  // A place that is taken, until it is dropped. The gate must outlive it.
  class Slot {
   public:
    Slot() = default;
    Slot(Slot&& other) noexcept
        : gate_(std::exchange(other.gate_, nullptr)), account_(std::move(other.account_)) {}
    Slot& operator=(Slot&& other) noexcept {
      Release();
      gate_ = std::exchange(other.gate_, nullptr);
      account_ = std::move(other.account_);
      return *this;
    }
    ~Slot() { Release(); }

    // Lets the next one in, perhaps on this thread.
    void Release();

   private:
    friend class AccountGate;
    Slot(AccountGate* gate, std::string account) : gate_(gate), account_(std::move(account)) {}

    AccountGate* gate_ = nullptr;
    std::string account_ = {};
  };

  using Ready = absl::AnyInvocable<void(absl::StatusOr<Slot>) &&>;

  // Somebody who waits. Dropping it leaves it waiting.
  class Ticket;

  explicit AccountGate(const AccountGateOptions& options = {}) : options_(options) {}

  // Gives `ready` a place: at once, or in its turn on the thread of whoever makes room. Fails at
  // once with RESOURCE_EXHAUSTED: `ACCOUNT_BUSY` where the account has its share of what waits,
  // `OVERLOADED` where all shares are taken. `ready` is called once, must not block, and may enter
  // and release. Returns nullptr where it has been called already.
  std::shared_ptr<Ticket> Enter(const std::string& account, Ready ready);

  // Drops a `ready` that still waits, without calling it. Returns whether it did. Of nullptr it
  // does nothing.
  bool Withdraw(const std::shared_ptr<Ticket>& ticket);

  int in_flight() const;
  int waiting() const;

 private:
  struct Account {
    int in_flight = 0;
    std::list<std::shared_ptr<Ticket>> waiting = {};
    // Whether it is in `turns_`.
    bool has_turn = false;
  };

  bool MayStart(const Account& account) const;
  absl::Status MayWait(const Account& account) const;
  void Leave(const std::string& account);
  // The next who may start; nullptr where nobody may.
  std::shared_ptr<Ticket> TakeNext();
  void Forget(const std::string& account);

  const AccountGateOptions options_;
  mutable std::mutex mu_;
  int in_flight_ = 0;
  int waiting_ = 0;
  std::unordered_map<std::string, Account> accounts_;
  // Accounts with somebody who waits, in turn.
  std::deque<std::string> turns_;
  // One thread lets the others in: `ready` may release, and must not do so ever deeper.
  bool letting_in_ = false;
};

class AccountGate::Ticket {
 private:
  friend class AccountGate;

  std::string account_ = {};
  Ready ready_ = {};
  bool waits_ = false;
  std::list<std::shared_ptr<Ticket>>::iterator place_ = {};
};

}  // namespace mesh::zoho_proxy
