// Three auth-services on one PostgreSQL, three front ends before them, and a fake Zoho behind.
#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/hash.h"
#include "common/base/mailbox.h"
#include "common/base/random.h"
#include "common/base/status_matchers.h"
#include "common/net/curl_http_client.h"
#include "common/net/http_client.h"
#include "common/rpc/channel.h"
#include "common/rpc/test_call.h"
#include "mesh/auth/v1/accounts.grpc.pb.h"
#include "mesh/auth/v1/mcp_servers.grpc.pb.h"
#include "mesh/auth/v1/tokens.grpc.pb.h"
#include "services/auth/store/test_postgres.h"
#include "tests/replicas/program.h"

namespace mesh::tests {
namespace {

using auth::v1::AccessToken;
using auth::v1::AccountService;
using auth::v1::GetAccessTokenRequest;
using auth::v1::McpServerService;
using auth::v1::TokenService;
using nlohmann::json;
using rpc::Call;

constexpr char kAuthService[] = "services/auth/auth-service";
constexpr char kFrontend[] = "services/mcp_frontend/mcp-frontend-service";
constexpr char kFakeZoho[] = "tests/fake_zoho/fake-zoho";

constexpr int kReplicas = 3;

// Of a replica's turn to ask Zoho: the configured patience and two seconds.
constexpr absl::Duration kTokenRequestTimeout = absl::Seconds(2);
const absl::Duration kLeaseTime = kTokenRequestTimeout + absl::Seconds(2);

std::string NewPath(const std::string& name) {
  return absl::StrCat(testing::TempDir(), "/", RandomId(absl::StrCat(name, "_")));
}

std::string NewSecretFile(const std::string& content) {
  std::string path = NewPath("secret");
  EXPECT_THAT(WriteFileAtomically(path, content), IsOk());
  return path;
}

// An auth-service and what is called of it.
struct AuthReplica {
  std::string log = {};
  std::unique_ptr<Program> program = {};
  std::string address = {};
  std::unique_ptr<AccountService::Stub> accounts = {};
  std::unique_ptr<McpServerService::Stub> mcp_servers = {};
  std::unique_ptr<TokenService::Stub> tokens = {};
};

struct Frontend {
  std::unique_ptr<Program> program = {};
  std::string url = {};
};

class Replicas : public testing::Test {
 protected:
  static void SetUpTestSuite() { world_ = std::make_unique<World>(); }
  static void TearDownTestSuite() { world_.reset(); }

  struct World {
    World() {
      const std::string address_file = NewPath("zoho");
      zoho = std::make_unique<Program>(
          kFakeZoho, std::vector<std::string>{absl::StrCat("--address_file=", address_file)},
          NewPath("zoho.log"));
      zoho_addresses = zoho->AwaitAddresses(address_file);
      const json& seed = zoho_addresses["seed"]["us"];
      client_secret = seed["client_secret"].get<std::string>();
      refresh_token = seed["refresh_token"].get<std::string>();
      secrets = {client_secret, refresh_token, api_key, seal_key, new_seal_key};
      for (int i = 0; i < kReplicas; ++i) StartAuth(i);
      EXPECT_THAT(Connect(), IsOk());
    }

    // What all auth-services have in common, but for their keys.
    std::string AuthConfig(const std::string& store) const {
      const json& hosts = zoho_addresses["regions"]["us"];
      return absl::StrCat(store, " bootstrap_api_key_file: \"", api_key_file,
                          "\" regions { code: \"us\" name: ", "\"US\" accounts_url: \"",
                          hosts["accounts_url"].get<std::string>(), "\" meeting_url: \"",
                          hosts["meeting_url"].get<std::string>(),
                          "\" } oauth_clients { regions: \"us\" client_id: \"",
                          zoho_addresses["seed"]["us"]["client_id"].get<std::string>(),
                          "\" client_secret_file: \"", client_secret_file(),
                          "\" } token_request_timeout { seconds: ",
                          absl::ToInt64Seconds(kTokenRequestTimeout), " } ");
    }

    std::string client_secret_file() const { return NewSecretFile(client_secret); }

    std::string Postgres() const {
      return absl::StrCat("postgres { url: \"", database.url, "\" }");
    }

