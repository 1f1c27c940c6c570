// The audit log over the wire: what management actions leave, what others record, and what shows.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/status_matchers.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/memory_store.h"
#include "services/auth/sweeper.h"
#include "services/auth/test_service.h"
#include "services/auth/test_world.h"

namespace mesh::auth {
namespace {

using ::testing::ElementsAre;

class Audit : public testing::Test {
 protected:
  using Stub = v1::AuditService::Stub;

  v1::AuditEvent ToolCall(int number, const std::string& outcome = "ok") {
    v1::AuditEvent event;
    event.set_id(absl::StrCat("evt_", number));
    *event.mutable_time() = rpc::TimestampOf(world_.clock.Now());
    event.set_actor("mcp_1");
    event.set_action("tool.call");
    event.set_account("acc_1");
    event.set_mcp_server("mcp_1");
    event.set_tool("list_users");
    event.set_outcome(outcome);
    *event.mutable_duration() = rpc::ProtoDurationOf(absl::Milliseconds(20));
    return event;
  }

  void Record(const std::vector<v1::AuditEvent>& events) {
    v1::RecordEventsRequest request;
    for (const v1::AuditEvent& event : events) *request.add_events() = event;
    EXPECT_THAT(Call(*stub_, &Stub::RecordEvents, request), IsOk());
  }

  std::vector<v1::AuditEvent> List(const v1::ListAuditEventsRequest& request = {}) {
    const auto listed = Call(*stub_, &Stub::ListAuditEvents, request);
    EXPECT_THAT(listed, IsOk());
    if (!listed.ok()) return {};
    return {listed->events().begin(), listed->events().end()};
  }

  absl::StatusOr<v1::VerifyAuditResponse> Verify(int64_t start = 0) {
    v1::VerifyAuditRequest request;
    request.set_start_sequence(start);
    return Call(*stub_, &Stub::VerifyAudit, request);
  }

  TestWorld world_;
  std::unique_ptr<Store> store_ = NewMemoryStore();
  TestService service_{world_, *store_};
  std::unique_ptr<Stub> stub_ = v1::AuditService::NewStub(service_.channel());
};

TEST_F(Audit, ManagementActionsAreThereWithWhoAndWhatAndHowTheyEnded) {
  const auto accounts = v1::AccountService::NewStub(service_.channel());
  const auto servers = v1::McpServerService::NewStub(service_.channel());
  const auto keys = v1::ApiKeyService::NewStub(service_.channel());
  world_.zoho.Answer(TokenGranted("access-secret"));
  world_.zoho.Answer(UserJson("100", ""));
  v1::CreateAccountRequest connect;
  connect.set_region("eu");
  connect.set_refresh_token("1000.refresh-secret");
  ASSERT_OK_AND_ASSIGN(const auto account,
                       Call(*accounts, &v1::AccountService::Stub::CreateAccount, connect));
  v1::CreateMcpServerRequest create;
  create.set_account(account.id());
  create.set_name("Worker");
  create.mutable_config()->add_methods("read");
  ASSERT_OK_AND_ASSIGN(const auto server,
                       Call(*servers, &v1::McpServerService::Stub::CreateMcpServer, create));
  v1::DeleteMcpServerRequest remove;
  remove.set_account(account.id());
  remove.set_id("mcp_none");
  EXPECT_THAT(Call(*servers, &v1::McpServerService::Stub::DeleteMcpServer, remove),
              HasReason("MCP_SERVER_NOT_FOUND"));
  v1::CreateApiKeyRequest key;
  key.set_name("n");
  key.set_role(v1::ApiKey::VIEWER);
  ASSERT_OK_AND_ASSIGN(const auto made, Call(*keys, &v1::ApiKeyService::Stub::CreateApiKey, key));
  service_.FlushAudit();

  const std::vector<v1::AuditEvent> events = List();

  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].action(), "api_key.create");
  EXPECT_EQ(events[0].details().at("key"), made.api_key().id());
  EXPECT_EQ(events[1].action(), "mcp_server.delete");
  EXPECT_EQ(events[1].outcome(), "MCP_SERVER_NOT_FOUND");
  EXPECT_EQ(events[2].action(), "mcp_server.create");
  EXPECT_EQ(events[2].mcp_server(), server.mcp_server().id());
  EXPECT_EQ(events[2].details().at("methods"), "read");
  EXPECT_EQ(events[3].action(), "account.connect");
  EXPECT_EQ(events[3].account(), account.id());
  EXPECT_EQ(events[3].outcome(), "ok");
  for (const v1::AuditEvent& event : events) {
    const std::string text = event.ShortDebugString();
    for (const std::string& secret : {std::string("-secret"), server.token(), made.key()}) {
      EXPECT_THAT(text, testing::Not(testing::HasSubstr(secret)));
    }
  }
}

