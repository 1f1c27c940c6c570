// Approvals and clients over the wire.
#include <memory>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"
#include "common/base/status_matchers.h"
#include "common/rpc/context.h"
#include "common/rpc/proto_time.h"
#include "common/rpc/status.h"
#include "services/auth/store/memory_store.h"
#include "services/auth/sweeper.h"
#include "services/auth/test_service.h"
#include "services/auth/test_world.h"

namespace mesh::auth {
namespace {

using ::testing::ElementsAre;
using v1::Approval;

class Approvals : public testing::Test {
 protected:
  using Stub = v1::ApprovalService::Stub;

  Approvals() {
    v1::Account account;
    account.set_id("acc_1");
    EXPECT_THAT(store_->accounts().Insert(account, {}), IsOk());
    v1::McpServer server;
    server.set_id("mcp_1");
    server.set_account("acc_1");
    EXPECT_THAT(store_->mcp_servers().Insert(server, std::string(32, 'a')), IsOk());
  }

  static v1::ClaimApprovalRequest Wanted(char digest = 'x') {
    v1::ClaimApprovalRequest request;
    request.set_account("acc_1");
    request.set_mcp_server("mcp_1");
    request.set_tool("delete_meeting");
    request.set_arguments_sha256(std::string(32, digest));
    request.set_arguments(R"({"id":"7"})");
    return request;
  }

  absl::StatusOr<Approval> Claim(const v1::ClaimApprovalRequest& request = Wanted()) {
    return Call(*stub_, &Stub::ClaimApproval, request);
  }

  // As an operator.
  absl::StatusOr<Approval> Decide(const std::string& id, bool approved) {
    grpc::ClientContext context;
    rpc::Attach({.deadline = absl::Now() + absl::Seconds(20), .actor = "key_1"}, context);
    v1::DecideApprovalRequest request;
    request.set_id(id);
    request.set_approved(approved);
    Approval approval;
    const grpc::Status status = stub_->DecideApproval(&context, request, &approval);
    if (!status.ok()) return rpc::FromGrpc(status, "auth-service");
    return approval;
  }

  absl::StatusOr<Approval> Answer(const std::string& id, bool approved, char digest = 'x') {
    v1::AnswerApprovalRequest request;
    request.set_id(id);
    request.set_mcp_server("mcp_1");
    request.set_tool("delete_meeting");
    request.set_arguments_sha256(std::string(32, digest));
    request.set_approved(approved);
    return Call(*stub_, &Stub::AnswerApproval, request);
  }

  // `actor action outcome` of each event, oldest first.
  std::vector<std::string> Audit() {
    service_.FlushAudit();
    std::vector<std::string> shown;
    const auto events = store_->audit().Read(0, 100);
    EXPECT_THAT(events, IsOk());
    for (const v1::AuditEvent& event : events.value_or(std::vector<v1::AuditEvent>())) {
      shown.push_back(event.actor() + " " + event.action() + " " + event.outcome());
    }
    return shown;
  }

