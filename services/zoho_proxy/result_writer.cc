#include "services/zoho_proxy/result_writer.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "services/zoho_proxy/parsed_answer.h"
#include "services/zoho_proxy/zoho_time.h"

namespace mesh::zoho_proxy {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;
using simdjson::dom::object;

constexpr char kRedacted[] = "[redacted]";

// Kept free in a list's result for what stands around its rows.
constexpr size_t kRoom = 4'096;

// JavaScript's Number.MAX_SAFE_INTEGER.
constexpr uint64_t kMaxSafeInteger = 9007199254740991;

// What the integers of a `…Time` field are at least when they are milliseconds of the epoch.
constexpr int64_t kLeastEpochMillis = 100'000'000'000;

constexpr std::array<absl::string_view, 4> kMillisSuffixes = {"Millisec", "Millis", "inMs",
                                                              "InMilliSec"};

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }
std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

bool IsId(absl::string_view name) {
  for (const absl::string_view end : {"id", "ids", "key", "keys"}) {
    if (absl::EndsWithIgnoreCase(name, end)) return true;
  }
  return name == "presenter" || name == "creator";
}

bool IsSecret(absl::string_view name) {
  for (const absl::string_view secret :
       {"startLink", "pwd", "encryptPwd", "password", "encryptPassword", "accessCode", "pin",
        "dialInPin", "meetingEmbedUrl"}) {
    if (absl::EqualsIgnoreCase(name, secret)) return true;
  }
  return false;
}

// The integer in a number or in a string of digits.
std::optional<int64_t> Integer(const element& value) {
  int64_t integer = 0;
  if (value.get_int64().get(integer) == simdjson::SUCCESS) return integer;
  std::string_view text;
  if (value.get_string().get(text) == simdjson::SUCCESS && absl::SimpleAtoi(View(text), &integer)) {
    return integer;
  }
  return std::nullopt;
}

// `startTime` of `startTimeMillisec`; empty where `name` holds no milliseconds.
absl::string_view BaseOfMillis(absl::string_view name) {
  for (const absl::string_view suffix : kMillisSuffixes) {
    absl::string_view base = name;
    if (absl::ConsumeSuffix(&base, suffix) && absl::EndsWith(base, "Time")) return base;
  }
  return {};
}

// `startTime` of the field beside which `startTimeRfc3339` stands: of `startTime` itself, or of its
// milliseconds where they stand alone. Empty for any other field.
absl::string_view TimeNameOf(absl::string_view name, const object& fields) {
  if (absl::EndsWith(name, "Time")) return name;
  const absl::string_view base = BaseOfMillis(name);
  element value;
  if (base.empty() || fields[View(base)].get(value) == simdjson::SUCCESS) return {};
  return base;
}

// What an object says about its times.
struct TimeFacts {
  std::optional<absl::TimeZone> zone = {};
  std::vector<std::pair<absl::string_view, int64_t>> millis = {};

  std::optional<int64_t> MillisOf(absl::string_view base) const {
    for (const auto& [name, value] : millis) {
      if (name == base) return value;
    }
    return std::nullopt;
  }

  absl::TimeZone zone_or_utc() const { return zone.value_or(absl::UTCTimeZone()); }
};

TimeFacts TimeFactsOf(const object& fields) {
  TimeFacts facts;
  std::optional<int64_t> offset;
  for (const auto& field : fields) {
    const absl::string_view name = View(field.key);
    std::string_view text;
    if (name == "timezone" || name == "registeredTimezone") {
      if (field.value.get_string().get(text) == simdjson::SUCCESS) {
        facts.zone = FindZone(View(text));
      }
    } else if (name == "offset") {
      offset = Integer(field.value);
    } else if (const absl::string_view base = BaseOfMillis(name); !base.empty()) {
      if (const auto value = Integer(field.value)) facts.millis.emplace_back(base, *value);
    }
  }
  constexpr int64_t kDay = int64_t{24} * 60 * 60 * 1000;
  if (!facts.zone.has_value() && offset.has_value() && std::abs(*offset) < kDay) {
    facts.zone = absl::FixedTimeZone(static_cast<int>(*offset / 1000));
  }
  return facts;
}

// The moment that the field `name` means; nullopt where Zoho does not say enough.
std::optional<absl::Time> MomentOf(absl::string_view name, const element& value,
                                   const TimeFacts& facts) {
  if (const auto millis = facts.MillisOf(name)) return absl::FromUnixMillis(*millis);
  if (const auto integer = Integer(value)) {
    if (*integer < kLeastEpochMillis) return std::nullopt;
    return absl::FromUnixMillis(*integer);
  }
  std::string_view text;
  if (!facts.zone.has_value() || value.get_string().get(text) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return ParseZohoDateTime(View(text), *facts.zone);
}

}  // namespace

