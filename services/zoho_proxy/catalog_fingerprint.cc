#include "services/zoho_proxy/catalog_fingerprint.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <sys/stat.h>

namespace mesh::zoho_proxy {
namespace {

// Folders below each other: deeper than anybody keeps schemas, and an end for links in a circle.
constexpr int kMaxDepth = 8;

void Add(const std::filesystem::path& folder, int depth, std::vector<std::string>& facts) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string& path = entry->path().native();
    // A ConfigMap's own folders begin with two dots; its files are links into them.
    if (absl::StartsWith(entry->path().filename().native(), ".")) continue;
    struct stat status = {};
    if (stat(path.c_str(), &status) != 0) continue;
    if (S_ISDIR(status.st_mode)) {
      if (depth < kMaxDepth) Add(entry->path(), depth + 1, facts);
      continue;
    }
    facts.push_back(absl::StrCat(path, "|", status.st_dev, "|", status.st_ino, "|", status.st_size,
                                 "|", status.st_mtim.tv_sec, ".", status.st_mtim.tv_nsec));
  }
}

}  // namespace

std::string CatalogFingerprint(const std::vector<std::string>& folders) {
  std::vector<std::string> facts;
  for (const std::string& folder : folders) Add(folder, 0, facts);
  std::sort(facts.begin(), facts.end());
  return absl::StrJoin(facts, "\n");
}

}  // namespace mesh::zoho_proxy