    // The old key seals; the new one may come any time.
    std::string OldKeys() const {
      return absl::StrCat("seal_key_file: \"", seal_key_file, "\" other_seal_key_files: \"",
                          new_seal_key_file, "\" ");
    }

    void StartAuth(int i) { auths[i] = Start(AuthConfig(Postgres()) + OldKeys()); }

    AuthReplica Start(const std::string& config) {
      AuthReplica replica;
      replica.log = NewPath("auth.log");
      logs.push_back(replica.log);
      const std::string address_file = NewPath("auth");
      replica.program = std::make_unique<Program>(
          kAuthService,
          std::vector<std::string>{absl::StrCat("--set=", config, "service { address_file: \"",
                                                address_file, "\" log_level: \"debug\" }")},
          replica.log);
      replica.address = replica.program->AwaitAddresses(address_file)["grpc"].get<std::string>();
      const auto channel = rpc::MakeLoopbackChannel(replica.address);
      replica.accounts = AccountService::NewStub(channel);
      replica.mcp_servers = McpServerService::NewStub(channel);
      replica.tokens = TokenService::NewStub(channel);
      return replica;
    }

    // Each asks any of the auth-services.
    Frontend StartFrontend() {
      std::vector<std::string> addresses;
      for (const AuthReplica& auth : auths) addresses.push_back(auth.address);
      const std::string address_file = NewPath("frontend");
      const std::string log = NewPath("frontend.log");
      logs.push_back(log);
      Frontend frontend;
      frontend.program = std::make_unique<Program>(
          kFrontend,
          std::vector<std::string>{absl::StrCat(
              "--set=auth_service: \"ipv4:", absl::StrJoin(addresses, ","),
              "\" zoho_proxy_service: \"127.0.0.1:1\" management_listen: \"off\" http_threads: 1 ",
              "service { address_file: \"", address_file, "\" }")},
          log);
      frontend.url = absl::StrCat(
          "http://", frontend.program->AwaitAddresses(address_file)["mcp"].get<std::string>());
      return frontend;
    }

    absl::Status Connect() {
      auth::v1::CreateAccountRequest request;
      request.set_region("us");
      request.set_refresh_token(refresh_token);
      const auto connected =
          Call(*auths[0].accounts, &AccountService::Stub::CreateAccount, request);
      if (connected.ok()) account = connected->id();
      return connected.status();
    }

    // `/__fake/<control>` of the fake Zoho.
    json Fake(const std::string& method, const std::string& control, const json& body = {}) {
      net::HttpRequest request{.method = method,
                               .url = absl::StrCat(zoho_addresses["meeting_url"].get<std::string>(),
                                                   "/__fake/", control)};
      if (!body.is_null()) request.body = body.dump();
      const auto answer = net::SendAndWait(http, request);
      EXPECT_THAT(answer, IsOk());
      EXPECT_EQ(answer->status, 200) << answer->body;
      return json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
    }

    // Token requests that the fake Zoho has seen since the journal was emptied.
    int TokenRequests() {
      const json journal = Fake("GET", "requests?role=accounts&grant_type=refresh_token");
      return static_cast<int>(journal["requests"].size());
    }

    // In the database, before anybody holds it in memory.
    void ExpireToken() { Sql("UPDATE tokens SET expire_time = 0"); }

    void Sql(const std::string& statement) { EXPECT_TRUE(TrySql(statement)); }
    bool TrySql(const std::string& statement) {
      return postgres.Succeeds(absl::StrCat("psql --quiet --dbname=", database.name, " -c \"",
                                            statement, "\" >/dev/null 2>&1"));
    }

    auth::TestPostgres postgres;
    auth::TestPostgres::Database database = postgres.NewDatabase();
    net::CurlHttpClient http;
    std::unique_ptr<Program> zoho;
    json zoho_addresses;

    std::string api_key = absl::StrCat("api-key-", RandomId(""), "-of-more-than-32-characters");
    std::string api_key_file = NewSecretFile(api_key);
    std::string seal_key = absl::Base64Escape(RandomBytes(32));
    std::string seal_key_file = NewSecretFile(seal_key);
    std::string new_seal_key = absl::Base64Escape(RandomBytes(32));
    std::string new_seal_key_file = NewSecretFile(new_seal_key);
    std::string client_secret;
    std::string refresh_token;
    // Each one that was in use, and where none of them may be.
    std::set<std::string> secrets;
    std::vector<std::string> logs;

