// The compiler's promises, held against the catalogue that ships.
#include "services/zoho_proxy/catalog.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"

namespace mesh::zoho_proxy {
namespace {

constexpr char kFolder[] = "services/zoho_proxy/catalog/zoho_meeting";

std::shared_ptr<const Catalog> Shipped() { return *Catalog::Load({kFolder}); }

// Whether `key` stands anywhere in `schema` as a keyword.
bool Uses(const nlohmann::json& schema, const std::string& key) {
  if (!schema.is_structured()) return false;
  if (schema.is_object() && schema.contains(key)) return true;
  for (const nlohmann::json& child : schema) {
    if (Uses(child, key)) return true;
  }
  return false;
}

TEST(Catalog, HasTheSixToolsUnderTheirExactNames) {
  const auto catalog = Shipped();
  for (const char* name :
       {"list_all_zoho_meeting_departments", "list_all_zoho_meeting_department_users",
        "list_all_zoho_meeting_users", "get_single_zoho_meeting_user_by_id",
        "list_all_zoho_meeting_meetings", "get_single_zoho_meeting_meeting_by_id"}) {
    EXPECT_NE(catalog->Find(name), nullptr) << name;
  }
  EXPECT_EQ(catalog->Find("list_all_zoho_meeting_cats"), nullptr);
}

TEST(Catalog, ToolsAskForWhatTheyNeed) {
  const auto required = [catalog = Shipped()](const char* tool) {
    return nlohmann::json::parse(catalog->Find(tool)->listed.input_schema_json())
        .value("required", nlohmann::json::array())
        .dump();
  };
  EXPECT_EQ(required("list_all_zoho_meeting_departments"), "[]");
  EXPECT_EQ(required("list_all_zoho_meeting_department_users"), R"(["department_id"])");
  EXPECT_EQ(required("list_all_zoho_meeting_meetings"), "[]");
  EXPECT_EQ(required("get_single_zoho_meeting_user_by_id"), R"(["id"])");
  EXPECT_EQ(required("get_single_zoho_meeting_meeting_by_id"), R"(["id"])");
}

TEST(Catalog, EveryClientAcceptsEverySchema) {
  const auto catalog = Shipped();
  for (const Tool& tool : catalog->tools()) {
    SCOPED_TRACE(tool.listed.name());
    EXPECT_LE(tool.listed.name().size(), 60u);
    EXPECT_FALSE(tool.listed.title().empty());
    EXPECT_FALSE(tool.listed.description().empty());
    for (const std::string* text :
         {&tool.listed.input_schema_json(), &tool.listed.output_schema_json()}) {
      const auto schema = nlohmann::json::parse(*text);
      EXPECT_EQ(schema["type"], "object");
      for (const char* keyword : {"$ref", "$schema", "$defs", "allOf", "x-mcp"}) {
        EXPECT_FALSE(Uses(schema, keyword)) << keyword;
      }
      for (const char* keyword : {"oneOf", "anyOf", "allOf"}) {
        EXPECT_FALSE(schema.contains(keyword)) << keyword;
      }
    }
    const auto input = nlohmann::json::parse(tool.listed.input_schema_json());
    EXPECT_EQ(input["additionalProperties"], false);
    EXPECT_TRUE(input["properties"].is_object());
    for (const auto& [name, property] : input["properties"].items()) {
      EXPECT_FALSE(name.empty() || name.size() > 64);
      EXPECT_TRUE(property.contains("description")) << name;
      EXPECT_TRUE(property.contains("type") || property.contains("enum")) << name;
      EXPECT_NE(name, "zsoid");
    }
    EXPECT_EQ(input["properties"].contains("next_cursor"),
              tool.listed.method() == tools::v1::Tool::LIST || tool.composite.has_value());
    const bool takes_id = tool.listed.method() == tools::v1::Tool::GET ||
                          tool.listed.method() == tools::v1::Tool::UPDATE ||
                          tool.listed.method() == tools::v1::Tool::DELETE;
    EXPECT_EQ(input["properties"].contains("id"), takes_id);
  }
}

TEST(Catalog, ListsItsToolsByNameWithADigestOfWhatIsListed) {
  const auto catalog = Shipped();
  std::vector<std::string> names;
  for (const tools::v1::Tool& tool : catalog->list().tools()) names.push_back(tool.name());
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(catalog->list().digest(), Shipped()->list().digest());

  std::vector<Tool> changed = catalog->tools();
  changed[0].listed.set_title("Another title");
  EXPECT_NE(Catalog(changed).list().digest(), catalog->list().digest());
}

TEST(Catalog, AToolMayNotStandInTwoFolders) {
  EXPECT_THAT(Catalog::Load({kFolder, kFolder}), HasReason("CATALOG_INVALID"));
}

TEST(CatalogHolder, WhoHasASnapshotKeepsItOverASwap) {
  CatalogHolder holder(Shipped());
  const std::shared_ptr<const Catalog> old = holder.Get();
  holder.Set(std::make_shared<const Catalog>(std::vector<Tool>()));
  EXPECT_NE(old->Find("list_all_zoho_meeting_users"), nullptr);
  EXPECT_EQ(holder.Get()->Find("list_all_zoho_meeting_users"), nullptr);
}

}  // namespace
}  // namespace mesh::zoho_proxy
