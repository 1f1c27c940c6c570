#include "services/auth/audit_log.h"

#include <atomic>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>
#include <sys/stat.h>

#include "common/base/errors.h"
#include "common/base/fake_clock.h"
#include "common/base/file.h"
#include "common/base/mailbox.h"
#include "common/base/random.h"
#include "common/base/status_matchers.h"
#include "common/rpc/proto_time.h"
#include "services/auth/audit_event.h"
#include "services/auth/audit_spool.h"
#include "services/auth/store/memory_store.h"

namespace mesh::auth {
namespace {

using ::testing::ElementsAre;

// A store whose database can go away.
class FragileStore final : public AuditStore {
 public:
  std::atomic<bool> away = false;
  // How many events came in, each time that some did.
  Mailbox<size_t> stored;

  absl::Status Append(const std::vector<v1::AuditEvent>& events) override {
    if (away) return StoreUnavailable("gone");
    absl::Status appended = store_->audit().Append(events);
    stored.Put(events.size());
    return appended;
  }
  absl::StatusOr<std::vector<v1::AuditEvent>> List(const AuditFilter& filter, int64_t before,
                                                   int limit) override {
    return store_->audit().List(filter, before, limit);
  }
  absl::StatusOr<std::vector<v1::AuditEvent>> Read(int64_t first, int limit) override {
    return store_->audit().Read(first, limit);
  }
  absl::StatusOr<AuditEnds> Ends() override { return store_->audit().Ends(); }
  absl::StatusOr<int64_t> RemoveOldest(absl::Time time, int64_t limit) override {
    return store_->audit().RemoveOldest(time, limit);
  }
  absl::StatusOr<std::vector<UsageRow>> Usage(const UsageFilter& filter, int limit) override {
    return store_->audit().Usage(filter, limit);
  }
  absl::Status RemoveUsageBefore(int64_t day) override {
    return store_->audit().RemoveUsageBefore(day);
  }

  std::vector<std::string> Actions(int limit = 1000) {
    const absl::StatusOr<std::vector<v1::AuditEvent>> events = Read(1, limit);
    EXPECT_THAT(events, IsOk());
    std::vector<std::string> actions;
    for (const v1::AuditEvent& event : *events) actions.push_back(event.action());
    return actions;
  }

 private:
  std::unique_ptr<Store> store_ = NewMemoryStore();
};

class AuditLogTest : public testing::Test {
 protected:
  std::unique_ptr<AuditLog> NewLog(const AuditLogOptions& options) {
    return std::make_unique<AuditLog>(store_, clock_, metrics_, options);
  }

  AuditLogOptions WithSpool(int64_t max_bytes = 1 << 20) const {
    return {.spool_path = spool_, .max_spool_bytes = max_bytes, .retry = absl::Milliseconds(1)};
  }

  static void Record(AuditLog& log, const std::string& action) {
    log.Record({.request_id = "req_1", .actor = "key_1"}, {.action = action}, absl::OkStatus(),
               absl::Milliseconds(3));
  }

  static v1::AuditEvent Event(const std::string& action) {
    v1::AuditEvent event;
    event.set_id(RandomId("evt_"));
    event.set_action(action);
    return event;
  }

  // Brings in what waits, as the next start does.
  void Restart() { NewLog(WithSpool()); }

  FakeClock clock_;
  prometheus::Registry registry_;
  AuthMetrics metrics_{registry_};
  FragileStore store_;
  const std::string spool_ = absl::StrCat(testing::TempDir(), "/", RandomId("spool_"));
};

TEST_F(AuditLogTest, WhatIsRecordedSaysWhoDidWhatAndHowItEnded) {
  auto log = NewLog({});
  log->Record({.request_id = "req_7", .actor = "key_1"},
              {.action = "mcp_server.create",
               .account = "acc_1",
               .mcp_server = "mcp_1",
               .details = {{"name", "Worker"}}},
              McpServerNotFound("mcp_1"), absl::Milliseconds(3));
  log->Flush();

  ASSERT_OK_AND_ASSIGN(const auto events, store_.Read(1, 10));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].actor(), "key_1");
  EXPECT_EQ(events[0].action(), "mcp_server.create");
  EXPECT_EQ(events[0].account(), "acc_1");
  EXPECT_EQ(events[0].mcp_server(), "mcp_1");
  EXPECT_EQ(events[0].outcome(), "MCP_SERVER_NOT_FOUND");
  EXPECT_EQ(events[0].request_id(), "req_7");
  EXPECT_EQ(events[0].details().at("name"), "Worker");
  EXPECT_EQ(rpc::TimeOf(events[0].time()), clock_.Now());
  EXPECT_EQ(rpc::DurationOf(events[0].duration()), absl::Milliseconds(3));
}

TEST_F(AuditLogTest, TheEndOfTheProcessLosesNothing) {
  auto log = NewLog({});
  for (int i = 0; i < 100; ++i) Record(*log, "a");

  log.reset();

  EXPECT_EQ(store_.Actions().size(), 100u);
}

