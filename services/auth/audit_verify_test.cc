#include "services/auth/audit_verify.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/status_matchers.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/audit_hash.h"
#include "services/auth/store/memory_store.h"

namespace mesh::auth {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'780'000'000);
const absl::Time kNever = absl::InfiniteFuture();

// A log that somebody with the database in their hands has changed.
class ChangedStore final : public AuditStore {
 public:
  // Of all events and of the ends.
  std::function<void(std::vector<v1::AuditEvent>&, AuditEnds&)> change;

  // Of the store, before each time that events are read.
  std::function<void(AuditStore&)> before_read;

  absl::Status Append(const std::vector<v1::AuditEvent>& events) override {
    return store_->audit().Append(events);
  }
  absl::StatusOr<std::vector<v1::AuditEvent>> Read(int64_t first, int limit) override {
    if (before_read) before_read(store_->audit());
    std::vector<v1::AuditEvent> result;
    for (const v1::AuditEvent& event : Changed().first) {
      if (event.sequence() >= first && static_cast<int>(result.size()) < limit) {
        result.push_back(event);
      }
    }
    return result;
  }
  absl::StatusOr<AuditEnds> Ends() override { return Changed().second; }
  absl::StatusOr<std::vector<v1::AuditEvent>> List(const AuditFilter&, int64_t, int) override {
    return std::vector<v1::AuditEvent>();
  }
  absl::StatusOr<int64_t> RemoveOldest(absl::Time time, int64_t limit) override {
    return store_->audit().RemoveOldest(time, limit);
  }
  absl::StatusOr<std::vector<UsageRow>> Usage(const UsageFilter&, int) override {
    return std::vector<UsageRow>();
  }
  absl::Status RemoveUsageBefore(int64_t) override { return absl::OkStatus(); }

 private:
  std::pair<std::vector<v1::AuditEvent>, AuditEnds> Changed() {
    auto events = *store_->audit().Read(1, 100'000);
    AuditEnds ends = *store_->audit().Ends();
    if (change) change(events, ends);
    return {std::move(events), ends};
  }

  std::unique_ptr<Store> store_ = NewMemoryStore();
};

class VerifyAudit : public testing::Test {
 protected:
  VerifyAudit() { Add(5); }

  void Add(int count) {
    std::vector<v1::AuditEvent> events;
    for (int i = 0; i < count; ++i) {
      v1::AuditEvent event;
      event.set_id(absl::StrCat("evt_", ++added_));
      *event.mutable_time() = rpc::TimestampOf(kNow + absl::Seconds(added_));
      event.set_action("tool.call");
      event.set_actor("mcp_1");
      (*event.mutable_details())["arguments"] = "{}";
      events.push_back(event);
    }
    EXPECT_THAT(store_.Append(events), IsOk());
  }

