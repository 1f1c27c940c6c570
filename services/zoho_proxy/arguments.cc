#include "services/zoho_proxy/arguments.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "services/zoho_proxy/schema.h"
#include "services/zoho_proxy/utf8.h"

namespace mesh::zoho_proxy {
namespace {

// Deeper than any tool's arguments, and shallow enough for functions that call themselves.
constexpr int kMaxDepth = 16;

// Of a string where the schema sets no bound.
constexpr size_t kMaxLength = 8192;

// Bytes of an unknown argument's name that an error repeats.
constexpr size_t kMaxShownName = 64;

// Beyond it a double no longer holds every integer.
constexpr double kExactDouble = 9007199254740992.0;

// nullopt where `text` is no JSON or nested too deep.
std::optional<Arguments> ParseShallow(absl::string_view text) {
  bool too_deep = false;
  Arguments value = Arguments::parse(
      text.begin(), text.end(),
      [&too_deep](int depth, Arguments::parse_event_t, Arguments&) {
        too_deep = too_deep || depth > kMaxDepth;
        return !too_deep;
      },
      /*allow_exceptions=*/false);
  if (too_deep || value.is_discarded()) return std::nullopt;
  return value;
}

std::string TypeOf(const Json& schema) {
  const auto type = schema.find("type");
  return type != schema.end() && type->is_string() ? type->get<std::string>() : "";
}

std::string Quoted(const Json& values) {
  return absl::StrJoin(values, ", ", [](std::string* out, const Json& value) {
    absl::StrAppend(out, "`", value.is_string() ? value.get<std::string>() : value.dump(), "`");
  });
}

// "an integer from 1 to 100".
std::string Describe(const Json& schema) {
  if (schema.contains("enum")) return absl::StrCat("one of ", Quoted(schema["enum"]));
  const std::string type = TypeOf(schema);
  if (type == "integer" || type == "number") {
    std::string text = type == "integer" ? "an integer" : "a number";
    if (schema.contains("minimum")) absl::StrAppend(&text, " from ", schema["minimum"].dump());
    if (schema.contains("maximum")) {
      absl::StrAppend(&text, schema.contains("minimum") ? " to " : " up to ",
                      schema["maximum"].dump());
    }
    return text;
  }
  if (type == "boolean") return "`true` or `false`";
  if (type == "array") {
    std::string text = "an array";
    if (schema.contains("maxItems")) {
      absl::StrAppend(&text, " of at most ", schema["maxItems"].dump(), " items");
    }
    if (schema.contains("items")) absl::StrAppend(&text, ", each ", Describe(schema["items"]));
    return text;
  }
  if (type == "object") return "an object";
  if (type != "string") return "a value that its description allows";
  std::string text = "a string";
  if (schema.contains("minLength") && schema.contains("maxLength")) {
    absl::StrAppend(&text, " of ", schema["minLength"].dump(), " to ", schema["maxLength"].dump(),
                    " characters");
  } else if (schema.contains("maxLength")) {
    absl::StrAppend(&text, " of at most ", schema["maxLength"].dump(), " characters");
  } else if (schema.contains("minLength")) {
    absl::StrAppend(&text, " that is not empty");
  }
  if (schema.contains("pattern")) {
    absl::StrAppend(&text, " that matches ", schema["pattern"].get<std::string>());
  }
  return text;
}

// Turns `value` into `type` where nothing is lost; otherwise leaves it for the schema to refuse.
void Coerce(const std::string& type, Arguments& value) {
  if (type == "integer") {
    int64_t integer = 0;
    if (value.is_string() && absl::SimpleAtoi(value.get_ref<const std::string&>(), &integer)) {
      value = integer;
    } else if (value.is_number_float()) {
      const double number = value.get<double>();
      if (number == std::trunc(number) && std::abs(number) < kExactDouble) {
        value = static_cast<int64_t>(number);
      }
    }
  } else if (type == "number") {
    double number = 0;
    if (value.is_string() && absl::SimpleAtod(value.get_ref<const std::string&>(), &number) &&
        std::isfinite(number)) {
      value = number;
    }
  } else if (type == "boolean") {
    bool flag = false;
    if (value.is_string() && absl::SimpleAtob(value.get_ref<const std::string&>(), &flag)) {
      value = flag;
    }
  } else if (type == "string") {
    if (value.is_number_integer()) {
      value = value.dump();
    } else if (value.is_number_float()) {
      Coerce("integer", value);  // 1e3 or 12.0, as some clients write an id.
      if (value.is_number_integer()) value = value.dump();
    }
  }
}

void CoerceArray(const std::string& item_type, Arguments& value) {
  if (value.is_string()) {
    std::optional<Arguments> parsed = ParseShallow(value.get_ref<const std::string&>());
    if (parsed.has_value() && parsed->is_array()) value = *std::move(parsed);
  }
  if (!value.is_structured()) value = Arguments::array({std::move(value)});
  if (!value.is_array()) return;
  for (Arguments& item : value) Coerce(item_type, item);
}

bool HasLongString(const Arguments& value, size_t max_length) {
  if (value.is_string()) return value.get_ref<const std::string&>().size() > max_length;
  return value.is_structured() &&
         std::any_of(value.begin(), value.end(), [max_length](const Arguments& item) {
           return HasLongString(item, max_length);
         });
}

// How many characters to insert, remove or replace to get from one to the other.
size_t EditDistance(absl::string_view from, absl::string_view to) {
  std::vector<size_t> row(to.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= from.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t replace = diagonal + (from[i - 1] != to[j - 1]);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replace});
    }
  }
  return row.back();
}

