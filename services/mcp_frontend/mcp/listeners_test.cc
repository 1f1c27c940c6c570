#include "services/mcp_frontend/mcp/listeners.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "common/base/mailbox.h"

namespace mesh::mcp {
namespace {

class FakeListener final : public Listener {
 public:
  void Tell(const Change& change) override { said.Put(change.tools ? "tools" : "other"); }
  void End() override { said.Put("end"); }

  Mailbox<std::string> said;
};

class FakeLease final : public Lease {
 public:
  void Check(Checked checked) override { std::move(checked)(standing.exchange(Standing::kSame)); }
  std::atomic<Standing> standing = Standing::kSame;
};

class ListenersTest : public testing::Test {
 protected:
  ~ListenersTest() override { timer_.Stop(); }

  DelayQueue timer_;
  Listeners listeners_{timer_, absl::Milliseconds(1)};
  std::shared_ptr<FakeListener> listener_ = std::make_shared<FakeListener>();
  std::shared_ptr<FakeLease> lease_ = std::make_shared<FakeLease>();
};

TEST_F(ListenersTest, HearOfTheirTenantsChangesUntilTheyGo) {
  listeners_.Add(listener_, "a", nullptr);
  listeners_.Tell("b", {.tools = true});
  listeners_.Tell("a", {.prompts = true});
  listeners_.Tell("", {.tools = true});
  listeners_.Remove(listener_.get());
  listeners_.Tell("", {.tools = true});
  EXPECT_EQ(listener_->said.Take(), "other");
  EXPECT_EQ(listener_->said.Take(), "tools");
  EXPECT_EQ(listener_->said.size(), 0);
}

TEST_F(ListenersTest, HearOfAChangeOfTheirLease) {
  listeners_.Add(listener_, "a", lease_);
  lease_->standing = Lease::Standing::kChanged;
  EXPECT_EQ(listener_->said.Take(), "tools");
  EXPECT_EQ(listeners_.size(), 1);
}

TEST_F(ListenersTest, EndWithTheirLease) {
  listeners_.Add(listener_, "a", lease_);
  lease_->standing = Lease::Standing::kEnded;
  EXPECT_EQ(listener_->said.Take(), "end");
  EXPECT_EQ(listeners_.size(), 0);
}

TEST_F(ListenersTest, AreAskedAtOnceWhereSomethingHasChanged) {
  Listeners rarely(timer_, absl::Hours(1));
  rarely.Add(listener_, "a", lease_);
  lease_->standing = Lease::Standing::kEnded;
  rarely.Recheck();
  EXPECT_EQ(listener_->said.Take(), "end");
  timer_.Stop();
}

TEST_F(ListenersTest, AllEndAtTheEndAndThoseToComeAsWell) {
  listeners_.Add(listener_, "a", nullptr);
  listeners_.Close();
  EXPECT_EQ(listener_->said.Take(), "end");
  listeners_.Add(listener_, "a", nullptr);
  EXPECT_EQ(listener_->said.Take(), "end");
  EXPECT_EQ(listeners_.size(), 0);
}

}  // namespace
}  // namespace mesh::mcp