  TestWorld world_;
  std::unique_ptr<Store> store_ = NewMemoryStore();
  TestService service_{world_, *store_};
  std::unique_ptr<Stub> stub_ = v1::ApprovalService::NewStub(service_.channel());
};

TEST_F(Approvals, AnOperatorsYesLetsOneCallPassAndIsInTheAuditLog) {
  ASSERT_OK_AND_ASSIGN(const Approval pending, Claim());
  EXPECT_EQ(pending.state(), Approval::PENDING);
  EXPECT_EQ(rpc::TimeOf(pending.expire_time()), world_.clock.Now() + absl::Minutes(10));

  world_.clock.Advance(absl::Minutes(9));
  ASSERT_OK_AND_ASSIGN(const Approval approved, Decide(pending.id(), true));
  EXPECT_EQ(approved.decided_by(), "key_1");
  EXPECT_EQ(rpc::TimeOf(approved.expire_time()), world_.clock.Now() + absl::Minutes(10));
  ASSERT_OK_AND_ASSIGN(const Approval used, Claim());
  EXPECT_EQ(used.id(), pending.id());
  EXPECT_EQ(used.state(), Approval::USED);
  EXPECT_EQ(Claim()->state(), Approval::PENDING);

  EXPECT_THAT(Decide(pending.id(), false), HasReason("APPROVAL_CLOSED"));
  EXPECT_THAT(Audit(), ElementsAre(" approval.request ok", "key_1 approval.approve ok",
                                   " approval.request ok", "key_1 approval.deny APPROVAL_CLOSED"));
  v1::GetApprovalRequest get;
  get.set_id(pending.id());
  EXPECT_EQ(Call(*stub_, &Stub::GetApproval, get)->state(), Approval::USED);
}

TEST_F(Approvals, AnAnswerBeforeTheClientCountsOnceForItsCallAlone) {
  ASSERT_OK_AND_ASSIGN(const Approval pending, Claim());
  EXPECT_THAT(Answer(pending.id(), true, 'y'), HasReason("APPROVAL_NOT_FOUND"));

  EXPECT_EQ(Answer(pending.id(), true)->state(), Approval::USED);
  EXPECT_THAT(Answer(pending.id(), true), HasReason("APPROVAL_CLOSED"));
}

TEST_F(Approvals, ExpireAndAreForgottenInTheEnd) {
  ASSERT_OK_AND_ASSIGN(const Approval pending, Claim());
  world_.clock.Advance(absl::Minutes(10));

  EXPECT_THAT(Answer(pending.id(), true), HasReason("APPROVAL_CLOSED"));
  EXPECT_THAT(Decide(pending.id(), true), HasReason("APPROVAL_CLOSED"));
  v1::ListApprovalsRequest list;
  list.set_state(Approval::EXPIRED);
  EXPECT_EQ(Call(*stub_, &Stub::ListApprovals, list)->approvals_size(), 1);
  ASSERT_OK_AND_ASSIGN(const Approval again, Claim());
  EXPECT_NE(again.id(), pending.id());

  world_.clock.Advance(absl::Hours(24 * 7));
  ASSERT_THAT(Sweep(*store_, world_.clock.Now(), world_.metrics), IsOk());
  EXPECT_EQ(Call(*stub_, &Stub::ListApprovals, v1::ListApprovalsRequest())->approvals_size(), 1);
}

TEST_F(Approvals, AreListedPageByPage) {
  for (const char digest : {'a', 'b', 'c'}) {
    ASSERT_THAT(Claim(Wanted(digest)), IsOk());
    world_.clock.Advance(absl::Seconds(1));
  }
  v1::ListApprovalsRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, Call(*stub_, &Stub::ListApprovals, request));
  ASSERT_EQ(first.approvals_size(), 2);
  EXPECT_EQ(first.approvals(0).arguments_sha256()[0], 'c');
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Call(*stub_, &Stub::ListApprovals, request));
  ASSERT_EQ(second.approvals_size(), 1);
  EXPECT_EQ(second.approvals(0).arguments_sha256()[0], 'a');
  EXPECT_EQ(second.next_page_token(), "");
  request.set_page_token("forged");
  EXPECT_THAT(Call(*stub_, &Stub::ListApprovals, request), HasReason("PAGE_TOKEN_INVALID"));
}

TEST_F(Approvals, ARequestThatLacksSomethingIsRefused) {
  std::vector<v1::ClaimApprovalRequest> wrong(6, Wanted());
  wrong[0].clear_account();
  wrong[1].clear_mcp_server();
  wrong[2].clear_tool();
  wrong[3].set_tool(std::string(129, 'x'));
  wrong[4].set_arguments_sha256("short");
  wrong[5].set_arguments(std::string(5000, 'x'));
  for (const v1::ClaimApprovalRequest& request : wrong) {
    EXPECT_THAT(Claim(request), HasReason("FIELD_INVALID")) << request.ShortDebugString();
  }
  v1::ClaimApprovalRequest unknown = Wanted();
  unknown.set_mcp_server("mcp_9");
  EXPECT_THAT(Claim(unknown), HasReason("MCP_SERVER_NOT_FOUND"));
}

TEST_F(Approvals, ClientsAreRecordedAndListed) {
  const auto clients = v1::ClientService::NewStub(service_.channel());
  v1::RecordClientsRequest request;
  v1::Client& client = *request.add_clients();
  client.set_mcp_server("mcp_1");
  client.set_name("Cursor");
  client.set_introduced(true);
  client.set_era("legacy");
  *client.mutable_last_seen_time() = rpc::TimestampOf(world_.clock.Now());
  ASSERT_THAT(Call(*clients, &v1::ClientService::Stub::RecordClients, request), IsOk());

  v1::ListClientsRequest list;
  list.set_mcp_server("mcp_1");
  ASSERT_OK_AND_ASSIGN(const auto listed,
                       Call(*clients, &v1::ClientService::Stub::ListClients, list));
  ASSERT_EQ(listed.clients_size(), 1);
  EXPECT_EQ(listed.clients(0).name(), "Cursor");

  std::vector<v1::RecordClientsRequest> wrong(6, request);
  wrong[0].mutable_clients(0)->clear_mcp_server();
  wrong[1].mutable_clients(0)->set_era("stone");
  wrong[2].mutable_clients(0)->set_name(std::string(201, 'x'));
  wrong[3].mutable_clients(0)->clear_last_seen_time();
  wrong[4].mutable_clients(0)->set_list_digest("d");
  for (int i = 0; i < 1000; ++i) *wrong[5].add_clients() = client;
  for (const v1::RecordClientsRequest& refused : wrong) {
    EXPECT_THAT(Call(*clients, &v1::ClientService::Stub::RecordClients, refused),
                HasReason("FIELD_INVALID"));
  }
}

}  // namespace
}  // namespace mesh::auth
