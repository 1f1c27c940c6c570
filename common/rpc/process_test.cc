#include "common/rpc/process.h"

#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/file.h"
#include "common/base/status_matchers.h"

namespace mesh::rpc {
namespace {

// Notes what is asked of it, and asks the process to stop as soon as it is named in the address
// file.
class FakeListener final : public Listener {
 public:
  std::string name() const override { return "grpc"; }
  std::string address() const override {
    kill(getpid(), SIGTERM);  // Pending until the process waits for it.
    return "127.0.0.1:7";
  }
  void StopBeingReady() override { events_ += "not ready;"; }
  void Shutdown(absl::Time) override { events_ += "shut down;"; }

  const std::string& events() const { return events_; }

 private:
  std::string events_;
};

class ProcessTest : public ::testing::Test {
 protected:
  // The log has a thread, which a plain fork would not take along.
  ProcessTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  // Before the threads of the test: it takes the signals from all of them.
  StopSignal stop_;
  FakeListener listener_;
  std::shared_ptr<prometheus::Registry> registry_ = std::make_shared<prometheus::Registry>();
};

TEST_F(ProcessTest, SaysWhereItListensAndDrainsInOrder) {
  config::v1::ServiceConfig config;
  config.set_address_file(absl::StrCat(std::getenv("TEST_TMPDIR"), "/addresses.json"));

  EXPECT_EQ(RunUntilStopped(config, "a-service", registry_, {&listener_}, stop_), 0);

  EXPECT_EQ(listener_.events(), "not ready;shut down;");
  ASSERT_OK_AND_ASSIGN(const std::string text, ReadFile(config.address_file()));
  const auto addresses = nlohmann::json::parse(text);
  EXPECT_EQ(addresses["grpc"], "127.0.0.1:7");
  EXPECT_THAT(addresses["metrics"].get<std::string>(), ::testing::StartsWith("127.0.0.1:"));
  EXPECT_NE(addresses["metrics"], "127.0.0.1:0");
}

TEST_F(ProcessTest, EndsWithTheReasonWhereTheAddressFileCannotBeWritten) {
  config::v1::ServiceConfig config;
  config.set_metrics_listen("off");
  config.set_address_file("/nowhere/addresses.json");
  EXPECT_EXIT(RunUntilStopped(config, "a-service", registry_, {&listener_}, stop_),
              ::testing::ExitedWithCode(2), "/nowhere/addresses.json");
}

TEST_F(ProcessTest, EndsWithTheReasonWhereTheMetricsPortIsNoAddress) {
  config::v1::ServiceConfig config;
  config.set_metrics_listen("nonsense");
  EXPECT_EXIT(RunUntilStopped(config, "a-service", registry_, {&listener_}, stop_),
              ::testing::ExitedWithCode(2), "nonsense");
}

}  // namespace
}  // namespace mesh::rpc