struct ResultWriter::Impl {
  explicit Impl(ResultOptions o) : options(std::move(o)) {}

  void WriteString(absl::string_view text) { out.string(View(text)); }

  void WriteInteger(absl::string_view name, int64_t value) {
    const uint64_t magnitude =
        value < 0 ? ~static_cast<uint64_t>(value) + 1 : static_cast<uint64_t>(value);
    if (IsId(name) || magnitude > kMaxSafeInteger) {
      WriteString(absl::StrCat(value));
    } else {
      out.number(value);
    }
  }

  // `name` is that of the field that holds the value, or the array with it.
  void Write(absl::string_view name, const element& value, const Projection& wanted) {
    switch (value.type()) {
      case element_type::OBJECT:
        return WriteObject(value.get_object().value_unsafe(), wanted);
      case element_type::ARRAY: {
        // A copy: value_unsafe() refers into the temporary, which a range-for does not keep.
        const simdjson::dom::array items = value.get_array().value_unsafe();
        size_t left = ItemsToWrite(name);
        out.start_array();
        bool first = true;
        for (const element item : items) {
          if (left-- == 0) break;
          if (!std::exchange(first, false)) out.comma();
          Write(name, item, wanted);
        }
        return out.end_array();
      }
      case element_type::STRING: {
        const std::string_view text = value.get_string().value_unsafe();
        int64_t integer = 0;
        // The one quantity that Zoho writes now as a number, now as a string.
        if ((name == "duration" || name == "offset") && absl::SimpleAtoi(View(text), &integer)) {
          return out.number(integer);
        }
        return out.string(text);
      }
      case element_type::INT64:
        return WriteInteger(name, value.get_int64().value_unsafe());
      case element_type::UINT64:  // Only what an int64_t cannot hold.
        return WriteString(absl::StrCat(value.get_uint64().value_unsafe()));
      case element_type::DOUBLE:
        return out.number(value.get_double().value_unsafe());
      case element_type::BOOL:
        return value.get_bool().value_unsafe() ? out.true_atom() : out.false_atom();
      case element_type::NULL_VALUE:
        return out.null_atom();
    }
  }

  void WriteObject(const object& fields, const Projection& wanted) {
    const TimeFacts times = TimeFactsOf(fields);
    bool first = true;
    ++depth;
    const auto write_key = [this, &first](absl::string_view name) {
      if (!std::exchange(first, false)) out.comma();
      out.key(View(name));
    };
    out.start_object();
    for (const auto& field : fields) {
      const absl::string_view name = View(field.key);
      const Projection* of_field = wanted.Member(name);
      if (of_field != nullptr) {
        write_key(name);
        if (!options.reveal_secrets && IsSecret(name) && !field.value.is_null()) {
          WriteString(kRedacted);
        } else {
          Write(name, field.value, *of_field);
        }
      }
      const absl::string_view base = TimeNameOf(name, fields);
      if (base.empty()) continue;
      const std::string beside = absl::StrCat(base, "Rfc3339");
      if (of_field == nullptr && wanted.Member(beside) == nullptr) continue;
      if (const auto moment = MomentOf(base, field.value, times)) {
        write_key(beside);
        WriteString(FormatRfc3339(*moment, times.zone_or_utc()));
      }
    }
    --depth;
    out.end_object();
  }

  // Whether `row` is done with: it fits, or fits nowhere.
  bool Append(const element& row) {
    out.clear();
    Write("", row, options.fields);
    const size_t most = options.max_bytes - std::min(kRoom, options.max_bytes / 2);
    const std::string_view text = out.str();
    if (std::size(kListStart) + text.size() > most) {
      ++left_out;
      return true;
    }
    if (list.size() + 1 + text.size() > most) return false;
    if (rows++ > 0) list += ',';
    list += text;
    return true;
  }

  // `{"result": …}`.
  std::string Bare(const element& value) {
    out.clear();
    out.start_object();
    out.key("result");
    Write("", value, options.fields);
    out.end_object();
    return std::string(out.str());
  }

