// A JSON Schema, compiled once, that says whether a value fits it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "services/zoho_proxy/json.h"

namespace mesh::zoho_proxy {

// Thread-safe, immutable.
class Schema {
 public:
  // Fails with INVALID_ARGUMENT (`FIELD_INVALID`) where `schema` is no JSON Schema.
  static absl::StatusOr<std::unique_ptr<const Schema>> Compile(const Arguments& schema);

  ~Schema();

  // The member of the root that breaks a rule, the first one found; empty where the root itself
  // does. nullopt where `value` fits.
  std::optional<std::string> FirstViolation(const Arguments& value) const;

 private:
  struct Compiled;

  explicit Schema(std::unique_ptr<Compiled> compiled);

  const std::unique_ptr<Compiled> compiled_;
};

}  // namespace mesh::zoho_proxy