  ChangedStore store_;
  int added_ = 0;
};

TEST_F(VerifyAudit, FindsNothingInALogAsItWasWritten) {
  ASSERT_OK_AND_ASSIGN(const auto found, VerifyAuditLog(store_, 0, 100, kNever));
  EXPECT_TRUE(found.intact()) << found.problem();
  EXPECT_EQ(found.events(), 5);
  EXPECT_EQ(found.last_sequence(), 5);
}

struct Row {
  std::string what;
  std::function<void(std::vector<v1::AuditEvent>&, AuditEnds&)> change;
  int64_t broken = 0;
};

TEST_F(VerifyAudit, FindsWhateverWasChanged) {
  const Row rows[] = {
      {"actor", [](auto& events, auto&) { events[2].set_actor("mcp_2"); }, 3},
      {"detail", [](auto& events, auto&) { (*events[1].mutable_details())["arguments"] = "{ }"; },
       2},
      {"detail added", [](auto& events, auto&) { (*events[1].mutable_details())["x"] = ""; }, 2},
      {"time", [](auto& events, auto&) { events[0].mutable_time()->set_nanos(1000); }, 1},
      {"moved between fields",
       [](auto& events, auto&) {
         events[0].set_actor("mcp_");
         events[0].set_action("1tool.call");
       },
       1},
      {"one gone", [](auto& events, auto&) { events.erase(events.begin() + 1); }, 2},
      {"first gone", [](auto& events, auto&) { events.erase(events.begin()); }, 1},
      {"last gone", [](auto& events, auto&) { events.pop_back(); }, 5},
      {"all gone", [](auto& events, auto&) { events.clear(); }, 1},
      {"swapped", [](auto& events, auto&) { std::swap(events[1], events[2]); }, 2},
      {"hash made anew",
       [](auto& events, auto&) {
         events[2].set_actor("mcp_2");
         events[2].set_hash(AuditHash(events[1].hash(), events[2]));
       },
       4},
      {"last changed, hash made anew",
       [](auto& events, auto&) {
         events[4].set_actor("mcp_2");
         events[4].set_hash(AuditHash(events[3].hash(), events[4]));
       },
       5},
      {"removed as if for its age",
       [](auto& events, auto& ends) {
         events.erase(events.begin());
         ends.removed.sequence = 1;
       },
       2},
  };
  for (const Row& row : rows) {
    store_.change = row.change;
    ASSERT_OK_AND_ASSIGN(const auto found, VerifyAuditLog(store_, 0, 100, kNever));
    EXPECT_FALSE(found.intact()) << row.what;
    EXPECT_EQ(found.broken_sequence(), row.broken) << row.what << ": " << found.problem();
  }
}

TEST_F(VerifyAudit, FindsNothingWhereOldEventsAreRemovedMeanwhile) {
  Add(2495);
  int reads = 0;
  // The first two pieces lose what is yet to be read of them and more.
  store_.before_read = [&](AuditStore& store) {
    if (++reads <= 2) {
      EXPECT_THAT(store.RemoveOldest(kNow + absl::Hours(2), /*limit=*/700), IsOk());
    }
  };

  ASSERT_OK_AND_ASSIGN(const auto found, VerifyAuditLog(store_, 0, 10'000, kNever));

  EXPECT_TRUE(found.intact()) << found.broken_sequence() << ": " << found.problem();
  EXPECT_EQ(found.last_sequence(), 2500);
}

TEST_F(VerifyAudit, FindsNothingWhereTheEventBeforeItsStartIsRemovedMeanwhile) {
  store_.before_read = [](AuditStore& store) {
    EXPECT_THAT(store.RemoveOldest(kNow + absl::Seconds(3), /*limit=*/10), IsOk());
  };

  ASSERT_OK_AND_ASSIGN(const auto found, VerifyAuditLog(store_, 3, 100, kNever));

  EXPECT_TRUE(found.intact()) << found.problem();
  EXPECT_EQ(found.first_sequence(), 3);
  EXPECT_EQ(found.events(), 3);
}

TEST_F(VerifyAudit, FindsNothingWhereAllOfItIsRemovedMeanwhile) {
  store_.before_read = [](AuditStore& store) {
    EXPECT_THAT(store.RemoveOldest(kNow + absl::Hours(1), /*limit=*/10), IsOk());
  };

  ASSERT_OK_AND_ASSIGN(const auto found, VerifyAuditLog(store_, 0, 100, kNever));

  EXPECT_TRUE(found.intact()) << found.problem();
  EXPECT_EQ(found.events(), 0);
}

TEST_F(VerifyAudit, FindsWhatWasChangedAlsoWhereOldEventsAreRemovedMeanwhile) {
  store_.change = [](auto& events, auto&) { events.back().set_actor("mcp_2"); };
  store_.before_read = [](AuditStore& store) {
    EXPECT_THAT(store.RemoveOldest(kNow + absl::Seconds(4), /*limit=*/10), IsOk());
  };

  ASSERT_OK_AND_ASSIGN(const auto found, VerifyAuditLog(store_, 0, 100, kNever));

  EXPECT_FALSE(found.intact());
  EXPECT_EQ(found.broken_sequence(), 5);
}

TEST_F(VerifyAudit, GoesOnWhereItStopped) {
  Add(2000);
  ASSERT_OK_AND_ASSIGN(const auto first, VerifyAuditLog(store_, 0, 1000, kNever));
  EXPECT_TRUE(first.intact());
  EXPECT_EQ(first.next_sequence(), 1001);

  ASSERT_OK_AND_ASSIGN(const auto second,
                       VerifyAuditLog(store_, first.next_sequence(), 10'000, kNever));
  EXPECT_TRUE(second.intact()) << second.problem();
  EXPECT_EQ(second.last_sequence(), 2005);
  EXPECT_EQ(second.next_sequence(), 0);
  ASSERT_OK_AND_ASSIGN(const auto late, VerifyAuditLog(store_, 0, 10'000, absl::InfinitePast()));
  EXPECT_EQ(late.events(), 0);
  EXPECT_EQ(late.next_sequence(), 1);
}

}  // namespace
}  // namespace mesh::auth