TEST_F(Audit, IsListedPageByPageAndByFilter) {
  Record({ToolCall(1), ToolCall(2, "ZOHO_REFUSED"), ToolCall(3)});
  v1::ListAuditEventsRequest request;
  request.set_page_size(2);

  ASSERT_OK_AND_ASSIGN(const auto first, Call(*stub_, &Stub::ListAuditEvents, request));
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Call(*stub_, &Stub::ListAuditEvents, request));

  ASSERT_EQ(first.events_size(), 2);
  EXPECT_EQ(first.events(0).id(), "evt_3");
  ASSERT_EQ(second.events_size(), 1);
  EXPECT_EQ(second.events(0).id(), "evt_1");
  EXPECT_EQ(second.next_page_token(), "");
  v1::ListAuditEventsRequest errors;
  errors.set_outcome("error");
  ASSERT_EQ(List(errors).size(), 1u);
  v1::ListAuditEventsRequest later;
  *later.mutable_start_time() = rpc::TimestampOf(world_.clock.Now() + absl::Seconds(1));
  EXPECT_TRUE(List(later).empty());
  *later.mutable_end_time() = rpc::TimestampOf(world_.clock.Now());
  EXPECT_THAT(Call(*stub_, &Stub::ListAuditEvents, later), HasReason("FIELD_INVALID"));
  v1::ListAuditEventsRequest forged;
  forged.set_page_token("forged");
  EXPECT_THAT(Call(*stub_, &Stub::ListAuditEvents, forged), HasReason("PAGE_TOKEN_INVALID"));
}

TEST_F(Audit, AnUntouchedLogIsIntactAlsoAfterItsOldestHaveGone) {
  ASSERT_OK_AND_ASSIGN(const auto empty, Verify());
  EXPECT_TRUE(empty.intact());
  EXPECT_EQ(empty.events(), 0);
  Record({ToolCall(1), ToolCall(2)});
  world_.clock.Advance(absl::Hours(24 * 10));
  Record({ToolCall(3), ToolCall(4)});

  ASSERT_OK_AND_ASSIGN(const auto whole, Verify());
  EXPECT_TRUE(whole.intact()) << whole.problem();
  EXPECT_EQ(whole.events(), 4);
  EXPECT_EQ(whole.next_sequence(), 0);
  ASSERT_OK_AND_ASSIGN(const auto part, Verify(3));
  EXPECT_TRUE(part.intact()) << part.problem();
  EXPECT_EQ(part.events(), 2);
  ASSERT_THAT(Sweep(*store_, world_.clock.Now(), world_.metrics, {.audit = absl::Hours(24 * 5)}),
              IsOk());
  ASSERT_OK_AND_ASSIGN(const auto rest, Verify());
  EXPECT_TRUE(rest.intact()) << rest.problem();
  EXPECT_EQ(rest.first_sequence(), 3);
  EXPECT_EQ(rest.events(), 2);
}

TEST_F(Audit, CountsToolCallsByDay) {
  Record({ToolCall(1), ToolCall(2, "ZOHO_REFUSED")});
  world_.clock.Advance(absl::Hours(24));
  Record({ToolCall(3)});

  ASSERT_OK_AND_ASSIGN(const auto usage, Call(*stub_, &Stub::ListUsage, v1::ListUsageRequest()));

  ASSERT_EQ(usage.usage_size(), 2);
  EXPECT_EQ(usage.usage(0).calls(), 2);
  EXPECT_EQ(usage.usage(0).errors(), 1);
  EXPECT_EQ(usage.usage(0).tool(), "list_users");
  EXPECT_EQ(rpc::DurationOf(usage.usage(0).total_duration()), absl::Milliseconds(40));
  EXPECT_LT(usage.usage(0).date(), usage.usage(1).date());
  v1::ListUsageRequest request;
  request.set_start_date(usage.usage(1).date());
  ASSERT_OK_AND_ASSIGN(const auto last, Call(*stub_, &Stub::ListUsage, request));
  EXPECT_EQ(last.usage_size(), 1);
  for (const char* date : {"yesterday", "2026-13-01", "0001-01-01", "99999-01-01"}) {
    request.set_start_date(date);
    EXPECT_THAT(Call(*stub_, &Stub::ListUsage, request), HasReason("FIELD_INVALID")) << date;
  }
}

TEST_F(Audit, TakesABoundedNumberAtATime) {
  v1::RecordEventsRequest request;
  for (int i = 0; i < 1001; ++i) *request.add_events() = ToolCall(i);

  EXPECT_THAT(Call(*stub_, &Stub::RecordEvents, request), HasReason("FIELD_INVALID"));
}

}  // namespace
}  // namespace mesh::auth
