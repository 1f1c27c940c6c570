#include "common/net/url.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include <boost/url/encode.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>

#include "common/base/errors.h"
#include "common/base/status_macros.h"

namespace mesh::net {
namespace {

namespace urls = boost::urls;

urls::string_view ToBoost(absl::string_view text) { return {text.data(), text.size()}; }

absl::string_view FromBoost(urls::string_view text) { return {text.data(), text.size()}; }

std::optional<std::string> Decode(absl::string_view value, bool plus_as_space) {
  const auto checked = urls::make_pct_string_view(ToBoost(value));
  if (!checked.has_value()) return std::nullopt;
  urls::encoding_opts options;
  options.space_as_plus = plus_as_space;
  return checked->decode(options);
}

absl::Status NotAUrl(absl::string_view rule) {
  return FieldInvalid("url", rule, "https://meeting.zoho.eu/api/v2");
}

}  // namespace

absl::StatusOr<Url> ParseUrl(absl::string_view text) {
  const auto parsed = urls::parse_absolute_uri(ToBoost(text));
  if (!parsed.has_value()) return NotAUrl("must be an absolute URL without a fragment");
  Url url;
  url.scheme = absl::AsciiStrToLower(FromBoost(parsed->scheme()));
  if (url.scheme != "http" && url.scheme != "https") return NotAUrl("must be http or https");
  if (parsed->has_userinfo()) return NotAUrl("must name no user");
  const absl::string_view host = FromBoost(parsed->encoded_host_address());
  // Nobody writes a host with escapes but to have it read differently by two readers.
  if (host.empty() || absl::StrContains(host, '%')) return NotAUrl("must name a host");
  url.host = absl::AsciiStrToLower(host);
  url.port = parsed->port_number();
  if (parsed->port().empty()) {
    url.port = url.scheme == "https" ? 443 : 80;
  } else if (url.port == 0) {
    return NotAUrl("must have a port between 1 and 65535");
  }
  url.path = std::string(FromBoost(parsed->encoded_path()));
  if (url.path.empty()) url.path = "/";
  ASSIGN_OR_RETURN(url.query, ParseQuery(FromBoost(parsed->encoded_query())));
  return url;
}

std::string ResolveUrl(absl::string_view base, absl::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  if (ParseUrl(reference).ok()) return std::string(reference);  // Not a byte of it changed.
  const auto from = urls::parse_absolute_uri(ToBoost(base));
  const auto relative = urls::parse_uri_reference(ToBoost(reference));
  if (!from.has_value() || !relative.has_value()) return "";
  urls::url resolved(*from);
  if (resolved.resolve(*relative).has_error()) return "";
  const std::string text(FromBoost(resolved.buffer()));
  return ParseUrl(text).ok() ? text : "";
}

std::string PercentEncode(absl::string_view value) {
  return urls::encode(ToBoost(value), urls::unreserved_chars);
}

std::optional<std::string> PercentDecode(absl::string_view value) { return Decode(value, false); }

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ParseQuery(
    absl::string_view query) {
  std::vector<std::pair<std::string, std::string>> pairs;
  for (const absl::string_view part : absl::StrSplit(query, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> pair =
        absl::StrSplit(part, absl::MaxSplits('=', 1));
    std::optional<std::string> name = Decode(pair.first, true);
    std::optional<std::string> value = Decode(pair.second, true);
    if (!name.has_value() || !value.has_value()) {
      return FieldInvalid("query", "must have two hexadecimal digits after each percent sign",
                          "name=J%C3%BCrgen");
    }
    pairs.emplace_back(*std::move(name), *std::move(value));
  }
  return pairs;
}

std::string FormatQuery(const std::vector<std::pair<std::string, std::string>>& pairs) {
  return absl::StrJoin(pairs, "&", [](std::string* out, const auto& pair) {
    absl::StrAppend(out, PercentEncode(pair.first), "=", PercentEncode(pair.second));
  });
}

}  // namespace mesh::net
