// Users of an organisation by their e-mail address.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/base/call_context.h"
#include "common/base/clock.h"

namespace mesh::zoho_proxy {

struct UserDirectoryOptions {
  // How long what was read of an account's users is believed.
  absl::Duration max_age = absl::Minutes(5);

  // Parts of a list that one look-up reads at most, each as long as a call of the list tool gives.
  int max_parts = 20;

  // Accounts whose users are remembered.
  size_t max_accounts = 200;
};

// A part of the list of an account's users.
struct UserListPart {
  struct User {
    std::string email = {};
    // Zoho's id across its products.
    std::string zuid = {};
  };

  std::vector<User> users = {};
  // For the next part; empty at the end.
  std::string next_cursor = {};
};

// A user by address.
struct FoundUser {
  // Empty where nobody has the address, as far as the list was read.
  std::string zuid = {};
  // Whether the list was read to its end.
  bool read_all = false;
};

// The part of `list_json`, a list's result of CallTool. Fails with UNAVAILABLE (`ZOHO_ERROR`) where
// it is none.
absl::StatusOr<UserListPart> ReadUserListPart(absl::string_view list_json);

// Thread-safe; waits for nothing. Reads an account's list as far as it needs to, once for any
// number of callers, and goes on from there the next time.
class UserDirectory {
 public:
  // Asks for the part at `cursor`, empty for the first. The last argument is called once, on any
  // thread.
  using PartDone = absl::AnyInvocable<void(absl::StatusOr<UserListPart>) &&>;
  using ListPart = std::function<void(const CallContext& context, const std::string& account,
                                      const std::string& cursor, PartDone done)>;
  using Done = absl::AnyInvocable<void(absl::StatusOr<FoundUser>) &&>;

  // `clock` must outlive it, and it what `list` has under way.
  UserDirectory(ListPart list, const Clock& clock, const UserDirectoryOptions& options = {})
      : list_(std::move(list)), clock_(clock), options_(options) {}

  // Gives `done` the user of `account` with that address, whatever its case. Fails with what the
  // list fails with. `done` is called once, on any
  // thread.
  void Find(const CallContext& context, const std::string& account, absl::string_view email,
            Done done);

 private:
  struct Waiter {
    std::string email;
    Done done;
  };

  struct Entry {
    std::map<std::string, std::string, std::less<>> zuids = {};
    absl::Time begun = absl::InfinitePast();
    std::string next_cursor = {};
    int parts = 0;
    bool whole = false;
    bool reading = false;
    std::vector<Waiter> waiting = {};
  };

  using Served = std::vector<std::pair<Waiter, absl::StatusOr<FoundUser>>>;

  // Serves who can be served, and learns whether more must be read. With the lock held.
  bool Serve(Entry& entry, Served& served);
  void Read(const CallContext& context, const std::string& account, const std::string& cursor);
  void GotPart(const CallContext& context, const std::string& account,
               absl::StatusOr<UserListPart> part);
  void MakeRoom();
  bool IsOld(const Entry& entry) const { return clock_.Now() - entry.begun > options_.max_age; }

  const ListPart list_;
  const Clock& clock_;
  const UserDirectoryOptions options_;
  std::mutex mu_;
  std::map<std::string, Entry> entries_;
};

}  // namespace mesh::zoho_proxy