  // The text of `fields`, with its longest array cut where it is too long.
  absl::StatusOr<std::string> Fitting(const object& fields) {
    const std::string whole = TextOf([&] { WriteObject(fields, options.fields); });
    if (whole.size() <= options.max_bytes) return whole;

    Cut longest;
    size_t longest_bytes = 0;
    for (const auto& field : fields) {
      const absl::string_view name = View(field.key);
      const Projection* wanted = options.fields.Member(name);
      if (wanted == nullptr || !field.value.is_array()) continue;
      const size_t bytes = TextOf([&] { Write(name, field.value, *wanted); }).size();
      if (bytes <= longest_bytes) continue;
      longest_bytes = bytes;
      longest.name = name;
    }
    const size_t others = whole.size() - longest_bytes + std::min(kRoom, options.max_bytes / 2);
    if (longest.name.empty() || others > options.max_bytes) {
      return ArgumentInvalid(
          "fields",
          absl::StrCat("must name the fields you need, as the whole is longer than ",
                       options.max_bytes, " bytes"),
          "\"topic,startTime\"");
    }
    size_t room = options.max_bytes - others;
    const Projection& wanted = *options.fields.Member(longest.name);
    const simdjson::dom::array items = fields[View(longest.name)].get_array().value_unsafe();
    for (const element item : items) {
      const size_t bytes = 1 + TextOf([&] { Write(longest.name, item, wanted); }).size();
      if (bytes > room) break;
      room -= bytes;
      ++longest.items;
    }
    cut = longest;
    std::string text = TextOf([&] { WriteObject(fields, options.fields); });
    cut.reset();
    text.pop_back();  // The closing brace.
    const std::string note = TextOf([&] { WriteString(CutNote(longest.name)); });
    return absl::StrCat(text, ",\"note\":", note, "}");
  }

  std::string CutNote(absl::string_view name) const {
    return absl::StrCat("`", name, "` is cut, as the answer would have grown beyond ",
                        options.max_bytes, " bytes. To get more of it name the `fields` you need.");
  }

  // How many items of the array `name`, in the object just begun, are written.
  size_t ItemsToWrite(absl::string_view name) const {
    const bool is_cut = cut.has_value() && depth == 1 && cut->name == name;
    return is_cut ? cut->items : std::numeric_limits<size_t>::max();
  }

  template <typename WriteIt>
  std::string TextOf(WriteIt write) {
    out.clear();
    write();
    return std::string(out.str());
  }

  // An array of the object that is written, and how many of its items.
  struct Cut {
    absl::string_view name = {};
    size_t items = 0;
  };

  static constexpr char kListStart[] = R"({"results":[)";

  const ResultOptions options;
  std::optional<Cut> cut = {};
  // Of objects that are begun.
  int depth = 0;
  // Of one row, or of one object.
  simdjson::internal::mini_formatter out = {};
  std::string list = kListStart;
  size_t rows = 0;
  size_t left_out = 0;
};

ResultWriter::ResultWriter(ResultOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}

ResultWriter::~ResultWriter() = default;

size_t ResultWriter::AppendRows(const Answer& answer, size_t from, size_t to) {
  if (answer.parsed_ == nullptr) return 0;
  simdjson::dom::array rows;
  if (answer.parsed_->payload.get_array().get(rows) != simdjson::SUCCESS) {
    // One row, without its array.
    return from < to && impl_->Append(answer.parsed_->payload) ? 1 : 0;
  }
  size_t position = 0;
  size_t done = 0;
  for (const element row : rows) {
    if (position >= to) break;
    if (position++ < from) continue;
    if (!impl_->Append(row)) break;
    ++done;
  }
  return done;
}

size_t ResultWriter::left_out() const { return impl_->left_out; }

std::string ResultWriter::FinishList(absl::string_view next_cursor, std::optional<int64_t> total,
                                     absl::string_view note) {
  auto& out = impl_->out;
  out.clear();
  out.end_array();
  if (!next_cursor.empty()) {
    out.comma();
    out.key("next_cursor");
    impl_->WriteString(next_cursor);
  }
  if (total.has_value()) {
    out.comma();
    out.key("total");
    out.number(*total);
  }
  if (!note.empty()) {
    out.comma();
    out.key("note");
    impl_->WriteString(note);
  }
  out.end_object();
  return impl_->list + std::string(out.str());
}

absl::StatusOr<std::string> ResultWriter::FinishObject(const Answer& answer) {
  if (answer.parsed_ == nullptr) return "{}";
  element payload = answer.parsed_->payload;
  simdjson::dom::array items;
  if (payload.get_array().get(items) == simdjson::SUCCESS) {
    const auto count = static_cast<size_t>(std::distance(items.begin(), items.end()));
    if (count != 1) {
      const size_t taken = AppendRows(answer, 0, count);
      return FinishList(
          "", std::nullopt,
          taken == count && left_out() == 0 ? std::string() : impl_->CutNote("results"));
    }
    payload = *items.begin();
  }
  object fields;
  if (payload.get_object().get(fields) != simdjson::SUCCESS) return impl_->Bare(payload);
  return impl_->Fitting(fields);
}

std::string ResultWriter::Deleted(absl::string_view id) {
  simdjson::internal::mini_formatter out;
  out.start_object();
  out.key("deleted");
  out.true_atom();
  if (!id.empty()) {
    out.comma();
    out.key("id");
    out.string(View(id));
  }
  out.end_object();
  return std::string(out.str());
}

}  // namespace mesh::zoho_proxy
