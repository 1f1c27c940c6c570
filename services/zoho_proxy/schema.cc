#include "services/zoho_proxy/schema.h"

#include <exception>
#include <utility>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "common/base/errors.h"

namespace mesh::zoho_proxy {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

struct Schema::Compiled {
  valijson::Schema schema = {};
};

Schema::Schema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}

Schema::~Schema() = default;

absl::StatusOr<std::unique_ptr<const Schema>> Schema::Compile(const Arguments& schema) {
  auto compiled = std::make_unique<Compiled>();
  try {
    valijson::SchemaParser(valijson::SchemaParser::kDraft7)
        .populateSchema(Adapter(schema), compiled->schema);
  } catch (const std::exception& error) {
    return FieldInvalid("schema", error.what());
  }
  return std::unique_ptr<const Schema>(new Schema(std::move(compiled)));
}

std::optional<std::string> Schema::FirstViolation(const Arguments& value) const {
  valijson::ValidationResults results;
  try {
    // A validator caches what it makes of patterns, so that sharing one would need a lock.
    valijson::Validator validator;
    if (validator.validate(compiled_->schema, Adapter(value), &results)) return std::nullopt;
  } catch (const std::exception&) {  // A pattern that std::regex gives up on.
    return "";
  }
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    if (error.context.size() < 2) continue;
    const std::string& member = error.context[1];  // "[name]"
    return member.size() > 2 ? member.substr(1, member.size() - 2) : member;
  }
  return "";
}

}  // namespace mesh::zoho_proxy
