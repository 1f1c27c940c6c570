// Small pages without script or style, for people who are sent here by a link or by Zoho. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

#include "common/net/http_server.h"

namespace mesh::gateway {

// `text` with what means something in HTML escaped, for content and quoted attributes.
std::string HtmlEscape(absl::string_view text);

// A page. `title` is text, `body` HTML. It may load nothing, run nothing and be framed by nobody.
net::ServerResponse HtmlPage(int status, absl::string_view title, absl::string_view body);

// A list of names and values, both text, as HTML.
std::string HtmlFacts(const std::vector<std::pair<std::string, std::string>>& facts);

}  // namespace mesh::gateway
