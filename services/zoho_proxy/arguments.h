// A call's arguments: read leniently, held to the tool's schema, with errors that help to mend
// them.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/zoho_proxy/json.h"

namespace mesh::zoho_proxy {

class Schema;

// An argument as text: a string as it is, anything else as JSON; empty where it was left out.
std::string TextArgument(const Arguments& arguments, absl::string_view name);

// Thread-safe, immutable.
class ArgumentRules {
 public:
  // `input_schema` is a tool's: a flat object. `examples` are JSON texts by argument. Those of
  // `left_to_server` get no default where they are absent: whoever is called knows what to do then.
  // Fails with INVALID_ARGUMENT (`FIELD_INVALID`) where it is no JSON Schema.
  static absl::StatusOr<std::shared_ptr<const ArgumentRules>> Compile(
      const Json& input_schema, const std::map<std::string, std::string>& examples,
      const std::set<std::string>& left_to_server = {});

  ~ArgumentRules();

  // Reads one JSON object (empty text is `{}`; an object written as a JSON string is read as well),
  // drops nulls, turns values into the stated type where nothing is lost ("20" for an integer, 7
  // for a string), and adds defaults. Fails with INVALID_ARGUMENT (`ARGUMENT_INVALID`), naming the
  // argument, the rule and an example; for an unknown one the closest names.
  absl::StatusOr<Arguments> Read(absl::string_view arguments_json) const;

 private:
  struct Rule {
    // JSON Schema's type; empty where any will do.
    std::string type = {};
    // Of an array's items.
    std::string item_type = {};
    // Completes "`field` …", for example "must be an integer from 1 to 100".
    std::string text = {};
    std::string example = {};
    // Of an array: whether its items are.
    bool is_email = false;
    std::unique_ptr<const Arguments> fallback = {};
    bool required = false;
    size_t max_length = 0;
  };

  ArgumentRules();

  // Turns `value` into what the rule wants, or says why that cannot be.
  static absl::Status Fit(const std::string& name, const Rule& rule, Arguments& value);

  absl::Status Unknown(const std::string& name) const;

  std::map<std::string, Rule> rules_;
  // In the order of the schema, for errors.
  std::vector<std::string> names_;
  std::unique_ptr<const Schema> schema_;
};

}  // namespace mesh::zoho_proxy
