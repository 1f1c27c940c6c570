#include "common/base/thread_pool.h"

#include <atomic>
#include <future>
#include <latch>
#include <memory>

#include <gtest/gtest.h>

namespace mesh {
namespace {

// Occupies threads of a pool until it is opened.
class Gate {
 public:
  Gate(ThreadPool& pool, int threads, absl::string_view tenant = {}) {
    // The tasks may outlive the gate: they own what they touch.
    auto entered = std::make_shared<std::latch>(threads);
    const std::shared_future<void> opened = open_.get_future().share();
    for (int i = 0; i < threads; ++i) {
      const bool taken = pool.TryPost(
          [entered, opened] {
            entered->count_down();
            opened.wait();
          },
          tenant);
      EXPECT_TRUE(taken);
      if (!taken) entered->count_down();
    }
    entered->wait();
  }

  void Open() { open_.set_value(); }

 private:
  std::promise<void> open_;
};

TEST(ThreadPool, RunsEveryTaskBeforeItEnds) {
  std::atomic<int> ran = 0;
  {
    ThreadPool pool(4, 1000);
    for (int i = 0; i < 1000; ++i) ASSERT_TRUE(pool.TryPost([&ran] { ++ran; }));
  }
  EXPECT_EQ(ran, 1000);
}

TEST(ThreadPool, RefusesAtOnceWhenItsQueueIsFull) {
  ThreadPool pool(1, 2);
  Gate gate(pool, 1);
  EXPECT_TRUE(pool.TryPost([] {}));
  EXPECT_TRUE(pool.TryPost([] {}));
  EXPECT_EQ(pool.queued(), 2);
  EXPECT_FALSE(pool.TryPost([] {}));
  gate.Open();
}

TEST(ThreadPool, LeavesTheOthersTheirShareOfAHangingTenant) {
  ThreadPool pool(8, 8);  // A quarter of both is 4.
  Gate gate(pool, 4, "hangs");
  EXPECT_FALSE(pool.TryPost([] {}, "hangs"));

  std::promise<void> served;
  EXPECT_TRUE(pool.TryPost([&] { served.set_value(); }, "other"));
  served.get_future().wait();
  gate.Open();
}

TEST(ThreadPool, GivesATenantItsPlaceBackWhenItsTaskEnds) {
  ThreadPool pool(1, 3);  // A quarter of both is 1.
  for (int i = 0; i < 50; ++i) {
    // The place is free only after the task and what it holds are gone: wait for the next task
    // instead.
    std::promise<void> after;
    ASSERT_TRUE(pool.TryPost([] {}, "tenant"));
    ASSERT_TRUE(pool.TryPost([&] { after.set_value(); }));
    after.get_future().wait();
  }
}

TEST(ThreadPool, DestroysWhatATaskHoldsWithoutHoldingItsLock) {
  ThreadPool pool(1, 10);
  std::promise<size_t> queued;
  // Asks the pool from the destructor of a task.
  auto guard = std::shared_ptr<void>(nullptr, [&](void*) { queued.set_value(pool.queued()); });
  ASSERT_TRUE(pool.TryPost([guard = std::move(guard)] {}));
  EXPECT_EQ(queued.get_future().get(), 0);
}

}  // namespace
}  // namespace mesh
