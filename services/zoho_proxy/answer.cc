#include "services/zoho_proxy/answer.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "common/base/check.h"
#include "common/base/errors.h"
#include "common/base/utf8.h"
#include "services/zoho_proxy/file_answer.h"
#include "services/zoho_proxy/parsed_answer.h"

namespace mesh::zoho_proxy {
namespace {

using simdjson::dom::element;
using simdjson::dom::object;

constexpr int kNoContent = 204;

// Bytes of a text of Zoho's that go into an error, which travels in a gRPC trailer.
constexpr size_t kMaxFaultText = 300;

// A string or number as text; empty for anything else.
std::string Text(const simdjson::simdjson_result<element>& result) {
  element value;
  if (result.get(value) != simdjson::SUCCESS) return "";
  if (std::string_view text; value.get_string().get(text) == simdjson::SUCCESS) {
    return std::string(text);
  }
  if (!value.is_number()) return "";
  return simdjson::minify(value);
}

std::string FirstText(const object& from, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const std::string text = Text(from[name]);
    if (!text.empty()) return std::string(CutUtf8(text, kMaxFaultText));
  }
  return "";
}

// The parts of an error, in whichever of Zoho's two envelopes, or bare.
ZohoFault FaultOf(const object& root, int status) {
  ZohoFault fault{.status = status};
  object error;
  if (root["error"].get_object().get(error) == simdjson::SUCCESS) {
    fault.code = FirstText(error, {"errorCode", "code", "status_code"});
    fault.key = FirstText(error, {"key", "title", "message"});
    fault.message = FirstText(error, {"message"});
    fault.parameter = FirstText(error, {"param"});
    object details;
    if (fault.message.empty() && error["details"].get_object().get(details) == simdjson::SUCCESS) {
      fault.message = FirstText(details, {"message"});
    }
    if (fault.message.empty()) fault.message = fault.key;
    return fault;
  }
  fault.code = FirstText(root, {"errorCode", "code"});
  fault.key = FirstText(root, {"error", "cause", "message"});
  fault.message = FirstText(root, {"error_description", "message", "error"});
  fault.oauth_failure = Text(root["status"]) == "failure";
  return fault;
}

// Whether a body says that something is wrong, even under a good status.
bool SaysError(const object& root) {
  element error;
  if (root["error"].get(error) == simdjson::SUCCESS && !error.is_null()) {
    std::string_view text;
    return error.is_object() ||
           (error.get_string().get(text) == simdjson::SUCCESS && !text.empty());
  }
  return Text(root["status"]) == "failure";
}

std::optional<ZohoFault> FaultOf(const element& root, bool parsed, int status) {
  object fields;
  const bool is_object = parsed && root.get_object().get(fields) == simdjson::SUCCESS;
  if (is_object && (status >= 400 || SaysError(fields))) return FaultOf(fields, status);
  if (status >= 300) return ZohoFault{.status = status};
  return std::nullopt;
}

// The one array that an object holds.
simdjson::simdjson_result<element> OnlyArray(const element& root) {
  object fields;
  if (root.get_object().get(fields) != simdjson::SUCCESS) return simdjson::NO_SUCH_FIELD;
  std::optional<element> found;
  for (const auto& field : fields) {
    if (!field.value.is_array()) continue;
    if (found.has_value()) return simdjson::NO_SUCH_FIELD;
    found = field.value;
  }
  if (!found.has_value()) return simdjson::NO_SUCH_FIELD;
  return simdjson::simdjson_result<element>(*std::move(found));
}

std::optional<int64_t> IntegerAt(const element& root, const std::string& pointer) {
  if (pointer.empty()) return std::nullopt;
  int64_t value = 0;
  if (!absl::SimpleAtoi(Text(root.at_pointer(pointer)), &value)) return std::nullopt;
  return value;
}

std::optional<bool> BoolAt(const element& root, const std::string& pointer) {
  bool value = false;
  if (pointer.empty() || root.at_pointer(pointer).get_bool().get(value) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return value;
}

PageFacts FactsOf(const element& root, const element& payload, const Tool& tool) {
  PageFacts facts{.rows = 1,
                  .total = IntegerAt(root, tool.paging->total),
                  .more = BoolAt(root, tool.paging->more)};
  element first = payload;
  simdjson::dom::array rows;
  if (payload.get_array().get(rows) == simdjson::SUCCESS) {
    facts.rows = 0;
    for (const element row : rows) {  // array::size() saturates.
      if (facts.rows++ == 0) first = row;
    }
    if (facts.rows == 0) return facts;
  }
  facts.first_id = Text(first[tool.row_id]);
  if (facts.first_id.empty()) facts.first_id = simdjson::minify(first);
  return facts;
}

}  // namespace

Answer::Answer() = default;
Answer::~Answer() = default;
Answer::Answer(Answer&&) noexcept = default;
Answer& Answer::operator=(Answer&&) noexcept = default;

absl::StatusOr<Answer> Answer::Read(const Tool& tool, const net::HttpResponse& response,
                                    absl::Time now, const AnswerOptions& options) {
  Answer answer;
  auto parsed = std::make_unique<Parsed>();
  if (!tool.url_argument.empty() && response.status < 300) {
    answer.limits_ = ReadRateLimit(response, nullptr, now, options.assumed_lock);
    const std::string file = DescribeFile(response, options.max_file_bytes);
    CHECK(parsed->parser.parse(file).get(parsed->payload) == simdjson::SUCCESS);  // It is JSON.
    answer.parsed_ = std::move(parsed);
    return answer;
  }
  element root;
  const bool empty = absl::StripAsciiWhitespace(response.body).empty();
  const bool read = !empty && parsed->parser.parse(response.body).get(root) == simdjson::SUCCESS;
  const std::optional<ZohoFault> fault = FaultOf(root, read, response.status);
  answer.limits_ =
      ReadRateLimit(response, fault.has_value() ? &*fault : nullptr, now, options.assumed_lock);
  if (answer.limits_.limited) {
    return ZohoRateLimited(answer.limits_.facts, answer.limits_.retry_after, response.status);
  }
  if (fault.has_value()) return FaultToStatus(*fault, tool);
  if (empty) {
    // A deletion has nothing to tell; anything else says so by its status.
    if (response.status == kNoContent || tool.listed.method() == tools::v1::Tool::DELETE) {
      return answer;
    }
    return ZohoBroken("its answer is empty", response.status);
  }
  if (!read) return ZohoBroken("its answer is no JSON", response.status);

  parsed->payload = root;
  if (!tool.items.empty()) {
    const bool found = root.at_pointer(tool.items).get(parsed->payload) == simdjson::SUCCESS ||
                       (tool.lenient && OnlyArray(root).get(parsed->payload) == simdjson::SUCCESS);
    // Some objects come both with and without their envelope; rows are looked for in one place.
    if (!found && tool.paging.has_value() && !tool.lenient) {
      return ZohoBroken(absl::StrCat("its answer has no ", tool.items), response.status);
    }
    if (!found) parsed->payload = root;
  }
  if (tool.paging.has_value()) answer.page_ = FactsOf(root, parsed->payload, tool);
  answer.parsed_ = std::move(parsed);
  return answer;
}

std::optional<ZohoFault> ReadFault(const net::HttpResponse& response) {
  simdjson::dom::parser parser;
  element root;
  const bool read = parser.parse(response.body).get(root) == simdjson::SUCCESS;
  return FaultOf(root, read, response.status);
}

}  // namespace mesh::zoho_proxy
