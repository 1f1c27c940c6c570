#include "services/zoho_proxy/user_directory.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "common/base/mailbox.h"
#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

using ::testing::ElementsAre;

class UserDirectoryTest : public ::testing::Test {
 protected:
  // Parts of two users each: user-0@x to user-5@x of three.
  UserListPart Part(const std::string& cursor) const {
    const int number = cursor.empty() ? 0 : std::stoi(cursor);
    UserListPart part;
    for (int i = 2 * number; i < 2 * number + 2; ++i) {
      part.users.push_back(
          {.email = absl::StrCat("User-", i, "@X"), .zuid = absl::StrCat(700 + i)});
    }
    if (number < parts_ - 1) part.next_cursor = absl::StrCat(number + 1);
    return part;
  }

  absl::StatusOr<std::string> Find(const std::string& email, const std::string& account = "a") {
    Mailbox<absl::StatusOr<FoundUser>> got;
    directory_.Find({}, account, email,
                    [&got](absl::StatusOr<FoundUser> user) { got.Put(std::move(user)); });
    absl::StatusOr<FoundUser> user = got.Take();
    if (!user.ok()) return user.status();
    read_all_ = user->read_all;
    return user->zuid;
  }

  FakeClock clock_;
  std::vector<std::string> asked_;
  std::vector<UserDirectory::PartDone> held_;
  bool hold_ = false;
  bool read_all_ = false;
  int parts_ = 3;
  absl::Status error_;
  UserDirectory directory_{[this](const CallContext&, const std::string& account,
                                  const std::string& cursor, UserDirectory::PartDone done) {
                             asked_.push_back(absl::StrCat(account, ":", cursor));
                             if (hold_) return held_.push_back(std::move(done));
                             if (!error_.ok()) return std::move(done)(error_);
                             std::move(done)(Part(cursor));
                           },
                           clock_,
                           {.max_parts = 3, .max_accounts = 2}};
};

TEST_F(UserDirectoryTest, ReadsAsFarAsItNeedsAndGoesOnFromThere) {
  EXPECT_EQ(*Find("user-1@x"), "701");
  EXPECT_EQ(*Find("USER-0@x"), "700");
  EXPECT_THAT(asked_, ElementsAre("a:"));
  EXPECT_EQ(*Find("user-3@x"), "703");
  EXPECT_THAT(asked_, ElementsAre("a:", "a:1"));
}

TEST_F(UserDirectoryTest, AnUnknownAddressIsNobodyAndTheListIsReadOnce) {
  EXPECT_EQ(*Find("nobody@x"), "");
  EXPECT_TRUE(read_all_);
  EXPECT_EQ(*Find("nobody@y"), "");
  EXPECT_THAT(asked_, ElementsAre("a:", "a:1", "a:2"));
}

TEST_F(UserDirectoryTest, WhatLiesBeyondItsBoundIsNotSaidToBeNobody) {
  parts_ = 4;
  EXPECT_EQ(*Find("user-7@x"), "");
  EXPECT_FALSE(read_all_);
  EXPECT_THAT(asked_, ElementsAre("a:", "a:1", "a:2"));
}

TEST_F(UserDirectoryTest, WhatItReadIsForgottenAfterAWhile) {
  EXPECT_EQ(*Find("user-0@x"), "700");
  clock_.Advance(absl::Minutes(6));
  EXPECT_EQ(*Find("user-0@x"), "700");
  EXPECT_THAT(asked_, ElementsAre("a:", "a:"));
}

TEST_F(UserDirectoryTest, AccountsDoNotSeeEachOthersUsers) {
  EXPECT_EQ(*Find("user-0@x", "a"), "700");
  EXPECT_EQ(*Find("user-0@x", "b"), "700");
  EXPECT_THAT(asked_, ElementsAre("a:", "b:"));
}

TEST_F(UserDirectoryTest, TheOldestAccountMakesRoom) {
  for (const char* account : {"a", "b", "c", "a"}) {
    EXPECT_THAT(Find("user-0@x", account), IsOk());
    clock_.Advance(absl::Seconds(1));
  }
  EXPECT_THAT(asked_, ElementsAre("a:", "b:", "c:", "a:"));
}

TEST_F(UserDirectoryTest, AnErrorGoesToWhoWaitsAndIsNotRemembered) {
  error_ = ZohoTimedOut();
  EXPECT_THAT(Find("user-0@x"), HasReason("ZOHO_TIMEOUT"));
  error_ = absl::OkStatus();
  EXPECT_EQ(*Find("user-0@x"), "700");
}

TEST_F(UserDirectoryTest, AnyNumberOfCallersCauseOneReading) {
  hold_ = true;
  Mailbox<absl::StatusOr<FoundUser>> got;
  for (const char* email : {"user-0@x", "user-1@x", "user-2@x"}) {
    directory_.Find({}, "a", email,
                    [&got](absl::StatusOr<FoundUser> user) { got.Put(std::move(user)); });
  }
  EXPECT_THAT(asked_, ElementsAre("a:"));
  auto first = std::move(held_.at(0));
  std::move(first)(Part(""));
  EXPECT_EQ(got.Take()->zuid, "700");
  EXPECT_EQ(got.Take()->zuid, "701");
  EXPECT_THAT(asked_, ElementsAre("a:", "a:1"));
  auto second = std::move(held_.at(1));
  std::move(second)(Part("1"));
  EXPECT_EQ(got.Take()->zuid, "702");
}

TEST(UserListPart, IsReadFromAListsResult) {
  ASSERT_OK_AND_ASSIGN(
      const UserListPart part,
      ReadUserListPart(R"({"results": [{"zuid": "1", "emailId": "a@x"}, {"zuid": 5}, 7],
                           "next_cursor": "c"})"));
  ASSERT_EQ(part.users.size(), 2u);
  EXPECT_EQ(part.users[0].email, "a@x");
  EXPECT_EQ(part.users[0].zuid, "1");
  EXPECT_EQ(part.next_cursor, "c");
  for (const char* text : {"", "[]", "{}", R"({"results": 1})"}) {
    EXPECT_THAT(ReadUserListPart(text), HasReason("ZOHO_ERROR")) << text;
  }
}

}  // namespace
}  // namespace mesh::zoho_proxy