    std::array<AuthReplica, kReplicas> auths;
    std::string account;
  };

  static World& world() { return *world_; }

  static absl::StatusOr<AccessToken> GetToken(int replica, int64_t refused_generation = 0) {
    GetAccessTokenRequest request;
    request.set_account(world().account);
    request.set_refused_generation(refused_generation);
    auto token = Call(*world().auths[replica].tokens, &TokenService::Stub::GetAccessToken, request);
    if (token.ok()) world().secrets.insert(token->access_token());
    return token;
  }

  struct Minted {
    std::string id = {};
    std::string token = {};
  };

  static Minted Mint() {
    auth::v1::CreateMcpServerRequest request;
    request.set_account(world().account);
    request.set_name("Worker");
    const auto created =
        Call(*world().auths[0].mcp_servers, &McpServerService::Stub::CreateMcpServer, request);
    EXPECT_THAT(created, IsOk());
    world().secrets.insert(created->token());
    return {.id = created->mcp_server().id(), .token = created->token()};
  }

  static absl::Status Revoke(int replica, const std::string& id) {
    auth::v1::DeleteMcpServerRequest request;
    request.set_account(world().account);
    request.set_id(id);
    return Call(*world().auths[replica].mcp_servers, &McpServerService::Stub::DeleteMcpServer,
                request)
        .status();
  }

  static std::unique_ptr<World> world_;
};

std::unique_ptr<Replicas::World> Replicas::world_;

// The status with which a front end answers a `ping`; 0 for none.
int Ping(net::HttpClient& http, const Frontend& frontend, const std::string& token) {
  const auto answer =
      net::SendAndWait(http, {.method = "POST",
                              .url = absl::StrCat(frontend.url, "/mcp/", token),
                              .headers = {{"content-type", "application/json"},
                                          {"accept", "application/json, text/event-stream"},
                                          {"mcp-protocol-version", "2025-06-18"}},
                              .body = R"({"jsonrpc":"2.0","id":1,"method":"ping"})",
                              .timeout = absl::Seconds(5)});
  return answer.ok() ? answer->status : 0;
}

TEST_F(Replicas, AThousandCallersOfAnExpiredTokenCauseOneTokenRequest) {
  World& w = world();
  w.ExpireToken();
  w.Fake("DELETE", "requests");
  constexpr int kCallers = 1000;
  struct Caller {
    grpc::ClientContext context;
    GetAccessTokenRequest request;
    AccessToken response;
  };
  std::vector<Caller> callers(kCallers);
  Mailbox<bool> done;
  for (int i = 0; i < kCallers; ++i) {
    Caller& caller = callers[i];
    caller.request.set_account(w.account);
    caller.context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(9));
    w.auths[i % kReplicas].tokens->async()->GetAccessToken(
        &caller.context, &caller.request, &caller.response,
        [&done](const grpc::Status& status) { done.Put(status.ok()); });
  }
  int answered = 0;
  for (int i = 0; i < kCallers; ++i) answered += done.Take() ? 1 : 0;

