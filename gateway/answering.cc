#include "gateway/answering.h"

#include <vector>

#include "absl/strings/numbers.h"
#include <nlohmann/json.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"
#include "common/net/url.h"

namespace mesh::gateway {

constexpr int kMaxLimit = 1000;

absl::StatusOr<PageRequest> ReadPage(const net::ServerRequest& request) {
  ASSIGN_OR_RETURN(const auto parameters, net::ParseQuery(request.query));
  PageRequest page;
  for (const auto& [name, value] : parameters) {
    if (name == "limit") {
      if (!absl::SimpleAtoi(value, &page.limit) || page.limit < 1 || page.limit > kMaxLimit) {
        return FieldInvalid("limit", "must be a whole number from 1 to 1000", "100");
      }
    } else if (name == "next_cursor") {
      page.cursor = value;
    } else {
      return FieldInvalid(name, "is not known here; known: limit, next_cursor");
    }
  }
  return page;
}

nlohmann::ordered_json Page(nlohmann::ordered_json results, const std::string& next_cursor) {
  return {{"results", std::move(results)},
          {"next_cursor",
           next_cursor.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(next_cursor)}};
}

}  // namespace mesh::gateway
