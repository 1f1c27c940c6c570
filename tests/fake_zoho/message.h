// A request and its answer, apart from any connection.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "nlohmann/json_fwd.hpp"

#include "common/net/http.h"

namespace fake_zoho {

using Json = nlohmann::ordered_json;

// Decoded name-value pairs of a query or a form, in order.
class Parameters {
 public:
  Parameters() = default;

  // Names without a value are present and empty; broken escapes are kept as they stand.
  static Parameters Parse(absl::string_view encoded);

  // The first value of this name.
  std::optional<std::string> Get(absl::string_view name) const;

  // The first value of this name, or an empty string.
  std::string GetOr(absl::string_view name) const { return Get(name).value_or(""); }

  // Adds what `other` has.
  void Append(const Parameters& other);

  auto begin() const { return pairs_.begin(); }
  auto end() const { return pairs_.end(); }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

struct Request {
  std::string method = "GET";
  // As sent, percent-encoded, without the query.
  std::string path = "/";
  // As sent, without the question mark.
  std::string query = {};
  mesh::net::HttpHeaders headers = {};
  std::string body = {};

  // Whether the body is a form.
  bool IsForm() const;

  // Those of the query, then those of a form body.
  Parameters AllParameters() const;
};

struct Answer {
  int status = 200;
  mesh::net::HttpHeaders headers = {};
  std::string body = {};
};

// The access token of `Authorization: Zoho-oauthtoken <token>` or `Bearer <token>`.
std::optional<std::string> AccessTokenOf(const Request& request);

// The JSON value of a body that is raw JSON, or a form with a field `JSONString` as Zoho's own
// samples send it. Discarded (`is_discarded()`) where it is neither.
Json JsonBodyOf(const Request& request);

Answer JsonAnswer(int status, const Json& body);
Answer HtmlAnswer(int status, absl::string_view body);
Answer EmptyAnswer(int status);

// `text` as JSON, never throwing: bytes that are no UTF-8 are replaced.
std::string Serialize(const Json& value);

// `text` safe between tags and in attributes.
std::string HtmlEscape(absl::string_view text);

}  // namespace fake_zoho
