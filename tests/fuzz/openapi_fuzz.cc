// A folder of OpenAPI documents: the input, cut at lines of `---8<---`.
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include <nlohmann/json.hpp>

#include "common/base/check.h"
#include "services/zoho_proxy/arguments.h"
#include "services/zoho_proxy/compiler.h"
#include "services/zoho_proxy/openapi.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mesh::zoho_proxy;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  std::map<std::string, std::string> files;
  for (const absl::string_view file : absl::StrSplit(text, absl::MaxSplits("---8<---\n", 2))) {
    files[absl::StrCat(files.size(), ".yaml")] = std::string(file);
  }
  const absl::StatusOr<DocumentSet> documents = DocumentSet::Parse(files);
  if (!documents.ok()) return 0;
  const absl::StatusOr<std::vector<Tool>> tools = CompileTools(*documents);
  if (!tools.ok()) {
    CHECK(!tools.status().message().empty());
    return 0;
  }
  // What compiles can be called.
  for (const Tool& tool : *tools) {
    CHECK(tool.rules != nullptr);
    tool.rules->Read("{}").IgnoreError();
  }
  return 0;
}
