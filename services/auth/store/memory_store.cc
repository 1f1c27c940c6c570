#include "services/auth/store/memory_store.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/time/clock.h"

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/audit_hash.h"

namespace mesh::auth {
namespace {

struct GrantRow {
  SealedGrant grant = {};
  TokenVersion version = {};
  absl::Time blocked_until = absl::InfinitePast();
  std::vector<std::pair<int64_t, absl::Time>> requests = {};
  RefreshLease lease = {};
};

struct TokenRow {
  std::string mcp_server = {};
  absl::Time expire_time = absl::InfiniteFuture();
};

struct Tables {
  std::mutex mu;
  std::map<std::string, v1::Account> accounts;
  std::map<std::string, GrantRow> grants;
  std::map<std::string, v1::McpServer> mcp_servers;
  std::map<std::string, TokenRow> mcp_tokens;
  std::map<std::string, v1::ApiKey> api_keys;
  std::map<std::string, absl::Time> used_ids;
  std::map<std::string, IssuedGrant> issued_grants;
  std::vector<v1::Client> clients;
  std::map<std::string, v1::Approval> approvals;
  std::map<int64_t, v1::AuditEvent> audit_events;
  AuditEnds audit_ends;
  std::map<std::tuple<int64_t, std::string, std::string, std::string>, UsageRow> usage;
  std::vector<v1::Change> changes;
  int64_t newest_change = 0;
};

void AddChange(Tables& tables, v1::Change::Kind kind, absl::string_view id) {
  v1::Change& change = tables.changes.emplace_back();
  change.set_sequence(++tables.newest_change);
  change.set_kind(kind);
  change.set_id(std::string(id));
  *change.mutable_change_time() = rpc::TimestampOf(absl::Now());
}

template <typename Item>
Page<Item> PageOf(std::vector<Item> items, const PageRequest& page) {
  const auto position = [](const Item& item) {
    return std::make_tuple(rpc::TimeOf(item.create_time()), item.id());
  };
  std::sort(items.begin(), items.end(),
            [&](const Item& a, const Item& b) { return position(a) < position(b); });
  Page<Item> result;
  for (Item& item : items) {
    if (position(item) <= std::make_tuple(page.after.create_time, page.after.id)) continue;
    AddToPage(page, std::move(item), result);
    if (result.next.has_value()) break;
  }
  return result;
}

template <typename Item>
bool IsLive(const Item& item, absl::Time now) {
  return !item.has_expire_time() || rpc::TimeOf(item.expire_time()) > now;
}

void EraseServer(Tables& tables, const std::string& id) {
  tables.mcp_servers.erase(id);
  std::erase_if(tables.mcp_tokens,
                [&](const auto& token) { return token.second.mcp_server == id; });
  std::erase_if(tables.clients, [&](const auto& client) { return client.mcp_server() == id; });
  std::erase_if(tables.approvals,
                [&](const auto& approval) { return approval.second.mcp_server() == id; });
}

class MemoryAccountStore final : public AccountStore {
 public:
  explicit MemoryAccountStore(Tables& tables) : tables_(tables) {}

  absl::Status Insert(const v1::Account& account, const SealedGrant& grant) override {
    const std::lock_guard lock(tables_.mu);
    for (const auto& [id, other] : tables_.accounts) {
      if (other.organization_id() == account.organization_id()) {
        return AccountExists(id, account.organization_id());
      }
    }
    tables_.accounts[account.id()] = account;
    tables_.grants[account.id()] = {.grant = grant};
    AddChange(tables_, v1::Change::ACCOUNT, account.id());
    return absl::OkStatus();
  }

  absl::StatusOr<v1::Account> Get(absl::string_view id) override {
    const std::lock_guard lock(tables_.mu);
    const auto found = tables_.accounts.find(std::string(id));
    if (found == tables_.accounts.end()) return AccountNotFound(id);
    return found->second;
  }

  absl::StatusOr<Page<v1::Account>> List(const PageRequest& page) override {
    const std::lock_guard lock(tables_.mu);
    std::vector<v1::Account> accounts;
    for (const auto& [id, account] : tables_.accounts) accounts.push_back(account);
    return PageOf(std::move(accounts), page);
  }

  absl::StatusOr<v1::Account> Rename(absl::string_view id, absl::string_view name,
                                     absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const auto found = tables_.accounts.find(std::string(id));
    if (found == tables_.accounts.end()) return AccountNotFound(id);
    found->second.set_name(std::string(name));
    *found->second.mutable_update_time() = rpc::TimestampOf(now);
    AddChange(tables_, v1::Change::ACCOUNT, id);
    return found->second;
  }

