#include "gateway/answering.h"

#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/base/utf8.h"
#include "common/net/url.h"

namespace mesh::gateway {

namespace {

constexpr int kMaxLimit = 1000;

}  // namespace

absl::StatusOr<Parameters> ReadQuery(const net::ServerRequest& request) {
  ASSIGN_OR_RETURN(const auto pairs, net::ParseQuery(request.query));
  for (const auto& [name, value] : pairs) {
    if (!IsUtf8(name)) return FieldInvalid("query", "must be UTF-8");
    if (!IsUtf8(value)) return FieldInvalid(name, "must be UTF-8");
  }
  return Parameters(pairs.begin(), pairs.end());
}

absl::StatusOr<Parameters> ReadParameters(const net::ServerRequest& request,
                                          const std::set<std::string>& known) {
  ASSIGN_OR_RETURN(Parameters parameters, ReadQuery(request));
  for (const auto& [name, value] : parameters) {
    if (!known.contains(name)) {
      return FieldInvalid(name,
                          absl::StrCat("is not known here; known: ", absl::StrJoin(known, ", ")));
    }
  }
  return parameters;
}

std::string ValueOf(const Parameters& parameters, const std::string& name) {
  const auto [first, behind] = parameters.equal_range(name);
  return first == behind ? std::string() : std::prev(behind)->second;
}

absl::StatusOr<int> ReadLimit(const Parameters& parameters) {
  if (!parameters.contains("limit")) return 0;
  int limit = 0;
  if (!absl::SimpleAtoi(ValueOf(parameters, "limit"), &limit) || limit < 1 || limit > kMaxLimit) {
    return FieldInvalid("limit", absl::StrCat("must be a whole number from 1 to ", kMaxLimit),
                        "100");
  }
  return limit;
}

absl::StatusOr<std::optional<absl::Time>> ReadTime(const Parameters& parameters,
                                                   const std::string& name) {
  if (!parameters.contains(name)) return std::nullopt;
  absl::Time time;
  if (!absl::ParseTime(absl::RFC3339_full, ValueOf(parameters, name), &time, nullptr)) {
    return FieldInvalid(name, "must be an RFC 3339 time with a zone", "2026-12-31T00:00:00Z");
  }
  return time;
}

absl::StatusOr<PageRequest> ReadPage(const net::ServerRequest& request) {
  ASSIGN_OR_RETURN(const Parameters parameters, ReadParameters(request, {"limit", "next_cursor"}));
  PageRequest page{.cursor = ValueOf(parameters, "next_cursor")};
  ASSIGN_OR_RETURN(page.limit, ReadLimit(parameters));
  return page;
}

nlohmann::ordered_json Page(nlohmann::ordered_json results, const std::string& next_cursor) {
  return {{"results", std::move(results)},
          {"next_cursor",
           next_cursor.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(next_cursor)}};
}

}  // namespace mesh::gateway
