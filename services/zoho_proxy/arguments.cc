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
#include "common/base/utf8.h"
#include "services/zoho_proxy/schema.h"

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
  std::string text = schema.value("format", "") == "email" ? "an e-mail address" : "a string";
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
    } else if (value == 0 || value == 1) {
      value = value == 1;
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

// An object that was written as a string of JSON.
void CoerceObject(Arguments& value) {
  if (!value.is_string()) return;
  std::optional<Arguments> parsed = ParseShallow(value.get_ref<const std::string&>());
  if (parsed.has_value() && parsed->is_object()) value = *std::move(parsed);
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

// Whether `holds` is true of a string anywhere in `value`.
template <typename Holds>
bool AnyString(const Arguments& value, const Holds& holds) {
  if (value.is_string()) return holds(value.get_ref<const std::string&>());
  return value.is_structured() &&
         std::any_of(value.begin(), value.end(),
                     [&holds](const Arguments& item) { return AnyString(item, holds); });
}

// What no text needs, and many a program trips over.
bool HasControl(const std::string& text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c)) && c != '\n' && c != '\r' &&
           c != '\t';
  });
}

// One `@` with something on either side and nothing that ends an address: whether there is such a
// mailbox is for the mail to find out.
bool IsEmail(const std::string& text) {
  const size_t at = text.find('@');
  return at != text.npos && at > 0 && at + 1 < text.size() && text.find('@', at + 1) == text.npos &&
         std::none_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isspace(static_cast<unsigned char>(c)) || c == ',' || c == ';' ||
                  c == '<' || c == '>' || c == '"';
         });
}

// An example for a schema that has none.
Json MakeUpExample(const Json& schema) {
  if (schema.contains("enum")) return schema["enum"].front();
  if (schema.contains("default")) return schema["default"];
  const std::string type = TypeOf(schema);
  if (type == "integer" || type == "number") return schema.value("minimum", Json(1));
  if (type == "boolean") return true;
  if (type == "object") return Json::object();
  if (type == "array") {
    return Json::array({MakeUpExample(schema.value("items", Json::object()))});
  }
  return schema.value("format", "") == "email" ? "sarah@example.com" : "text";
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

// Longest string, in characters, that a pattern is tried on: std::regex calls itself for each.
constexpr size_t kMaxMatched = 256;

// The schema as the validator gets it: dates are checked where they are converted, and the
// validator's own check of formats compiles a regular expression for each value.
void RemoveFormats(Arguments& schema) {
  if (!schema.is_object()) return;
  schema.erase("format");
  if (schema.value("maxLength", kMaxMatched + 1) > kMaxMatched) schema.erase("pattern");
  for (const char* key : {"properties", "anyOf"}) {
    const auto children = schema.find(key);
    if (children == schema.end() || !children->is_structured()) continue;
    for (Arguments& child : *children) RemoveFormats(child);
  }
  if (const auto items = schema.find("items"); items != schema.end()) RemoveFormats(*items);
}

}  // namespace

std::string TextArgument(const Arguments& arguments, absl::string_view name) {
  const auto found = arguments.find(std::string(name));
  if (found == arguments.end() || found->is_null()) return "";
  return found->is_string() ? found->get<std::string>() : found->dump();
}

ArgumentRules::ArgumentRules() = default;
ArgumentRules::~ArgumentRules() = default;

absl::StatusOr<std::shared_ptr<const ArgumentRules>> ArgumentRules::Compile(
    const Json& input_schema, const std::map<std::string, std::string>& examples,
    const std::set<std::string>& left_to_server) {
  std::shared_ptr<ArgumentRules> rules(new ArgumentRules());
  for (const auto& [name, schema] : input_schema.at("properties").items()) {
    Rule& rule = rules->rules_[name];
    rules->names_.push_back(name);
    rule.type = TypeOf(schema);
    rule.text = Describe(schema);
    const Json items = schema.value("items", Json::object());
    rule.item_type = TypeOf(items);
    rule.is_email = (rule.type == "array" ? items : schema).value("format", "") == "email";
    if (left_to_server.count(name) == 0 && schema.contains("default")) {
      rule.fallback = std::make_unique<const Arguments>(schema["default"]);
    }
    rule.max_length = std::max(kMaxLength, schema.value("maxLength", size_t{0}) * 4);
    if (const auto example = examples.find(name); example != examples.end()) {
      rule.example = example->second;
    } else {
      rule.example = MakeUpExample(schema).dump();
    }
  }
  if (const auto required = input_schema.find("required"); required != input_schema.end()) {
    for (const Json& name : *required) rules->rules_[name.get<std::string>()].required = true;
  }
  Arguments validated = input_schema;
  RemoveFormats(validated);
  ASSIGN_OR_RETURN(rules->schema_, Schema::Compile(validated));
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
    RETURN_IF_ERROR(Fit(name, found->second, value));
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

absl::Status ArgumentRules::Fit(const std::string& name, const Rule& rule, Arguments& value) {
  if (rule.type == "array") {
    CoerceArray(rule.item_type, value);
  } else if (rule.type == "object") {
    CoerceObject(value);
  } else {
    Coerce(rule.type, value);
  }
  const auto too_long = [&rule](const std::string& text) { return text.size() > rule.max_length; };
  if (AnyString(value, too_long)) {
    return ArgumentInvalid(name, absl::StrCat("must be ", rule.text, ", and shorter"),
                           rule.example);
  }
  if (AnyString(value, HasControl)) {
    return ArgumentInvalid(
        name, absl::StrCat("must be ", rule.text, ", without control characters"), rule.example);
  }
  const auto no_email = [](const std::string& text) { return !IsEmail(text); };
  if (rule.is_email && AnyString(value, no_email)) {
    return ArgumentInvalid(name, absl::StrCat("must be ", rule.text), rule.example);
  }
  return absl::OkStatus();
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
