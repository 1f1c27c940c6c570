#include "gateway/login_limit.h"

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "common/base/fake_clock.h"

namespace mesh::gateway {
namespace {

class LoginLimitTest : public testing::Test {
 protected:
  FakeClock clock_;
  LoginLimit limit_{
      clock_, {.burst = 2, .every = absl::Seconds(30)}, {.burst = 4, .every = absl::Seconds(1)}};
};

TEST_F(LoginLimitTest, AnAddressFailsAFewTimesAndThenOnceEveryWhile) {
  EXPECT_EQ(limit_.Begin("192.0.2.1"), absl::ZeroDuration());
  EXPECT_EQ(limit_.Begin("192.0.2.1"), absl::ZeroDuration());
  EXPECT_EQ(limit_.Begin("192.0.2.1"), absl::Seconds(30));
  clock_.Advance(absl::Seconds(20));
  EXPECT_EQ(limit_.Begin("192.0.2.1"), absl::Seconds(10));
  clock_.Advance(absl::Seconds(10));
  EXPECT_EQ(limit_.Begin("192.0.2.1"), absl::ZeroDuration());
  EXPECT_GT(limit_.Begin("192.0.2.1"), absl::ZeroDuration());
  EXPECT_EQ(limit_.Begin("192.0.2.2"), absl::ZeroDuration());
}

TEST_F(LoginLimitTest, ALoginThatSucceedsDoesNotCount) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(limit_.Begin("192.0.2.1"), absl::ZeroDuration()) << i;
    limit_.Forget("192.0.2.1");
  }
}

TEST_F(LoginLimitTest, ManyAddressesTogetherAreHeldToo) {
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(limit_.Begin(absl::StrCat("192.0.2.", i)), absl::ZeroDuration()) << i;
  }
  EXPECT_EQ(limit_.Begin("192.0.2.9"), absl::Seconds(1));
  clock_.Advance(absl::Seconds(1));
  EXPECT_EQ(limit_.Begin("192.0.2.9"), absl::ZeroDuration());
}

TEST_F(LoginLimitTest, ALongPauseForgetsAll) {
  limit_.Begin("192.0.2.1");
  limit_.Begin("192.0.2.1");
  clock_.Advance(absl::Hours(1));
  EXPECT_EQ(limit_.Begin("192.0.2.1"), absl::ZeroDuration());
  EXPECT_EQ(limit_.Begin("192.0.2.1"), absl::ZeroDuration());
  EXPECT_EQ(limit_.Begin("192.0.2.1"), absl::Seconds(30));
}

}  // namespace
}  // namespace mesh::gateway
