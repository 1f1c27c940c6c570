#include "gateway/static_files.h"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/random.h"
#include "common/base/status_macros.h"
#include "gateway/html_page.h"
#include "gateway/http_errors.h"

namespace mesh::gateway {
namespace {

namespace fs = std::filesystem;

constexpr char kIndex[] = "index.html";
constexpr char kAssets[] = "assets/";

struct Type {
  const char* suffix;
  const char* content_type;
};

constexpr Type kTypes[] = {{".js", "text/javascript; charset=utf-8"},
                           {".css", "text/css; charset=utf-8"},
                           {".svg", "image/svg+xml"},
                           {".png", "image/png"},
                           {".woff2", "font/woff2"}};

const char* ContentType(absl::string_view name) {
  for (const Type& type : kTypes) {
    if (absl::EndsWith(name, type.suffix)) return type.content_type;
  }
  return "application/octet-stream";
}

// Whether an Accept-Encoding names `coding` and does not refuse it by `q=0`.
bool Accepts(absl::string_view accepted, absl::string_view coding) {
  for (const absl::string_view item : absl::StrSplit(accepted, ',')) {
    const std::vector<absl::string_view> parts = absl::StrSplit(item, ';');
    if (!absl::EqualsIgnoreCase(absl::StripAsciiWhitespace(parts[0]), coding)) continue;
    for (size_t i = 1; i < parts.size(); ++i) {
      absl::string_view part = absl::StripAsciiWhitespace(parts[i]);
      double weight = 1;
      if (absl::ConsumePrefix(&part, "q=") && absl::SimpleAtod(part, &weight) && weight == 0) {
        return false;
      }
    }
    return true;
  }
  return false;
}

net::ServerResponse Redirect() {
  return {.status = 302,
          .headers = {{"Location", StaticFiles::kBase}, {"Cache-Control", "no-store"}}};
}

// Styles that components make as the page runs carry the nonce; nothing else is inline, and nothing
// comes from elsewhere.
std::string Policy(absl::string_view nonce) {
  return absl::StrCat("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-", nonce,
                      "'; img-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; "
                      "frame-ancestors 'none'");
}

}  // namespace

StaticFiles::StaticFiles(std::string why) : why_(std::move(why)) {}

absl::StatusOr<StaticFiles> StaticFiles::Load(const std::string& folder) {
  StaticFiles loaded("");
  ASSIGN_OR_RETURN(loaded.index_, ReadFile(absl::StrCat(folder, "/", kIndex)));
  std::error_code error;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    std::string name = entry->path().lexically_relative(folder).generic_string();
    if (name == kIndex) continue;
    ASSIGN_OR_RETURN(std::string bytes, ReadFile(entry->path().string()));
    absl::Cord File::*form = &File::bytes;
    if (absl::EndsWith(name, ".br")) {
      form = &File::brotli;
      name.resize(name.size() - 3);
    } else if (absl::EndsWith(name, ".gz")) {
      form = &File::gzip;
      name.resize(name.size() - 3);
    }
    loaded.files_[name].*form = absl::Cord(std::move(bytes));
  }
  if (error) return FileUnreadable(folder, error.message());
  return loaded;
}

bool StaticFiles::Handle(const std::shared_ptr<net::HttpExchange>& exchange) const {
  const net::ServerRequest& request = exchange->request();
  if (request.path != "/" && !absl::StartsWith(absl::StrCat(request.path, "/"), kBase)) {
    return false;
  }
  net::ServerResponse answer = Answer(request);
  answer.headers.Add("Cross-Origin-Opener-Policy", "same-origin");
  answer.headers.Add("Cross-Origin-Resource-Policy", "same-origin");
  exchange->Respond(std::move(answer));
  return true;
}

net::ServerResponse StaticFiles::Answer(const net::ServerRequest& request) const {
  if (request.method != "GET") {
    net::ServerResponse refused = HttpRefusal(405, "METHOD_NOT_ALLOWED", "This path takes GET.");
    refused.headers.Add("Allow", "GET");
    return refused;
  }
  absl::string_view name = request.path;
  if (!absl::ConsumePrefix(&name, kBase)) return Redirect();
  if (index_.empty()) {
    return HtmlPage(503, "The dashboard is not here",
                    absl::StrCat("<p>", HtmlEscape(why_), "</p>"));
  }
  const auto found = files_.find(std::string(name));
  if (found != files_.end()) {
    return Send(found->first, found->second, request.headers.Get("accept-encoding").value_or(""));
  }
  if (absl::StartsWith(name, kAssets))
    return HttpRefusal(404, "NOT_FOUND", "There is nothing here.");
  return Index();
}

net::ServerResponse StaticFiles::Index() const {
  // Characters of base64url, which need no escape in a policy or an attribute.
  const std::string nonce(RandomToken().Reveal());
  return {.headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy", Policy(nonce)},
                      {"X-Frame-Options", "DENY"},
                      {"Cache-Control", "no-store"}},
          .body = absl::Cord(absl::StrReplaceAll(index_, {{kNonce, nonce}}))};
}

net::ServerResponse StaticFiles::Send(const std::string& name, const File& file,
                                      absl::string_view accepted) {
  net::ServerResponse answer{
      .headers = {{"Content-Type", ContentType(name)},
                  {"Cache-Control", absl::StartsWith(name, kAssets)
                                        ? "public, max-age=31536000, immutable"
                                        : "public, max-age=3600"},
                  {"Vary", "Accept-Encoding"}},
      .body = file.bytes};
  if (!file.brotli.empty() && Accepts(accepted, "br")) {
    answer.headers.Add("Content-Encoding", "br");
    answer.body = file.brotli;
  } else if (!file.gzip.empty() && Accepts(accepted, "gzip")) {
    answer.headers.Add("Content-Encoding", "gzip");
    answer.body = file.gzip;
  }
  return answer;
}

}  // namespace mesh::gateway
