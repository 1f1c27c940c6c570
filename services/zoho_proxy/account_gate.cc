#include "services/zoho_proxy/account_gate.h"

#include "common/base/errors.h"

namespace mesh::zoho_proxy {

std::shared_ptr<AccountGate::Ticket> AccountGate::Enter(const std::string& account, Ready ready) {
  absl::Status refused;
  {
    const std::lock_guard lock(mu_);
    Account& entry = accounts_[account];
    if (entry.waiting.empty() && MayStart(entry)) {
      ++entry.in_flight;
      ++in_flight_;
    } else {
      refused = MayWait(entry);
      if (refused.ok()) {
        auto ticket = std::make_shared<Ticket>();
        ticket->account_ = account;
        ticket->ready_ = std::move(ready);
        ticket->waits_ = true;
        ticket->place_ = entry.waiting.insert(entry.waiting.end(), ticket);
        ++waiting_;
        if (!std::exchange(entry.has_turn, true)) turns_.push_back(account);
        return ticket;
      }
      Forget(account);
    }
  }
  if (!refused.ok()) {
    std::move(ready)(std::move(refused));
  } else {
    std::move(ready)(Slot(this, account));
  }
  return nullptr;
}

bool AccountGate::Withdraw(const std::shared_ptr<Ticket>& ticket) {
  Ready dropped;  // Outside of the lock.
  const std::lock_guard lock(mu_);
  if (ticket == nullptr || !std::exchange(ticket->waits_, false)) return false;
  dropped = std::move(ticket->ready_);
  accounts_.at(ticket->account_).waiting.erase(ticket->place_);
  --waiting_;
  return true;
}

int AccountGate::in_flight() const {
  const std::lock_guard lock(mu_);
  return in_flight_;
}

int AccountGate::waiting() const {
  const std::lock_guard lock(mu_);
  return waiting_;
}

bool AccountGate::MayStart(const Account& account) const {
  const int free = options_.in_flight - in_flight_;
  return account.in_flight < options_.account_in_flight && account.in_flight < free;
}

absl::Status AccountGate::MayWait(const Account& account) const {
  const int free = options_.waiting - waiting_;
  if (free <= 0 && waiting_ > static_cast<int>(account.waiting.size())) return Overloaded();
  if (static_cast<int>(account.waiting.size()) < free) return absl::OkStatus();
  return AccountBusy(account.in_flight);
}

void AccountGate::Slot::Release() {
  if (AccountGate* gate = std::exchange(gate_, nullptr)) gate->Leave(account_);
}

void AccountGate::Leave(const std::string& account) {
  {
    const std::lock_guard lock(mu_);
    --accounts_.at(account).in_flight;
    --in_flight_;
    Forget(account);
    if (letting_in_) return;
    letting_in_ = true;
  }
  for (;;) {
    std::shared_ptr<Ticket> next;
    {
      const std::lock_guard lock(mu_);
      next = TakeNext();
      if (next == nullptr) {
        letting_in_ = false;
        return;
      }
    }
    // Away from the ticket, which whoever is let in may keep.
    Ready ready = std::move(next->ready_);
    std::move(ready)(Slot(this, next->account_));
  }
}

std::shared_ptr<AccountGate::Ticket> AccountGate::TakeNext() {
  for (size_t left = turns_.size(); left > 0; --left) {
    const std::string account = std::move(turns_.front());
    turns_.pop_front();
    Account& entry = accounts_.at(account);
    if (entry.waiting.empty()) {
      entry.has_turn = false;
      Forget(account);
      continue;
    }
    if (!MayStart(entry)) {
      turns_.push_back(account);
      continue;
    }
    std::shared_ptr<Ticket> next = std::move(entry.waiting.front());
    entry.waiting.pop_front();
    next->waits_ = false;
    --waiting_;
    ++entry.in_flight;
    ++in_flight_;
    turns_.push_back(account);
    return next;
  }
  return nullptr;
}

void AccountGate::Forget(const std::string& account) {
  const auto found = accounts_.find(account);
  const Account& entry = found->second;
  if (entry.in_flight == 0 && entry.waiting.empty() && !entry.has_turn) accounts_.erase(found);
}

}  // namespace mesh::zoho_proxy
