// Reads a JSON request body field by field; every error names its field. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <nlohmann/json_fwd.hpp>

namespace mesh::gateway {

// The object in `body`. Fails with INVALID_ARGUMENT (`FIELD_INVALID`, field `body`) where it is no
// JSON object, or one nested more than 16 deep.
absl::StatusOr<nlohmann::json> ParseObject(absl::string_view body);

// Reads the fields of one object. The first error stays and makes the rest of no effect; ask for it
// at the end. A field that is null counts as absent. Not thread-safe; `object` must outlive it.
class Fields {
 public:
  // `prefix` stands before each name in errors: `config.`.
  explicit Fields(const nlohmann::json& object, absl::string_view prefix = {});

  std::optional<std::string> String(const char* name);
  std::string RequiredString(const char* name);
  std::optional<bool> Bool(const char* name);
  std::vector<std::string> Strings(const char* name);

  // An RFC 3339 time with a zone.
  std::optional<absl::Time> Time(const char* name);

  // A whole number from `least` to `most`.
  std::optional<int64_t> Integer(const char* name, int64_t least, int64_t most);

  // nullptr where it is absent.
  const nlohmann::json* Object(const char* name);

  // Whether the field is there, null included: in a change, null takes a value away.
  bool Has(const char* name) const;

  void Fail(absl::string_view name, absl::string_view rule, absl::string_view example = {});
  void Fail(const absl::Status& status);

  // The first error, a field that nobody asked for among them.
  absl::Status Finish();

 private:
  // nullptr where it is absent or an error stands already.
  const nlohmann::json* Find(const char* name);

  const nlohmann::json& object_;
  const std::string prefix_;
  std::set<std::string> known_;
  absl::Status status_;
};

}  // namespace mesh::gateway
