#include "services/auth/store/audit_hash.h"

#include <map>

#include "absl/strings/str_cat.h"

#include "common/base/hash.h"
#include "common/rpc/proto_time.h"

namespace mesh::auth {
namespace {

// With its length, so that nothing moves from one field to the next unseen.
void Add(absl::string_view field, std::string& text) {
  absl::StrAppend(&text, field.size(), ":", field, ";");
}

}  // namespace

std::string AuditHash(absl::string_view before, const v1::AuditEvent& event) {
  std::string text;
  Add(before, text);
  Add(absl::StrCat(event.sequence()), text);
  Add(event.id(), text);
  Add(absl::StrCat(absl::ToUnixMicros(rpc::TimeOf(event.time()))), text);
  for (const std::string* field :
       {&event.actor(), &event.action(), &event.account(), &event.mcp_server(), &event.tool(),
        &event.outcome(), &event.request_id()}) {
    Add(*field, text);
  }
  Add(absl::StrCat(absl::ToInt64Microseconds(rpc::DurationOf(event.duration()))), text);
  const std::map<std::string, std::string> details(event.details().begin(), event.details().end());
  for (const auto& [name, value] : details) {
    Add(name, text);
    Add(value, text);
  }
  return Sha256Hex(text);
}

}  // namespace mesh::auth
