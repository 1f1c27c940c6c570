#include "services/zoho_proxy/plain_operation.h"

#include <set>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "common/base/status_macros.h"
#include "common/base/utf8.h"
#include "services/zoho_proxy/tool_name.h"

namespace mesh::zoho_proxy {
namespace {

using Listed = tools::v1::Tool;

// Of the text for the model, in bytes.
constexpr size_t kMaxDescription = 1000;

// The text at `key`; empty where there is none: documents in the field write "" for what they do
// not say.
absl::StatusOr<std::string> TextOrNone(const Node& node, absl::string_view key) {
  ASSIGN_OR_RETURN(const Node text, node.Get(key));
  return text.present() && text.value() == "" ? std::string() : node.StringOr(key, "");
}

absl::StatusOr<Listed::Method> MethodOf(const Node& operation, const Tool& tool) {
  const std::string& http = tool.http_method;
  if (http == "DELETE") return Listed::DELETE;
  if (http == "PUT" || http == "PATCH") return Listed::UPDATE;
  ASSIGN_OR_RETURN(const Node responses, operation.Get("responses"));
  if (http == "POST") {
    ASSIGN_OR_RETURN(const Node created, responses.Get("201"));
    return created.present() ? Listed::CREATE : Listed::CUSTOM;
  }
  if (absl::EndsWith(tool.path, "}")) return Listed::GET;
  ASSIGN_OR_RETURN(const Node good, responses.Get("200"));
  ASSIGN_OR_RETURN(const Node content, good.Get("content"));
  ASSIGN_OR_RETURN(const Node json, content.Get("application/json"));
  ASSIGN_OR_RETURN(const Node schema, json.Get("schema"));
  ASSIGN_OR_RETURN(const Node type, schema.Get("type"));
  return type.present() && type.value() == "array" ? Listed::LIST : Listed::CUSTOM;
}

}  // namespace

absl::StatusOr<bool> IsDescribed(const Node& operation) {
  ASSIGN_OR_RETURN(const Node summary, operation.Get("summary"));
  ASSIGN_OR_RETURN(const Node description, operation.Get("description"));
  return summary.present() || description.present();
}

absl::Status DescribePlain(absl::string_view integration, const Node& operation, Tool& tool) {
  Listed& listed = tool.listed;
  const std::string& http = tool.http_method;
  ASSIGN_OR_RETURN(std::string id, TextOrNone(operation, "operationId"));
  if (id.empty()) id = absl::StrCat(absl::AsciiStrToLower(http), tool.path);
  listed.set_name(PlainToolName(integration, id));
  ASSIGN_OR_RETURN(std::string summary, TextOrNone(operation, "summary"));
  ASSIGN_OR_RETURN(std::string description, TextOrNone(operation, "description"));
  listed.set_title(summary.empty() ? id : summary);
  if (description.empty()) description = std::move(summary);
  listed.set_description(std::string(CutUtf8(description, kMaxDescription)));
  absl::StripAsciiWhitespace(listed.mutable_description());
  ASSIGN_OR_RETURN(const Listed::Method method, MethodOf(operation, tool));
  listed.set_method(method);
  if (method == Listed::LIST) tool.paging = Paging();
  listed.set_read_only(http == "GET");
  listed.set_destructive(http == "PUT" || http == "PATCH" || http == "DELETE");
  listed.set_idempotent(http == "GET" || http == "PUT" || http == "DELETE");
  listed.set_open_world(true);
  return absl::OkStatus();
}

void MakeNamesDistinct(std::vector<Input>& inputs) {
  std::set<std::string> taken = {"limit", "next_cursor", "fields"};
  for (Input& input : inputs) {
    static constexpr const char* kPlaces[] = {"path", "query", "header", "body"};
    const std::string place = kPlaces[static_cast<int>(input.parameter.in)];
    std::string name = input.parameter.argument;
    for (int i = 1; !taken.insert(name).second; ++i) {
      name = FitArgumentName(
          absl::StrCat(place, i == 1 ? "" : absl::StrCat(i), "_", input.parameter.argument));
    }
    input.parameter.argument = std::move(name);
  }
}

}  // namespace mesh::zoho_proxy