  absl::StatusOr<Reconnected> Reconnect(const v1::Account& account,
                                        const SealedGrant& grant) override {
    const std::lock_guard lock(tables_.mu);
    const auto found = tables_.accounts.find(account.id());
    if (found == tables_.accounts.end()) return AccountNotFound(account.id());
    const v1::Account old = std::exchange(found->second, account);
    found->second.set_name(old.name());
    found->second.set_organization_id(old.organization_id());
    *found->second.mutable_create_time() = old.create_time();
    GrantRow& row = tables_.grants[account.id()];
    Reconnected done{.replaced = std::exchange(row.grant, grant)};
    ++row.version.grant_number;
    ++row.version.generation;
    row.blocked_until = absl::InfinitePast();
    row.lease = {};
    AddChange(tables_, v1::Change::ACCOUNT, account.id());
    done.account = found->second;
    done.version = row.version;
    return done;
  }

  absl::Status Delete(absl::string_view id) override {
    const std::lock_guard lock(tables_.mu);
    const std::string key(id);
    if (tables_.accounts.erase(key) == 0) return AccountNotFound(id);
    tables_.grants.erase(key);
    std::vector<std::string> servers;
    for (const auto& [server_id, server] : tables_.mcp_servers) {
      if (server.account() == key) servers.push_back(server_id);
    }
    for (const std::string& server : servers) EraseServer(tables_, server);
    AddChange(tables_, v1::Change::ACCOUNT, key);
    return absl::OkStatus();
  }

 private:
  Tables& tables_;
};

class MemoryTokenStore final : public TokenStore {
 public:
  explicit MemoryTokenStore(Tables& tables) : tables_(tables) {}

  absl::StatusOr<StoredTokens> Get(absl::string_view account) override {
    const std::lock_guard lock(tables_.mu);
    const std::string key(account);
    const auto grant = tables_.grants.find(key);
    if (grant == tables_.grants.end()) return AccountNotFound(account);
    const v1::Account& row = tables_.accounts[key];
    return StoredTokens{
        .grant = grant->second.grant,
        .version = grant->second.version,
        .blocked_until = grant->second.blocked_until,
        .organization_id = row.organization_id(),
        .user_id = row.user_id(),
        .region = row.region(),
        .reauthorization_required = row.state() == v1::Account::REAUTHORIZATION_REQUIRED};
  }

  absl::StatusOr<RefreshTurn> BeginRefresh(absl::string_view account, TokenVersion version,
                                           const RefreshLease& lease, absl::Time now,
                                           const RefreshBudget& budget) override {
    const std::lock_guard lock(tables_.mu);
    const auto grant = tables_.grants.find(std::string(account));
    if (grant == tables_.grants.end()) return AccountNotFound(account);
    GrantRow& row = grant->second;
    if (row.version != version) return RefreshTurn::kOutdated;
    if (row.lease.until > now) return RefreshTurn::kOthers;
    std::vector<absl::Time> recent;
    for (const auto& [number, time] : row.requests) {
      if (number == version.grant_number && time > now - budget.window) recent.push_back(time);
    }
    std::sort(recent.begin(), recent.end());
    const size_t requests = static_cast<size_t>(budget.requests);
    if (recent.size() >= requests) {
      return OauthThrottled(recent[recent.size() - requests] + budget.window - now, kOwnBudget);
    }
    row.requests.emplace_back(version.grant_number, now);
    row.lease = lease;
    return RefreshTurn::kMine;
  }

  absl::Status EndRefresh(absl::string_view account, absl::string_view holder) override {
    const std::lock_guard lock(tables_.mu);
    const auto grant = tables_.grants.find(std::string(account));
    if (grant != tables_.grants.end() && grant->second.lease.holder == holder) {
      grant->second.lease = {};
    }
    return absl::OkStatus();
  }

  absl::StatusOr<bool> SaveAccessToken(absl::string_view account, TokenVersion version,
                                       const SealedAccessToken& token) override {
    const std::lock_guard lock(tables_.mu);
    const auto grant = tables_.grants.find(std::string(account));
    if (grant == tables_.grants.end() || grant->second.version != version) return false;
    ++grant->second.version.generation;
    grant->second.grant.access = token;
    grant->second.lease = {};
    return true;
  }

  absl::StatusOr<bool> MarkRefused(absl::string_view account, TokenVersion version,
                                   absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const std::string key(account);
    const auto grant = tables_.grants.find(key);
    if (grant == tables_.grants.end() || grant->second.version != version) return false;
    grant->second.lease = {};
    v1::Account& row = tables_.accounts[key];
    row.set_state(v1::Account::REAUTHORIZATION_REQUIRED);
    *row.mutable_update_time() = rpc::TimestampOf(now);
    AddChange(tables_, v1::Change::ACCOUNT, key);
    return true;
  }

  absl::Status Block(absl::string_view account, int64_t grant_number, absl::Time until) override {
    const std::lock_guard lock(tables_.mu);
    const auto grant = tables_.grants.find(std::string(account));
    if (grant != tables_.grants.end() && grant->second.version.grant_number == grant_number) {
      grant->second.blocked_until = until;
    }
    return absl::OkStatus();
  }

