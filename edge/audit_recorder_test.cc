#include "edge/audit_recorder.h"

#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include "common/base/errors.h"
#include "edge/fake_services.h"

namespace mesh::edge {
namespace {

auth::v1::AuditEvent Event(const std::string& tool) {
  auth::v1::AuditEvent event;
  event.set_action("tool.call");
  event.set_tool(tool);
  return event;
}

class AuditRecorderTest : public testing::Test {
 protected:
  double Count(const std::string& outcome) {
    for (const prometheus::MetricFamily& family : registry_.Collect()) {
      if (family.name != "mesh_edge_audit_events_total") continue;
      for (const prometheus::ClientMetric& metric : family.metric) {
        if (metric.label[0].value == outcome) return metric.counter.value;
      }
    }
    return -1;
  }

  FakeBackends backends_;
  prometheus::Registry registry_;
  std::unique_ptr<auth::v1::AuditService::Stub> stub_ =
      auth::v1::AuditService::NewStub(backends_.auth());
};

TEST_F(AuditRecorderTest, BringsEventsInTheirOrder) {
  AuditRecorder recorder(*stub_, registry_, {.max_batch = 2});
  for (const char* tool : {"a", "b", "c", "d", "e"}) recorder.Record(Event(tool));

  recorder.Close(absl::Now() + absl::Seconds(20));

  std::string tools;
  for (const auto& event : backends_.audit.recorded()) {
    absl::StrAppend(&tools, event.tool());
    EXPECT_THAT(event.id(), testing::StartsWith("evt_"));
    EXPECT_TRUE(event.has_time());
  }
  EXPECT_EQ(tools, "abcde");
  EXPECT_EQ(Count("sent"), 5);
  EXPECT_EQ(Count("lost"), 0);
}

TEST_F(AuditRecorderTest, KeepsWhatAuthServiceDoesNotTakeYet) {
  backends_.audit.Break(StoreUnavailable("gone"));
  AuditRecorder recorder(*stub_, registry_, {.retry = absl::Milliseconds(1)});
  recorder.Record(Event("a"));
  recorder.Record(Event("b"));
  backends_.audit.AwaitCalls(2);
  backends_.audit.Break(absl::OkStatus());

  recorder.Close(absl::Now() + absl::Seconds(20));

  EXPECT_EQ(backends_.audit.recorded().size(), 2u);
}

TEST_F(AuditRecorderTest, WhatIsRefusedIsLostAndHoldsNothingUp) {
  backends_.audit.Break(absl::UnimplementedError("Failed to parse the request."));
  AuditRecorder recorder(*stub_, registry_, {.retry = absl::Hours(1)});
  recorder.Record(Event("refused"));
  backends_.audit.AwaitCalls(1);
  backends_.audit.Break(absl::OkStatus());
  recorder.Record(Event("taken"));

  recorder.Close(absl::Now() + absl::Seconds(20));

  ASSERT_EQ(backends_.audit.recorded().size(), 1u);
  EXPECT_EQ(backends_.audit.recorded()[0].tool(), "taken");
  EXPECT_EQ(Count("lost"), 1);
  EXPECT_EQ(Count("sent"), 1);
}

TEST_F(AuditRecorderTest, AtTheEndAnOutageIsTriedThroughUntilTheDeadline) {
  backends_.audit.Break(StoreUnavailable("gone"));
  AuditRecorder recorder(*stub_, registry_, {.retry = absl::Hours(1)});
  recorder.Record(Event("a"));
  backends_.audit.AwaitCalls(1);
  std::thread back([this] {
    backends_.audit.AwaitCalls(3);
    backends_.audit.Break(absl::OkStatus());
  });

  recorder.Close(absl::Now() + absl::Seconds(20));
  back.join();

  EXPECT_EQ(backends_.audit.recorded().size(), 1u);
  EXPECT_EQ(Count("lost"), 0);
}

TEST(ToolCallEvent, SaysWhoCalledWhatWithoutItsSecrets) {
  const auth::v1::AuditEvent event = ToolCallEvent(
      {.request_id = "req_1"},
      {.actor = "mcp_1", .account = "acc_1", .mcp_server = "mcp_1", .tool = "create_meeting"},
      R"({"pwd":"hunter2"})");

  EXPECT_EQ(event.action(), "tool.call");
  EXPECT_EQ(event.actor(), "mcp_1");
  EXPECT_EQ(event.account(), "acc_1");
  EXPECT_EQ(event.mcp_server(), "mcp_1");
  EXPECT_EQ(event.tool(), "create_meeting");
  EXPECT_EQ(event.request_id(), "req_1");
  EXPECT_EQ(event.details().at("arguments"), R"({"pwd":"[redacted]"})");
}

TEST_F(AuditRecorderTest, NeverWaitsAndCountsWhatItHasNoRoomFor) {
  backends_.audit.Break(StoreUnavailable("gone"));
  AuditRecorder recorder(*stub_, registry_, {.max_queued = 1});

  for (int i = 0; i < 100; ++i) recorder.Record(Event("a"));
  recorder.Close(absl::InfinitePast());

  EXPECT_EQ(Count("lost"), 100);
  recorder.Record(Event("late"));
  EXPECT_EQ(Count("lost"), 101);
}

}  // namespace
}  // namespace mesh::edge
