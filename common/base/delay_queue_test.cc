#include "common/base/delay_queue.h"

#include <future>
#include <memory>
#include <vector>

#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace mesh {
namespace {

using ::testing::ElementsAre;

TEST(DelayQueue, RunsTasksInTheOrderOfTheirTimes) {
  DelayQueue queue;
  std::vector<int> order;
  std::promise<void> done;

  queue.Post(absl::Milliseconds(20), [&] {
    order.push_back(3);
    done.set_value();
  });
  queue.Post(absl::Milliseconds(10), [&] { order.push_back(2); });
  queue.Post(absl::ZeroDuration(), [&] { order.push_back(1); });

  ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_THAT(order, ElementsAre(1, 2, 3));
}

TEST(DelayQueue, ManyTasksWaitAtOnce) {
  DelayQueue queue;
  constexpr int kTasks = 10'000;
  int run = 0;
  std::promise<void> done;

  const absl::Time start = absl::Now();
  for (int i = 0; i < kTasks; ++i) {
    queue.Post(absl::Milliseconds(200), [&] {
      if (++run == kTasks) done.set_value();
    });
  }

  ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_GE(absl::Now() - start, absl::Milliseconds(200));
}

TEST(DelayQueue, StoppingDropsWhatIsNotDue) {
  DelayQueue queue;
  auto held = std::make_shared<int>(1);
  const std::weak_ptr<int> watch = held;
  queue.Post(absl::Hours(1), [held = std::move(held)] { ADD_FAILURE(); });

  queue.Stop();

  EXPECT_TRUE(watch.expired());
  queue.Post(absl::ZeroDuration(), [] { ADD_FAILURE(); });
}

}  // namespace
}  // namespace mesh
