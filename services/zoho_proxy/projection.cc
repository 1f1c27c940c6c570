#include "services/zoho_proxy/projection.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"

namespace mesh::zoho_proxy {

absl::StatusOr<Projection> Projection::Parse(absl::string_view fields) {
  Projection root;
  if (absl::StripAsciiWhitespace(fields).empty()) return root;
  for (absl::string_view path : absl::StrSplit(fields, ',')) {
    path = absl::StripAsciiWhitespace(path);
    Projection* at = &root;
    for (const absl::string_view name : absl::StrSplit(path, '.')) {
      if (name.empty()) {
        return ArgumentInvalid("fields", "must be names separated by commas",
                               "\"topic,startTime\"");
      }
      at = &at->members_[std::string(name)];
    }
  }
  return root;
}

const Projection* Projection::Member(absl::string_view name) const {
  if (everything()) return this;
  auto found = members_.find(std::string(name));
  if (found == members_.end() && absl::ConsumeSuffix(&name, "Rfc3339")) {
    found = members_.find(std::string(name));
  }
  return found == members_.end() ? nullptr : &found->second;
}

}  // namespace mesh::zoho_proxy
