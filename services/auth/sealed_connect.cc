#include "services/auth/sealed_connect.h"

#include "absl/strings/escaping.h"

#include "common/base/errors.h"
#include "common/rpc/proto_time.h"

namespace mesh::auth {
namespace {

// Longer than any that is made here: what is longer is not worth opening.
constexpr size_t kLongest = 8192;

absl::string_view PlaceOf(ConnectKind kind) {
  switch (kind) {
    case ConnectKind::kState:
      return "connect/state";
    case ConnectKind::kLink:
      return "connect/link";
    case ConnectKind::kDevice:
      break;
  }
  return "connect/device";
}

}  // namespace

absl::string_view NameOf(ConnectKind kind) {
  switch (kind) {
    case ConnectKind::kState:
      return "answer from Zoho";
    case ConnectKind::kLink:
      return "connect link";
    case ConnectKind::kDevice:
      break;
  }
  return "device handle";
}

std::string SealConnect(const Sealer& sealer, ConnectKind kind, const v1::SealedConnect& connect) {
  return absl::WebSafeBase64Escape(sealer.Seal(connect.SerializeAsString(), PlaceOf(kind)));
}

absl::StatusOr<v1::SealedConnect> OpenConnect(const Sealer& sealer, ConnectKind kind,
                                              absl::string_view sealed, absl::Time now) {
  std::string bytes;
  if (sealed.size() > kLongest || !absl::WebSafeBase64Unescape(sealed, &bytes)) {
    return ConnectInvalid(NameOf(kind));
  }
  const absl::StatusOr<Secret> opened = sealer.Open(bytes, PlaceOf(kind));
  v1::SealedConnect connect;
  if (!opened.ok() || !connect.ParseFromString(std::string(opened->Reveal()))) {
    return ConnectInvalid(NameOf(kind));
  }
  if (rpc::TimeOf(connect.expire_time()) <= now) return ConnectExpired(NameOf(kind));
  return connect;
}

}  // namespace mesh::auth
