#include "common/rpc/cancellation.h"

#include <atomic>
#include <thread>

#include <gtest/gtest.h>

namespace mesh::rpc {
namespace {

TEST(Cancellation, TellsWhoeverAskedBefore) {
  Cancellation cancellation;
  int told = 0;
  cancellation.Notify([&] { ++told; });
  EXPECT_EQ(told, 0);

  cancellation.Set();
  cancellation.Set();

  EXPECT_EQ(told, 1);
}

TEST(Cancellation, TellsWhoeverAsksAfterwardsAtOnce) {
  Cancellation cancellation;
  cancellation.Set();
  int told = 0;
  cancellation.Notify([&] { ++told; });
  EXPECT_EQ(told, 1);
}

TEST(Cancellation, TellsOnceHoweverTheTwoMeet) {
  for (int i = 0; i < 1000; ++i) {
    Cancellation cancellation;
    std::atomic<int> told = 0;
    std::thread setter([&] { cancellation.Set(); });
    cancellation.Notify([&] { ++told; });
    setter.join();
    ASSERT_EQ(told, 1);
  }
}

}  // namespace
}  // namespace mesh::rpc