  EXPECT_EQ(answered, kCallers);
  std::set<std::string> tokens;
  for (const Caller& caller : callers) tokens.insert(caller.response.access_token());
  EXPECT_EQ(tokens.size(), 1u);
  w.secrets.insert(tokens.begin(), tokens.end());
  EXPECT_EQ(w.TokenRequests(), 1);
}

TEST_F(Replicas, AnotherFinishesWithinTheLeaseTimeWhenTheOneThatRefreshesIsKilled) {
  World& w = world();
  const absl::StatusOr<AccessToken> before = GetToken(0);
  ASSERT_THAT(before, IsOk());
  w.Fake("DELETE", "requests");
  w.Fake(
      "PUT", "faults",
      {{"faults", {{{"match", {{"path", "/oauth/v2/token"}}}, {"kind", "hang"}, {"count", 1}}}}});
  std::thread caller([&] { EXPECT_FALSE(GetToken(0, before->generation()).ok()); });
  const absl::Time give_up = absl::Now() + absl::Seconds(10);
  bool leased = false;
  while (!leased && absl::Now() < give_up) {
    leased = w.TrySql("SELECT 1 / count(*) FROM tokens WHERE lease_holder <> ''");
  }
  EXPECT_TRUE(leased);
  w.auths[0].program->Kill();
  const absl::Time killed = absl::Now();
  caller.join();

  const absl::StatusOr<AccessToken> one = GetToken(1, before->generation());
  const absl::Duration took = absl::Now() - killed;
  const absl::StatusOr<AccessToken> other = GetToken(2, before->generation());

  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(other, IsOk());
  EXPECT_NE(one->access_token(), before->access_token());
  EXPECT_EQ(one->access_token(), other->access_token());
  EXPECT_EQ(one->generation(), before->generation() + 1);
  EXPECT_LT(took, kLeaseTime + absl::Seconds(1));
  absl::PrintF("taken over %s after the kill\n", absl::FormatDuration(took));
  RecordProperty("takeover_ms", static_cast<int>(absl::ToInt64Milliseconds(took)));

  w.Fake("DELETE", "faults");
  w.StartAuth(0);
  const absl::StatusOr<AccessToken> after = GetToken(0);
  ASSERT_THAT(after, IsOk());
  EXPECT_EQ(after->access_token(), one->access_token());
}

TEST_F(Replicas, ARevokedUrlIsRefusedEverywhereWithinASecond) {
  World& w = world();
  std::vector<Frontend> frontends;
  for (int i = 0; i < kReplicas; ++i) frontends.push_back(w.StartFrontend());
  absl::Duration slowest;
  for (int round = 0; round < 5; ++round) {
    const Minted server = Mint();
    for (const Frontend& frontend : frontends) {
      ASSERT_EQ(Ping(w.http, frontend, server.token), 200);
    }
    // Each is asked without a pause, and remembers when it last served.
    const absl::Time give_up = absl::Now() + absl::Seconds(10);
    std::array<absl::Time, kReplicas> last_served = {};
    std::array<bool, kReplicas> refused = {};
    std::vector<std::thread> callers;
    for (int i = 0; i < kReplicas; ++i) {
      callers.emplace_back([&, i] {
        while (!refused[i] && absl::Now() < give_up) {
          const absl::Time asked = absl::Now();
          const int status = Ping(w.http, frontends[i], server.token);
          if (status == 200) last_served[i] = asked;
          if (status == 404) refused[i] = true;
        }
      });
    }
    // In the last round the replica that many follow dies in the same moment.
    if (round == 4) w.auths[0].program->Kill();
    const absl::Status revocation = Revoke(/*replica=*/1 + round % 2, server.id);
    const absl::Time revoked = absl::Now();
    for (std::thread& caller : callers) caller.join();
    ASSERT_THAT(revocation, IsOk());
    for (int i = 0; i < kReplicas; ++i) {
      EXPECT_TRUE(refused[i]) << "front end " << i;
      slowest = std::max(slowest, last_served[i] - revoked);
    }
  }
  EXPECT_LT(slowest, absl::Seconds(1));
  absl::PrintF("last served %s after the revocation\n", absl::FormatDuration(slowest));
  RecordProperty("revocation_ms", static_cast<int>(absl::ToInt64Milliseconds(slowest)));
  for (Frontend& frontend : frontends) EXPECT_EQ(frontend.program->Stop(), 0);
  w.StartAuth(0);
}

TEST_F(Replicas, KeysAreRotatedWhileEverybodyServes) {
  World& w = world();
  const absl::StatusOr<AccessToken> before = GetToken(1);
  ASSERT_THAT(before, IsOk());
  const std::string log = NewPath("rotate.log");
  w.logs.push_back(log);

  Program rotation(kAuthService,
                   {"--rotate-keys", absl::StrCat("--store=", w.database.url),
                    absl::StrCat("--set=seal_key_file: \"", w.new_seal_key_file,
                                 "\" other_seal_key_files: \"", w.seal_key_file, "\"")},
                   log);
  ASSERT_EQ(rotation.Wait(), 0) << *ReadFile(log);
  EXPECT_TRUE(absl::StrContains(*ReadFile(log), "1 account")) << *ReadFile(log);

  // One that has had both keys all along, and one that has the new one alone.
  const absl::StatusOr<AccessToken> both = GetToken(1, before->generation());
  ASSERT_THAT(both, IsOk());
  Program again(kAuthService,
                {"--rotate-keys", absl::StrCat("--store=", w.database.url),
                 absl::StrCat("--set=seal_key_file: \"", w.new_seal_key_file,
                              "\" other_seal_key_files: \"", w.seal_key_file, "\"")},
                log);
  ASSERT_EQ(again.Wait(), 0);
  const AuthReplica fresh = w.Start(
      absl::StrCat(w.AuthConfig(w.Postgres()), "seal_key_file: \"", w.new_seal_key_file, "\" "));
  GetAccessTokenRequest request;
  request.set_account(w.account);
  const auto lent = Call(*fresh.tokens, &TokenService::Stub::GetAccessToken, request);
  ASSERT_THAT(lent, IsOk());
  EXPECT_EQ(lent->access_token(), both->access_token());
}

TEST_F(Replicas, ADumpIsRestoredToAMeshThatGoesOn) {
  World& w = world();
  const Minted server = Mint();
  ASSERT_THAT(GetToken(1), IsOk());
  const std::string dump = absl::StrCat(w.postgres.folder(), "/mesh.dump");
  w.postgres.Run(absl::StrCat("pg_dump --format=custom --file=", dump, " ", w.database.name));
  const auth::TestPostgres::Database restored = w.postgres.NewDatabase();

  w.postgres.Run(absl::StrCat("pg_restore --exit-on-error --dbname=", restored.name, " ", dump));

  const AuthReplica replica = w.Start(absl::StrCat(
      w.AuthConfig(absl::StrCat("postgres { url: \"", restored.url, "\" }")), w.OldKeys()));
  GetAccessTokenRequest request;
  request.set_account(w.account);
  EXPECT_THAT(Call(*replica.tokens, &TokenService::Stub::GetAccessToken, request), IsOk());
  auth::v1::ResolveMcpServerRequest resolve;
  resolve.set_token_sha256(Sha256(server.token));
  EXPECT_THAT(Call(*replica.mcp_servers, &McpServerService::Stub::ResolveMcpServer, resolve),
              IsOk());
}

TEST_F(Replicas, OfTwoOnOneSqliteFileTheSecondIsRefusedWithTheReason) {
  World& w = world();
  const std::string path = NewPath("auth.db");
  const std::string config =
      w.AuthConfig(absl::StrCat("sqlite { path: \"", path, "\" }")) + w.OldKeys();
  AuthReplica first = w.Start(config);
  const std::string log = NewPath("second.log");
  w.logs.push_back(log);

  Program second(kAuthService, {absl::StrCat("--set=", config)}, log);

  EXPECT_EQ(second.Wait(), 2);
  const std::string said = *ReadFile(log);
  EXPECT_TRUE(absl::StrContains(said, path)) << said;
  EXPECT_TRUE(absl::StrContains(said, "postgres")) << said;

  // Commands may come beside it, and after it another one may serve.
  const std::string copy = NewPath("copy.db");
  Program backup(kAuthService,
                 {absl::StrCat("--backup=", copy), absl::StrCat("--store=sqlite:", path)}, log);
  EXPECT_EQ(backup.Wait(), 0) << *ReadFile(log);
  Program migrate(kAuthService, {"--migrate", absl::StrCat("--store=sqlite:", copy)}, log);
  EXPECT_EQ(migrate.Wait(), 0) << *ReadFile(log);
  EXPECT_EQ(first.program->Stop(), 0);
  EXPECT_EQ(w.Start(config).program->Stop(), 0);
}

// Last: it looks at what all the others have left.
TEST_F(Replicas, NoSecretIsInAnyLogOrAnyByteOfTheDatabase) {
  World& w = world();
  for (AuthReplica& replica : w.auths) EXPECT_EQ(replica.program->Stop(), 0);
  // What was not written yet is now.
  w.postgres.Stop();
  ASSERT_GT(w.secrets.size(), 8u);
  std::vector<std::string> files = w.logs;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(w.postgres.folder())) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  int64_t bytes = 0;
  for (const std::string& file : files) {
    std::ifstream in(file, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(in), {}};
    bytes += static_cast<int64_t>(content.size());
    for (const std::string& secret : w.secrets) {
      EXPECT_FALSE(absl::StrContains(content, secret))
          << "a secret of " << secret.size() << " characters is in " << file;
    }
  }
  EXPECT_GT(bytes, 1 << 20);
}

}  // namespace
}  // namespace mesh::tests
