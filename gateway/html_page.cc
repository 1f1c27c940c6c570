#include "gateway/html_page.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace mesh::gateway {

std::string HtmlEscape(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

net::ServerResponse HtmlPage(int status, absl::string_view title, absl::string_view body) {
  const std::string shown = HtmlEscape(title);
  return {.status = status,
          .headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy",
                       "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"},
                      {"X-Frame-Options", "DENY"}},
          .body = absl::Cord(absl::StrCat(
              "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
              "<meta name=\"color-scheme\" content=\"light dark\"><title>",
              shown, "</title></head>\n<body><main><h1>", shown, "</h1>\n", body,
              "</main></body></html>\n"))};
}

std::string HtmlFacts(const std::vector<std::pair<std::string, std::string>>& facts) {
  std::string html = "<dl>";
  for (const auto& [name, value] : facts) {
    absl::StrAppend(&html, "<dt>", HtmlEscape(name), "</dt><dd>", HtmlEscape(value), "</dd>");
  }
  return absl::StrCat(html, "</dl>\n");
}

}  // namespace mesh::gateway