TEST_F(AuditLogTest, AnOutageLosesNothingAlsoWhereTheProcessEndsInIt) {
  store_.away = true;
  auto log = NewLog(WithSpool());
  Record(*log, "first");
  log->Flush();
  ASSERT_THAT(log->Append({Event("second")}), IsOk());
  Record(*log, "third");
  log.reset();
  EXPECT_THAT(store_.Actions(), ElementsAre());
  struct stat info = {};
  ASSERT_EQ(stat(spool_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);

  store_.away = false;
  Restart();

  EXPECT_THAT(store_.Actions(), ElementsAre("first", "second", "third"));
  ASSERT_EQ(stat(spool_.c_str(), &info), 0);
  EXPECT_EQ(info.st_size, 0);
}

TEST_F(AuditLogTest, WhatWaitsComesInOnceTheDatabaseIsBack) {
  store_.away = true;
  auto log = NewLog(WithSpool());
  ASSERT_THAT(log->Append({Event("first")}), IsOk());
  store_.away = false;

  store_.stored.Take();
  EXPECT_THAT(store_.Actions(), ElementsAre("first"));
}

TEST_F(AuditLogTest, WithoutADiskEventsWaitInMemoryAndOthersAreTold) {
  store_.away = true;
  auto log = NewLog({.retry = absl::Milliseconds(1)});
  Record(*log, "mine");

  EXPECT_THAT(log->Append({Event("theirs")}), HasReason("STORE_UNAVAILABLE"));

  store_.away = false;
  log->Flush();
  EXPECT_THAT(store_.Actions(), ElementsAre("mine"));
}

TEST_F(AuditLogTest, TheSpoolHasABound) {
  store_.away = true;
  auto log = NewLog(WithSpool(/*max_bytes=*/300));

  ASSERT_THAT(log->Append({Event("first")}), IsOk());
  absl::Status status;
  for (int i = 0; i < 10 && status.ok(); ++i) status = log->Append({Event("more")});

  EXPECT_THAT(status, HasReason("AUDIT_SPOOL_FULL"));
  store_.away = false;
}

TEST_F(AuditLogTest, AFullQueueGoesToTheDisk) {
  store_.away = true;
  AuditLogOptions options = WithSpool();
  options.max_queued = 0;
  auto log = NewLog(options);
  Record(*log, "spooled");
  log.reset();

  store_.away = false;
  Restart();

  EXPECT_THAT(store_.Actions(), ElementsAre("spooled"));
}

TEST_F(AuditLogTest, WhatACrashLeftHalfWrittenIsPassedOver) {
  store_.away = true;
  auto log = NewLog(WithSpool());
  ASSERT_THAT(log->Append({Event("whole")}), IsOk());
  {
    std::ofstream file(spool_, std::ios::app);
    file << "CgVldnRf";  // The begin of a line.
  }
  ASSERT_THAT(log->Append({Event("after")}), IsOk());
  log.reset();

  store_.away = false;
  Restart();

  EXPECT_THAT(store_.Actions(), ElementsAre("whole", "after"));
}

TEST_F(AuditLogTest, ALongOutageComesInByBatchesInOrder) {
  store_.away = true;
  auto log = NewLog(WithSpool());
  std::vector<std::string> actions;
  for (int i = 0; i < 1200; ++i) actions.push_back(absl::StrCat("a", i));
  std::vector<v1::AuditEvent> events;
  for (const std::string& action : actions) events.push_back(Event(action));
  ASSERT_THAT(log->Append(events), IsOk());
  log.reset();

  store_.away = false;
  Restart();

  EXPECT_EQ(store_.Actions(2000), actions);
}

// Whoever finds the queue full would else wait for the database.
TEST_F(AuditLogTest, TheSpoolTakesMoreWhileSomeOfItIsBroughtIn) {
  AuditSpool spool(spool_, 1 << 20);
  ASSERT_THAT(spool.Add({Event("first")}), IsOk());
  std::vector<std::string> taken;

  ASSERT_THAT(spool.Drain([&](const std::vector<v1::AuditEvent>& events) {
    for (const v1::AuditEvent& event : events) taken.push_back(event.action());
    return taken.size() == 1 ? spool.Add({Event("second")}) : absl::OkStatus();
  }),
              IsOk());

  EXPECT_THAT(taken, ElementsAre("first", "second"));
  EXPECT_EQ(spool.size(), 0);
}

TEST_F(AuditLogTest, AnEventThatComesTwiceIsThereOnce) {
  auto log = NewLog({});
  const v1::AuditEvent event = Event("once");

  ASSERT_THAT(log->Append({event}), IsOk());
  ASSERT_THAT(log->Append({event}), IsOk());

  EXPECT_THAT(store_.Actions(), ElementsAre("once"));
}

TEST(TidyEvent, BoundsAndCleansWhatComes) {
  const absl::Time now = absl::FromUnixSeconds(1'780'000'000);
  v1::AuditEvent event;
  event.set_tool(std::string("a\0b\x1b\n", 5));
  event.set_actor(std::string(1'000'000, 'x'));
  event.set_request_id(absl::StrCat(std::string(199, 'x'), "ü"));
  event.set_sequence(7);
  event.set_hash("forged");
  *event.mutable_time() = rpc::TimestampOf(now + absl::Hours(24 * 365));
  event.mutable_duration()->set_seconds(-5);
  (*event.mutable_details())["arguments"] = std::string(1'000'000, 'y');

  TidyEvent(now, event);

  EXPECT_EQ(event.tool(), "a?b??");
  EXPECT_EQ(event.actor().size(), 200u);
  EXPECT_EQ(event.request_id(), std::string(199, 'x'));
  EXPECT_THAT(event.id(), testing::StartsWith("evt_"));
  EXPECT_EQ(event.sequence(), 0);
  EXPECT_EQ(event.hash(), "");
  EXPECT_EQ(rpc::TimeOf(event.time()), now);
  EXPECT_EQ(event.duration().seconds(), 0);
  EXPECT_LE(event.details().at("arguments").size(), 4096u);
}

}  // namespace
}  // namespace mesh::auth
