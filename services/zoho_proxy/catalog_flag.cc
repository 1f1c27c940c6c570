#include "services/zoho_proxy/catalog_flag.h"

#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace mesh::zoho_proxy {

std::vector<std::string> TakeCatalogFlags(int& argc, char** argv) {
  std::vector<std::string> folders;
  int kept = 0;
  for (int i = 0; i < argc; ++i) {
    absl::string_view text = argv[i];
    const bool flag = i > 0 && (absl::ConsumePrefix(&text, "--catalog=") ||
                                (text == "--catalog" && i + 1 < argc));
    if (!flag) {
      argv[kept++] = argv[i];
      continue;
    }
    if (text == "--catalog") text = argv[++i];
    for (const absl::string_view folder : absl::StrSplit(text, ',', absl::SkipEmpty())) {
      folders.emplace_back(folder);
    }
  }
  argc = kept;
  return folders;
}

}  // namespace mesh::zoho_proxy
