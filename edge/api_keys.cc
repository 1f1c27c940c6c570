#include "edge/api_keys.h"

#include <string>
#include <utility>

#include "absl/time/clock.h"

#include "common/base/call_context.h"
#include "common/base/errors.h"
#include "common/base/hash.h"
#include "common/rpc/proto_time.h"
#include "edge/change_watch.h"

namespace mesh::edge {
namespace {

using auth::v1::ApiKey;
using auth::v1::ApiKeyService;
using auth::v1::ResolveApiKeyRequest;

// Longer ones are not ours, and not worth a digest.
constexpr size_t kMaxKeyBytes = 512;
constexpr absl::Duration kPatience = absl::Seconds(2);

}  // namespace

ApiKeys::ApiKeys(const Clock& clock, ApiKeyService::StubInterface& auth, rpc::CallGroup& calls)
    : clock_(clock), cache_(clock, {}, [&auth, &calls](const std::string& sha256, auto fetched) {
        ResolveApiKeyRequest request;
        request.set_key_sha256(sha256);
        calls.Call(CallContext{.deadline = absl::Now() + kPatience}, "auth-service", *auth.async(),
                   &ApiKeyService::StubInterface::async_interface::ResolveApiKey,
                   std::move(request), std::move(fetched));
      }) {}

void ApiKeys::Resolve(absl::string_view key, Done done) {
  if (key.empty()) return std::move(done)(ApiKeyMissing());
  if (key.size() > kMaxKeyBytes) return std::move(done)(ApiKeyInvalid());
  // What is held may have expired since.
  cache_.Get(Sha256(key), [this, done = std::move(done)](absl::StatusOr<Record> record) mutable {
    if (record.ok() && (*record)->has_expire_time() &&
        rpc::TimeOf((*record)->expire_time()) <= clock_.Now()) {
      return std::move(done)(ApiKeyInvalid());
    }
    std::move(done)(std::move(record));
  });
}

void ApiKeys::Apply(const auth::v1::WatchResponse& news) {
  if (news.reset() || news.changes_size() > 0) {
    cache_.Drop([&](const ApiKey& key) {
      return MayHaveChanged(news, auth::v1::Change::API_KEY, key.id());
    });
  }
  cache_.Confirm();
}

}  // namespace mesh::edge
