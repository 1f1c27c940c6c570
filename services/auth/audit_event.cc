#include "services/auth/audit_event.h"

#include <string>

#include "absl/strings/ascii.h"

#include "common/base/random.h"
#include "common/rpc/proto_time.h"
#include "services/auth/store/page.h"

namespace mesh::auth {
namespace {

constexpr size_t kLongestField = 200;
constexpr size_t kLongestDetails = 4096;
constexpr absl::Duration kLongestDuration = absl::Hours(24);

// Cut between two characters of UTF-8.
void Cut(size_t longest, std::string& text) {
  if (text.size() <= longest) return;
  size_t end = longest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  text.resize(end);
}

void Tidy(size_t longest, std::string& text) {
  Cut(longest, text);
  for (char& c : text) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
}

}  // namespace

void TidyEvent(absl::Time now, v1::AuditEvent& event) {
  for (std::string* field :
       {event.mutable_id(), event.mutable_actor(), event.mutable_action(), event.mutable_account(),
        event.mutable_mcp_server(), event.mutable_tool(), event.mutable_outcome(),
        event.mutable_request_id()}) {
    Tidy(kLongestField, *field);
  }
  if (event.id().empty()) event.set_id(RandomId("evt_"));
  // A clock that is far ahead would keep events behind it from ever growing old.
  const absl::Time time = event.has_time() ? rpc::TimeOf(event.time()) : now;
  *event.mutable_time() = rpc::TimestampOf(StoredTime(time > now + absl::Minutes(5) ? now : time));
  const absl::Duration duration = rpc::DurationOf(event.duration());
  const bool plausible = duration >= absl::ZeroDuration() && duration <= kLongestDuration;
  *event.mutable_duration() = rpc::ProtoDurationOf(plausible ? duration : absl::ZeroDuration());

  size_t left = kLongestDetails;
  google::protobuf::Map<std::string, std::string> details;
  for (auto& [name, value] : *event.mutable_details()) {
    std::string tidy_name = name;
    Tidy(kLongestField, tidy_name);
    if (tidy_name.size() >= left) break;
    left -= tidy_name.size();
    std::string tidy_value = value;
    Tidy(left, tidy_value);
    left -= tidy_value.size();
    details[tidy_name] = tidy_value;
  }
  *event.mutable_details() = std::move(details);
  event.clear_sequence();
  event.clear_hash();
}

}  // namespace mesh::auth