  absl::Status NoteRequest(absl::string_view account, int64_t grant_number,
                           absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const auto grant = tables_.grants.find(std::string(account));
    if (grant != tables_.grants.end()) grant->second.requests.emplace_back(grant_number, now);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<absl::Time>> RequestTimes(absl::string_view account,
                                                       int64_t grant_number,
                                                       absl::Time since) override {
    const std::lock_guard lock(tables_.mu);
    std::vector<absl::Time> times;
    const auto grant = tables_.grants.find(std::string(account));
    if (grant == tables_.grants.end()) return times;
    for (const auto& [number, time] : grant->second.requests) {
      if (number == grant_number && time > since) times.push_back(time);
    }
    std::sort(times.begin(), times.end());
    return times;
  }

  absl::Status ForgetRequests(absl::Time before) override {
    const std::lock_guard lock(tables_.mu);
    for (auto& [account, row] : tables_.grants) {
      std::erase_if(row.requests, [&](const auto& request) { return request.second < before; });
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<SealedTokens>> ListSealed(absl::string_view after,
                                                       int limit) override {
    const std::lock_guard lock(tables_.mu);
    std::vector<SealedTokens> sealed;
    for (auto row = tables_.grants.upper_bound(std::string(after));
         row != tables_.grants.end() && sealed.size() < static_cast<size_t>(limit); ++row) {
      const SealedGrant& grant = row->second.grant;
      sealed.push_back({.account = row->first,
                        .refresh_token = grant.refresh_token,
                        .access_token = grant.access.token});
    }
    return sealed;
  }

  absl::Status Reseal(const SealedTokens& old, const SealedTokens& fresh) override {
    const std::lock_guard lock(tables_.mu);
    const auto row = tables_.grants.find(old.account);
    if (row == tables_.grants.end()) return absl::OkStatus();
    SealedGrant& grant = row->second.grant;
    if (grant.refresh_token == old.refresh_token) grant.refresh_token = fresh.refresh_token;
    if (grant.access.token == old.access_token) grant.access.token = fresh.access_token;
    return absl::OkStatus();
  }

 private:
  Tables& tables_;
};

class MemoryMcpServerStore final : public McpServerStore {
 public:
  explicit MemoryMcpServerStore(Tables& tables) : tables_(tables) {}

  absl::Status Insert(const v1::McpServer& server, absl::string_view token_sha256) override {
    const std::lock_guard lock(tables_.mu);
    if (!tables_.accounts.contains(server.account())) return AccountNotFound(server.account());
    tables_.mcp_servers[server.id()] = server;
    tables_.mcp_tokens[std::string(token_sha256)] = {.mcp_server = server.id()};
    AddChange(tables_, v1::Change::MCP_SERVER, server.id());
    return absl::OkStatus();
  }

  absl::StatusOr<v1::McpServer> Get(absl::string_view account, absl::string_view id,
                                    absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const v1::McpServer* server = Find(account, id, now);
    if (server == nullptr) return McpServerNotFound(id);
    return *server;
  }

  absl::StatusOr<Page<v1::McpServer>> List(absl::string_view account, const PageRequest& page,
                                           absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    if (!tables_.accounts.contains(std::string(account))) return AccountNotFound(account);
    std::vector<v1::McpServer> servers;
    for (const auto& [id, server] : tables_.mcp_servers) {
      if (server.account() == account && IsLive(server, now)) servers.push_back(server);
    }
    return PageOf(std::move(servers), page);
  }

  absl::Status Delete(absl::string_view account, absl::string_view id, absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    if (Find(account, id, now) == nullptr) return McpServerNotFound(id);
    EraseServer(tables_, std::string(id));
    AddChange(tables_, v1::Change::MCP_SERVER, id);
    return absl::OkStatus();
  }

  absl::StatusOr<v1::McpServer> Update(
      absl::string_view account, absl::string_view id, absl::Time now,
      absl::FunctionRef<absl::Status(v1::McpServer&)> change) override {
    const std::lock_guard lock(tables_.mu);
    if (Find(account, id, now) == nullptr) return McpServerNotFound(id);
    v1::McpServer& server = tables_.mcp_servers[std::string(id)];
    v1::McpServer changed = server;
    RETURN_IF_ERROR(change(changed));
    *changed.mutable_update_time() = rpc::TimestampOf(now);
    server = changed;
    AddChange(tables_, v1::Change::MCP_SERVER, id);
    return changed;
  }

  absl::StatusOr<v1::McpServer> Rotate(absl::string_view account, absl::string_view id,
                                       absl::string_view token_sha256, absl::Time previous_end,
                                       absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    if (Find(account, id, now) == nullptr) return McpServerNotFound(id);
    for (auto& [sha256, token] : tables_.mcp_tokens) {
      if (token.mcp_server == id) token.expire_time = std::min(token.expire_time, previous_end);
    }
    tables_.mcp_tokens[std::string(token_sha256)] = {.mcp_server = std::string(id)};
    v1::McpServer& server = tables_.mcp_servers[std::string(id)];
    *server.mutable_update_time() = rpc::TimestampOf(now);
    AddChange(tables_, v1::Change::MCP_SERVER, id);
    return server;
  }

  absl::StatusOr<v1::ResolvedMcpServer> Resolve(absl::string_view token_sha256,
                                                absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const auto token = tables_.mcp_tokens.find(std::string(token_sha256));
    if (token == tables_.mcp_tokens.end() || token->second.expire_time <= now) {
      return McpTokenInvalid();
    }
    const v1::McpServer& server = tables_.mcp_servers[token->second.mcp_server];
    if (!IsLive(server, now)) return McpTokenInvalid();
    v1::ResolvedMcpServer resolved;
    *resolved.mutable_mcp_server() = server;
    if (token->second.expire_time != absl::InfiniteFuture()) {
      *resolved.mutable_token_expire_time() = rpc::TimestampOf(token->second.expire_time);
    }
    return resolved;
  }

  absl::StatusOr<int64_t> DeleteExpired(absl::Time now, int64_t limit) override {
    const std::lock_guard lock(tables_.mu);
    std::vector<std::string> expired;
    for (const auto& [id, server] : tables_.mcp_servers) {
      if (!IsLive(server, now) && static_cast<int64_t>(expired.size()) < limit) {
        expired.push_back(id);
      }
    }
    for (const std::string& id : expired) EraseServer(tables_, id);
    std::erase_if(tables_.mcp_tokens,
                  [&](const auto& token) { return token.second.expire_time <= now; });
    return static_cast<int64_t>(expired.size());
  }

 private:
  const v1::McpServer* Find(absl::string_view account, absl::string_view id, absl::Time now) {
    const auto found = tables_.mcp_servers.find(std::string(id));
    if (found == tables_.mcp_servers.end()) return nullptr;
    const v1::McpServer& server = found->second;
    return server.account() == account && IsLive(server, now) ? &server : nullptr;
  }

  Tables& tables_;
};

class MemoryApiKeyStore final : public ApiKeyStore {
 public:
  explicit MemoryApiKeyStore(Tables& tables) : tables_(tables) {}

  absl::Status SetBootstrap(const v1::ApiKey& key, absl::string_view sha256,
                            absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const std::string digest(sha256);
    if (tables_.api_keys.contains(digest)) return absl::OkStatus();
    for (auto entry = tables_.api_keys.begin(); entry != tables_.api_keys.end(); ++entry) {
      if (!entry->second.bootstrap()) continue;
      AddChange(tables_, v1::Change::API_KEY, entry->second.id());
      tables_.api_keys.erase(entry);
      break;
    }
    v1::ApiKey& stored = tables_.api_keys[digest];
    stored = key;
    stored.set_bootstrap(true);
    *stored.mutable_create_time() = rpc::TimestampOf(now);
    AddChange(tables_, v1::Change::API_KEY, key.id());
    return absl::OkStatus();
  }

  absl::Status Insert(const v1::ApiKey& key, absl::string_view sha256) override {
    const std::lock_guard lock(tables_.mu);
    tables_.api_keys[std::string(sha256)] = key;
    return absl::OkStatus();
  }

  absl::StatusOr<Page<v1::ApiKey>> List(const PageRequest& page, absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    std::vector<v1::ApiKey> keys;
    for (const auto& [sha256, key] : tables_.api_keys) {
      if (IsLive(key, now)) keys.push_back(key);
    }
    return PageOf(std::move(keys), page);
  }

  absl::StatusOr<v1::ApiKey> Delete(absl::string_view id) override {
    const std::lock_guard lock(tables_.mu);
    for (auto entry = tables_.api_keys.begin(); entry != tables_.api_keys.end(); ++entry) {
      if (entry->second.id() != id) continue;
      if (entry->second.bootstrap()) return ApiKeyBootstrap();
      v1::ApiKey key = entry->second;
      tables_.api_keys.erase(entry);
      AddChange(tables_, v1::Change::API_KEY, id);
      return key;
    }
    return ApiKeyNotFound(id);
  }

  absl::StatusOr<v1::ApiKey> Resolve(absl::string_view sha256, absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const auto found = tables_.api_keys.find(std::string(sha256));
    if (found == tables_.api_keys.end() || !IsLive(found->second, now)) return ApiKeyInvalid();
    return found->second;
  }

  absl::Status Touch(absl::string_view id, absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    for (auto& [sha256, key] : tables_.api_keys) {
      if (key.id() == id) *key.mutable_last_use_time() = rpc::TimestampOf(now);
    }
    return absl::OkStatus();
  }

  absl::Status DeleteExpired(absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    std::erase_if(tables_.api_keys, [&](const auto& entry) { return !IsLive(entry.second, now); });
    return absl::OkStatus();
  }

 private:
  Tables& tables_;
};

class MemoryClientStore final : public ClientStore {
 public:
  explicit MemoryClientStore(Tables& tables) : tables_(tables) {}

  absl::Status Record(const std::vector<v1::Client>& seen, int keep) override {
    const std::lock_guard lock(tables_.mu);
    std::set<std::string> servers;
    for (v1::Client client : seen) {
      if (!tables_.mcp_servers.contains(client.mcp_server())) continue;
      servers.insert(client.mcp_server());
      if (!client.introduced()) {
        Recognise(client);
      } else {
        TakeOver(client);
      }
      Upsert(client);
    }
    for (const std::string& server : servers) {
      const std::vector<v1::Client> all = Of(server);
      for (size_t i = static_cast<size_t>(keep); i < all.size(); ++i) {
        std::erase_if(tables_.clients,
                      [&](const v1::Client& client) { return IsSame(client, all[i]); });
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<v1::Client>> List(absl::string_view mcp_server) override {
    const std::lock_guard lock(tables_.mu);
    return Of(mcp_server);
  }

 private:
  static bool IsSame(const v1::Client& a, const v1::Client& b) {
    return a.mcp_server() == b.mcp_server() && a.era() == b.era() && a.name() == b.name() &&
           a.version() == b.version() && a.introduced() == b.introduced();
  }

  static bool SameAgent(const v1::Client& a, const v1::Client& b) {
    return a.mcp_server() == b.mcp_server() && a.era() == b.era() &&
           a.user_agent() == b.user_agent();
  }

  static absl::Time ListTime(const v1::Client& client) {
    return client.has_list_time() ? rpc::TimeOf(client.list_time()) : absl::InfinitePast();
  }

  std::vector<v1::Client> Of(absl::string_view mcp_server) const {
    std::vector<v1::Client> clients;
    for (const v1::Client& client : tables_.clients) {
      if (client.mcp_server() == mcp_server) clients.push_back(client);
    }
    std::sort(clients.begin(), clients.end(), [](const v1::Client& a, const v1::Client& b) {
      return std::make_tuple(rpc::TimeOf(b.last_seen_time()), a.era(), a.name(), a.version(),
                             a.introduced()) < std::make_tuple(rpc::TimeOf(a.last_seen_time()),
                                                               b.era(), b.name(), b.version(),
                                                               b.introduced());
    });
    return clients;
  }

  void Recognise(v1::Client& client) const {
    for (const v1::Client& known : Of(client.mcp_server())) {
      if (!known.introduced() || !SameAgent(known, client)) continue;
      client.set_introduced(true);
      client.set_name(known.name());
      client.set_version(known.version());
      return;
    }
  }

  void TakeOver(v1::Client& client) {
    const auto before = std::find_if(
        tables_.clients.begin(), tables_.clients.end(),
        [&](const v1::Client& known) { return !known.introduced() && SameAgent(known, client); });
    if (before == tables_.clients.end()) return;
    if (!client.has_list_time() && before->has_list_time()) {
      client.set_list_digest(before->list_digest());
      *client.mutable_list_time() = before->list_time();
    }
    tables_.clients.erase(before);
  }

  void Upsert(const v1::Client& client) {
    const auto known = std::find_if(tables_.clients.begin(), tables_.clients.end(),
                                    [&](const v1::Client& other) { return IsSame(client, other); });
    if (known == tables_.clients.end()) {
      *tables_.clients.emplace_back(client).mutable_first_seen_time() = client.last_seen_time();
      return;
    }
    if (rpc::TimeOf(client.last_seen_time()) >= rpc::TimeOf(known->last_seen_time())) {
      if (!client.revision().empty()) known->set_revision(client.revision());
      known->set_user_agent(client.user_agent());
      *known->mutable_last_seen_time() = client.last_seen_time();
    }
    if (ListTime(client) > ListTime(*known)) {
      known->set_list_digest(client.list_digest());
      *known->mutable_list_time() = client.list_time();
    }
  }

  Tables& tables_;
};

class MemoryApprovalStore final : public ApprovalStore {
 public:
  explicit MemoryApprovalStore(Tables& tables) : tables_(tables) {}

  absl::StatusOr<v1::Approval> Claim(const v1::Approval& wanted, int64_t most_pending,
                                     absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    if (!tables_.mcp_servers.contains(wanted.mcp_server())) {
      return McpServerNotFound(wanted.mcp_server());
    }
    int64_t pending = 0;
    v1::Approval* best = nullptr;
    for (auto& [id, approval] : tables_.approvals) {
      const v1::Approval::State state = StateOf(approval, now);
      if (approval.mcp_server() == wanted.mcp_server() && state == v1::Approval::PENDING) ++pending;
      if (!IsFor(approval, wanted) || Rank(approval, now) == 0) continue;
      if (best == nullptr || Rank(approval, now) > Rank(*best, now)) best = &approval;
    }
    if (best != nullptr && best->state() == v1::Approval::APPROVED) {
      best->set_state(v1::Approval::USED);
      *best->mutable_use_time() = rpc::TimestampOf(now);
    }
    if (best != nullptr) return *best;
    if (pending >= most_pending) return ApprovalsTooMany(wanted.mcp_server());
    v1::Approval& approval = tables_.approvals[wanted.id()] = wanted;
    approval.set_state(v1::Approval::PENDING);
    return approval;
  }

  absl::StatusOr<v1::Approval> Answer(const v1::Approval& subject, bool approved,
                                      absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const auto found = tables_.approvals.find(subject.id());
    if (found == tables_.approvals.end() || !IsFor(found->second, subject)) {
      return ApprovalNotFound(subject.id());
    }
    const v1::Approval::State state = StateOf(found->second, now);
    if (state != v1::Approval::PENDING && state != v1::Approval::APPROVED) {
      return ApprovalClosed(subject.id(), ApprovalStateName(state));
    }
    AnswerBeforeClient(approved, now, found->second);
    return found->second;
  }

  absl::StatusOr<v1::Approval> Decide(absl::string_view id, bool approved,
                                      absl::string_view decided_by, absl::Time expire_time,
                                      absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const auto found = tables_.approvals.find(std::string(id));
    if (found == tables_.approvals.end()) return ApprovalNotFound(id);
    const v1::Approval::State state = StateOf(found->second, now);
    if (state != v1::Approval::PENDING) return ApprovalClosed(id, ApprovalStateName(state));
    v1::Approval& approval = found->second;
    approval.set_state(approved ? v1::Approval::APPROVED : v1::Approval::DENIED);
    approval.set_decided_by(std::string(decided_by));
    *approval.mutable_decide_time() = rpc::TimestampOf(now);
    *approval.mutable_expire_time() = rpc::TimestampOf(expire_time);
    return approval;
  }

  absl::StatusOr<v1::Approval> Get(absl::string_view id, absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const auto found = tables_.approvals.find(std::string(id));
    if (found == tables_.approvals.end()) return ApprovalNotFound(id);
    return Shown(found->second, now);
  }

  absl::StatusOr<Page<v1::Approval>> List(const ApprovalFilter& filter, const PageRequest& page,
                                          absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    const auto position = [](const v1::Approval& approval) {
      return std::make_tuple(rpc::TimeOf(approval.create_time()), approval.id());
    };
    const Position before = NewestFirst(page);
    std::vector<v1::Approval> approvals;
    for (const auto& [id, approval] : tables_.approvals) {
      const v1::Approval shown = Shown(approval, now);
      if (position(shown) < std::make_tuple(before.create_time, before.id) &&
          (filter.state == v1::Approval::STATE_UNSPECIFIED || filter.state == shown.state()) &&
          (filter.account.empty() || filter.account == shown.account()) &&
          (filter.mcp_server.empty() || filter.mcp_server == shown.mcp_server())) {
        approvals.push_back(shown);
      }
    }
    std::sort(approvals.begin(), approvals.end(),
              [&](const auto& a, const auto& b) { return position(a) > position(b); });
    Page<v1::Approval> result;
    for (v1::Approval& approval : approvals) {
      AddToPage(page, std::move(approval), result);
      if (result.next.has_value()) break;
    }
    return result;
  }

  absl::Status DeleteEnded(absl::Time time) override {
    const std::lock_guard lock(tables_.mu);
    std::erase_if(tables_.approvals, [&](const auto& entry) {
      return rpc::TimeOf(entry.second.expire_time()) < time;
    });
    return absl::OkStatus();
  }

 private:
  static v1::Approval::State StateOf(const v1::Approval& approval, absl::Time now) {
    const bool open =
        approval.state() == v1::Approval::PENDING || approval.state() == v1::Approval::APPROVED;
    return open && rpc::TimeOf(approval.expire_time()) <= now ? v1::Approval::EXPIRED
                                                              : approval.state();
  }

  static v1::Approval Shown(v1::Approval approval, absl::Time now) {
    approval.set_state(StateOf(approval, now));
    return approval;
  }

  // What decides about a call; 0 for what does not.
  static int Rank(const v1::Approval& approval, absl::Time now) {
    if (rpc::TimeOf(approval.expire_time()) <= now) return 0;
    if (approval.state() == v1::Approval::APPROVED) return 3;
    const bool by_operator = approval.decided_by() != approval.mcp_server();
    if (approval.state() == v1::Approval::DENIED && by_operator) return 2;
    return approval.state() == v1::Approval::PENDING ? 1 : 0;
  }

  Tables& tables_;
};

class MemoryConnectStore final : public ConnectStore {
 public:
  explicit MemoryConnectStore(Tables& tables) : tables_(tables) {}

  absl::StatusOr<bool> Use(absl::string_view id, absl::Time keep_until) override {
    const std::lock_guard lock(tables_.mu);
    return tables_.used_ids.emplace(std::string(id), keep_until).second;
  }

  absl::Status Unuse(absl::string_view id) override {
    const std::lock_guard lock(tables_.mu);
    tables_.used_ids.erase(std::string(id));
    return absl::OkStatus();
  }

  absl::StatusOr<bool> IsUsed(absl::string_view id) override {
    const std::lock_guard lock(tables_.mu);
    return tables_.used_ids.contains(std::string(id));
  }

  absl::Status ForgetUsed(absl::Time now) override {
    const std::lock_guard lock(tables_.mu);
    std::erase_if(tables_.used_ids, [&](const auto& used) { return used.second <= now; });
    return absl::OkStatus();
  }

  absl::StatusOr<GrantCount> AddGrant(const IssuedGrant& grant, int64_t limit) override {
    const std::lock_guard lock(tables_.mu);
    const auto [entry, added] = tables_.issued_grants.emplace(grant.sha256, grant);
    entry->second.account = grant.account;
    GrantCount count{.live = CountLike(grant)};
    for (; count.live > limit; --count.live) {
      auto oldest = tables_.issued_grants.end();
      for (auto it = tables_.issued_grants.begin(); it != tables_.issued_grants.end(); ++it) {
        if (!SameHolder(it->second, grant)) continue;
        if (oldest == tables_.issued_grants.end() ||
            it->second.create_time < oldest->second.create_time) {
          oldest = it;
        }
      }
      count.displaced = true;
      count.displaced_account = oldest->second.account;
      tables_.issued_grants.erase(oldest);
    }
    return count;
  }

  absl::Status RemoveGrant(absl::string_view sha256) override {
    const std::lock_guard lock(tables_.mu);
    tables_.issued_grants.erase(std::string(sha256));
    return absl::OkStatus();
  }

  absl::StatusOr<int64_t> CountGrants(absl::string_view account) override {
    const std::lock_guard lock(tables_.mu);
    const IssuedGrant* newest = nullptr;
    for (const auto& [sha256, grant] : tables_.issued_grants) {
      if (grant.account != account) continue;
      if (newest == nullptr || grant.create_time > newest->create_time) newest = &grant;
    }
    return newest == nullptr ? 0 : CountLike(*newest);
  }

 private:
  static bool SameHolder(const IssuedGrant& a, const IssuedGrant& b) {
    return a.user_id == b.user_id && a.client_id == b.client_id;
  }

  int64_t CountLike(const IssuedGrant& grant) const {
    return std::count_if(tables_.issued_grants.begin(), tables_.issued_grants.end(),
                         [&](const auto& other) { return SameHolder(other.second, grant); });
  }

  Tables& tables_;
};

class MemoryAuditStore final : public AuditStore {
 public:
  explicit MemoryAuditStore(Tables& tables) : tables_(tables) {}

  absl::Status Append(const std::vector<v1::AuditEvent>& events) override {
    const std::lock_guard lock(tables_.mu);
    for (const v1::AuditEvent& given : events) {
      const auto same_id = [&](const auto& entry) { return entry.second.id() == given.id(); };
      if (std::any_of(tables_.audit_events.begin(), tables_.audit_events.end(), same_id)) continue;
      v1::AuditEvent event = given;
      AuditEnd& newest = tables_.audit_ends.newest;
      event.set_sequence(newest.sequence + 1);
      event.set_hash(AuditHash(newest.hash, event));
      newest = {.sequence = event.sequence(), .hash = event.hash()};
      tables_.audit_events[event.sequence()] = event;
      if (event.action() != kToolCall) continue;
      const int64_t day = DayOf(rpc::TimeOf(event.time()));
      UsageRow& row = tables_.usage[{day, event.mcp_server(), CountedTool(event), event.account()}];
      row.day = day;
      row.account = event.account();
      row.mcp_server = event.mcp_server();
      row.tool = CountedTool(event);
      ++row.calls;
      if (event.outcome() != "ok") ++row.errors;
      row.duration += rpc::DurationOf(event.duration());
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<v1::AuditEvent>> List(const AuditFilter& filter, int64_t before,
                                                   int limit) override {
    const std::lock_guard lock(tables_.mu);
    std::vector<v1::AuditEvent> events;
    for (auto entry = tables_.audit_events.rbegin(); entry != tables_.audit_events.rend();
         ++entry) {
      if (static_cast<int>(events.size()) == limit) break;
      if (entry->first < before && Fits(filter, entry->second)) events.push_back(entry->second);
    }
    return events;
  }

  absl::StatusOr<std::vector<v1::AuditEvent>> Read(int64_t first, int limit) override {
    const std::lock_guard lock(tables_.mu);
    std::vector<v1::AuditEvent> events;
    for (auto entry = tables_.audit_events.lower_bound(first);
         entry != tables_.audit_events.end() && static_cast<int>(events.size()) < limit; ++entry) {
      events.push_back(entry->second);
    }
    return events;
  }

  absl::StatusOr<AuditEnds> Ends() override {
    const std::lock_guard lock(tables_.mu);
    return tables_.audit_ends;
  }

  absl::StatusOr<int64_t> RemoveOldest(absl::Time time, int64_t limit) override {
    const std::lock_guard lock(tables_.mu);
    int64_t removed = 0;
    auto& events = tables_.audit_events;
    while (removed < limit && !events.empty() &&
           rpc::TimeOf(events.begin()->second.time()) < time) {
      tables_.audit_ends.removed = {.sequence = events.begin()->first,
                                    .hash = events.begin()->second.hash()};
      events.erase(events.begin());
      ++removed;
    }
    return removed;
  }

  absl::StatusOr<std::vector<UsageRow>> Usage(const UsageFilter& filter, int limit) override {
    const std::lock_guard lock(tables_.mu);
    std::vector<UsageRow> rows;
    for (const auto& [key, row] : tables_.usage) {
      if (static_cast<int>(rows.size()) == limit) break;
      if (row.day >= filter.first_day && row.day <= filter.last_day &&
          FitsOrAny(filter.account, row.account) && FitsOrAny(filter.mcp_server, row.mcp_server) &&
          FitsOrAny(filter.tool, row.tool)) {
        rows.push_back(row);
      }
    }
    return rows;
  }

  absl::Status RemoveUsageBefore(int64_t day) override {
    const std::lock_guard lock(tables_.mu);
    std::erase_if(tables_.usage, [&](const auto& entry) { return entry.second.day < day; });
    return absl::OkStatus();
  }

 private:
  static bool FitsOrAny(const std::string& wanted, const std::string& value) {
    return wanted.empty() || wanted == value;
  }

  static bool Fits(const AuditFilter& filter, const v1::AuditEvent& event) {
    const absl::Time time = rpc::TimeOf(event.time());
    const bool action = absl::EndsWith(filter.action, ".")
                            ? absl::StartsWith(event.action(), filter.action)
                            : FitsOrAny(filter.action, event.action());
    const bool outcome = filter.outcome == "error" ? event.outcome() != "ok"
                                                   : FitsOrAny(filter.outcome, event.outcome());
    return time >= filter.start && time < filter.end && action && outcome &&
           FitsOrAny(filter.actor, event.actor()) && FitsOrAny(filter.account, event.account()) &&
           FitsOrAny(filter.mcp_server, event.mcp_server()) &&
           FitsOrAny(filter.tool, event.tool()) && FitsOrAny(filter.request_id, event.request_id());
  }

  Tables& tables_;
};

class MemoryChangeStore final : public ChangeStore {
 public:
  explicit MemoryChangeStore(Tables& tables) : tables_(tables) {}

  absl::StatusOr<RecentChanges> Read(int64_t after, int limit) override {
    const std::lock_guard lock(tables_.mu);
    RecentChanges recent{.newest = tables_.newest_change};
    for (const v1::Change& change : tables_.changes) {
      if (recent.changes.size() == static_cast<size_t>(limit)) break;
      if (change.sequence() > after) recent.changes.push_back(change);
    }
    return recent;
  }

  absl::Status Trim(int64_t keep) override {
    const std::lock_guard lock(tables_.mu);
    std::erase_if(tables_.changes, [&](const v1::Change& change) {
      return change.sequence() <= tables_.newest_change - keep;
    });
    return absl::OkStatus();
  }

 private:
  Tables& tables_;
};

class MemoryStore final : public Store {
 public:
  AccountStore& accounts() override { return accounts_; }
  TokenStore& tokens() override { return tokens_; }
  McpServerStore& mcp_servers() override { return mcp_servers_; }
  ApiKeyStore& api_keys() override { return api_keys_; }
  ClientStore& clients() override { return clients_; }
  ApprovalStore& approvals() override { return approvals_; }
  ConnectStore& connect() override { return connect_; }
  AuditStore& audit() override { return audit_; }
  ChangeStore& changes() override { return changes_; }

 private:
  Tables tables_;
  MemoryAccountStore accounts_{tables_};
  MemoryTokenStore tokens_{tables_};
  MemoryMcpServerStore mcp_servers_{tables_};
  MemoryApiKeyStore api_keys_{tables_};
  MemoryClientStore clients_{tables_};
  MemoryApprovalStore approvals_{tables_};
  MemoryConnectStore connect_{tables_};
  MemoryAuditStore audit_{tables_};
  MemoryChangeStore changes_{tables_};
};

}  // namespace

std::unique_ptr<Store> NewMemoryStore() { return std::make_unique<MemoryStore>(); }

}  // namespace mesh::auth
