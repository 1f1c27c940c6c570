#include "tests/fake_zoho/world.h"

#include <algorithm>

#include "absl/strings/numbers.h"

namespace fake_zoho {

const User* Organization::FindUser(int64_t zuid) const {
  const auto found = user_by_zuid.find(zuid);
  return found == user_by_zuid.end() ? nullptr : &users[found->second];
}

Session* Organization::FindSession(SessionKind kind, absl::string_view key) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(key, &number)) return nullptr;
  const auto found = sessions.find(number);
  if (found == sessions.end() || found->second.kind != kind) return nullptr;
  return &found->second;
}

bool Organization::IsDepartmentAdmin(const Department& department, const User& user) const {
  return std::any_of(department.admins.begin(), department.admins.end(),
                     [&](size_t index) { return users[index].zuid == user.zuid; });
}

int64_t Organization::NewSessionKey() {
  while (true) {
    const int64_t key = 1'000'000'000 + static_cast<int64_t>(random.Below(9'000'000'000));
    if (sessions.find(key) == sessions.end()) return key;
  }
}

}  // namespace fake_zoho