// The schema as the validator gets it: dates are checked where they are converted, and the
// validator's own check of formats compiles a regular expression for each value.
Arguments WithoutFormats(const Json& schema) {
  Arguments plain = schema;
  for (Arguments& property : plain["properties"]) property.erase("format");
  return plain;
}

}  // namespace

ArgumentRules::ArgumentRules() = default;
ArgumentRules::~ArgumentRules() = default;

absl::StatusOr<std::shared_ptr<const ArgumentRules>> ArgumentRules::Compile(
    const Json& input_schema, const std::map<std::string, std::string>& examples) {
  std::shared_ptr<ArgumentRules> rules(new ArgumentRules());
  for (const auto& [name, schema] : input_schema.at("properties").items()) {
    Rule& rule = rules->rules_[name];
    rules->names_.push_back(name);
    rule.type = TypeOf(schema);
    rule.text = Describe(schema);
    if (schema.contains("items")) rule.item_type = TypeOf(schema["items"]);
    if (schema.contains("default")) {
      rule.fallback = std::make_unique<const Arguments>(schema["default"]);
    }
    rule.max_length = std::max(kMaxLength, schema.value("maxLength", size_t{0}) * 4);
    if (const auto example = examples.find(name); example != examples.end()) {
      rule.example = example->second;
    } else if (schema.contains("enum")) {
      rule.example = schema["enum"].front().dump();
    } else if (schema.contains("default")) {
      rule.example = schema["default"].dump();
    }
  }
  if (const auto required = input_schema.find("required"); required != input_schema.end()) {
    for (const Json& name : *required) rules->rules_[name.get<std::string>()].required = true;
  }
  ASSIGN_OR_RETURN(rules->schema_, Schema::Compile(WithoutFormats(input_schema)));
  return rules;
}

absl::StatusOr<Arguments> ArgumentRules::Read(absl::string_view arguments_json) const {
  const absl::string_view text = absl::StripAsciiWhitespace(arguments_json);
  std::optional<Arguments> read = ParseShallow(text.empty() ? "{}" : text);
  if (read.has_value() && read->is_string()) {
    read = ParseShallow(read->get_ref<const std::string&>());
  }
  if (read.has_value() && read->is_null()) read = Arguments::object();
  if (!read.has_value() || !read->is_object()) {
    return ArgumentInvalid("arguments", "must be one JSON object of flat values", "{}");
  }

  Arguments arguments = Arguments::object();
  for (auto& [name, value] : read->items()) {
    const auto found = rules_.find(name);
    if (found == rules_.end()) return Unknown(name);
    if (value.is_null()) continue;
    const Rule& rule = found->second;
    if (rule.type == "array") {
      CoerceArray(rule.item_type, value);
    } else {
      Coerce(rule.type, value);
    }
    if (HasLongString(value, rule.max_length)) {
      return ArgumentInvalid(name, absl::StrCat("must be ", rule.text, ", and shorter"),
                             rule.example);
    }
    arguments[name] = std::move(value);
  }
  for (const std::string& name : names_) {
    const Rule& rule = rules_.at(name);
    if (arguments.contains(name)) continue;
    if (rule.required) {
      return ArgumentInvalid(name, absl::StrCat("is required and must be ", rule.text),
                             rule.example);
    }
    if (rule.fallback != nullptr) arguments[name] = *rule.fallback;
  }
  if (const std::optional<std::string> wrong = schema_->FirstViolation(arguments)) {
    const auto rule = rules_.find(*wrong);
    if (rule == rules_.end()) return ArgumentInvalid("arguments", "do not fit the input schema");
    return ArgumentInvalid(*wrong, absl::StrCat("must be ", rule->second.text),
                           rule->second.example);
  }
  return arguments;
}

absl::Status ArgumentRules::Unknown(const std::string& name) const {
  if (names_.empty()) return ArgumentInvalid(name, "is unknown; this tool takes no arguments");
  const absl::string_view shown = CutUtf8(name, kMaxShownName);
  std::vector<std::pair<size_t, std::string>> closest;
  for (const std::string& known : names_) closest.emplace_back(EditDistance(shown, known), known);
  std::stable_sort(closest.begin(), closest.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  const bool near = closest.front().first <= std::max<size_t>(2, shown.size() / 3);
  return ArgumentInvalid(
      shown, absl::StrCat("is not an argument of this tool",
                          near ? absl::StrCat("; did you mean `", closest.front().second, "`") : "",
                          near ? "?" : ".", " It takes: `", absl::StrJoin(names_, "`, `"), "`"));
}

}  // namespace mesh::zoho_proxy
