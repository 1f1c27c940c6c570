// The compiler's promises, held against the catalogue that ships.
#include "services/zoho_proxy/catalog.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "common/base/status_matchers.h"
#include "services/zoho_proxy/openapi.h"

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

struct Endpoint {
  const char* tool;
  const char* method;
  const char* path;
};

// Every endpoint of Zoho Meeting that is known.
constexpr Endpoint kEndpoints[] = {
    {"list_all_zoho_meeting_me", "GET", "/api/v2/user.json"},
    {"list_all_zoho_meeting_users", "GET", "/api/v2/{zsoid}/user"},
    {"get_single_zoho_meeting_user_by_id", "GET", "/api/v2/{zsoid}/user/{user_id}"},
    {"list_all_zoho_meeting_licenses", "GET", "/api/v2/{zsoid}/license"},
    {"list_all_zoho_meeting_departments", "GET", "/api/v2/{zsoid}/department"},
    {"get_single_zoho_meeting_department_by_id", "GET",
     "/api/v2/{zsoid}/department/{department_id}"},
    {"zoho_meeting_departments_get_by_name", "GET", "/api/v2/{zsoid}/department/name"},
    {"list_all_zoho_meeting_department_users", "GET",
     "/api/v2/{zsoid}/department/{department_id}/user"},
    {"list_all_zoho_meeting_department_admins", "GET",
     "/api/v2/{zsoid}/department/{department_id}/user/admin"},
    {"list_all_zoho_meeting_department_members", "GET",
     "/api/v2/{zsoid}/department/{department_id}/user/member"},
    {"list_all_zoho_meeting_meetings", "GET", "/api/v2/{zsoid}/sessions.json"},
    {"get_single_zoho_meeting_meeting_by_id", "GET", "/api/v2/{zsoid}/sessions/{meeting_key}.json"},
    {"create_a_zoho_meeting_meeting", "POST", "/api/v2/{zsoid}/sessions.json"},
    {"update_a_zoho_meeting_meeting_by_id", "PUT", "/api/v2/{zsoid}/sessions/{meeting_key}.json"},
    {"delete_a_zoho_meeting_meeting_by_id", "DELETE",
     "/api/v2/{zsoid}/sessions/{meeting_key}.json"},
    {"list_all_zoho_meeting_meeting_participants", "GET",
     "/api/v2/{zsoid}/participant/{meeting_key}.json"},
    {"list_all_zoho_meeting_webinars", "GET", "/api/v2/{zsoid}/webinar.json"},
    {"get_single_zoho_meeting_webinar_by_id", "GET", "/api/v2/{zsoid}/webinar/{webinar_key}.json"},
    {"create_a_zoho_meeting_webinar", "POST", "/api/v2/{zsoid}/webinar.json"},
    {"update_a_zoho_meeting_webinar_by_id", "PUT", "/api/v2/{zsoid}/webinar/{webinar_key}.json"},
    {"delete_a_zoho_meeting_webinar_by_id", "DELETE", "/api/v2/{zsoid}/webinar/{webinar_key}.json"},
    {"create_a_zoho_meeting_webinar_registration", "POST",
     "/api/v2/{zsoid}/register/{webinar_key}.json"},
    {"list_all_zoho_meeting_webinar_registrations", "GET",
     "/api/v2/{zsoid}/registration/{webinar_key}"},
    {"list_all_zoho_meeting_webinar_attendees", "GET",
     "/api/v2/{zsoid}/attendee/{webinar_key}.json"},
    {"list_all_zoho_meeting_webinar_attendee_reports", "GET",
     "/meeting/api/v2/{zsoid}/report/attendees"},
    {"list_all_zoho_meeting_webinar_poll_reports", "GET", "/meeting/api/v2/{zsoid}/report/poll"},
    {"list_all_zoho_meeting_webinar_question_reports", "GET",
     "/meeting/api/v2/{zsoid}/report/questions"},
    {"create_a_zoho_meeting_webinar_poll", "POST", "/meeting/api/v2/{zsoid}/poll"},
    {"list_all_zoho_meeting_webinar_polls", "GET", "/meeting/api/v2/{zsoid}/poll"},
    {"update_a_zoho_meeting_webinar_poll_by_id", "PUT", "/meeting/api/v2/{zsoid}/poll/{poll_id}"},
    {"delete_a_zoho_meeting_webinar_poll_by_id", "DELETE",
     "/meeting/api/v2/{zsoid}/poll/{poll_id}"},
    {"list_all_zoho_meeting_recordings", "GET", "/meeting/api/v2/{zsoid}/recordings.json"},
    {"list_all_zoho_meeting_meeting_recordings", "GET",
     "/meeting/api/v2/{zsoid}/recordings/{meeting_key}.json"},
    {"delete_a_zoho_meeting_recording_by_id", "DELETE",
     "/api/v2/{zsoid}/recordings/{erecording_id}.json"},
    {"zoho_meeting_recordings_download", "GET", "/{download_url}"},
    {"list_all_zoho_meeting_sdk_sessions", "GET", "/meeting/api/v2/{zsoid}/sdk/sessions"},
    {"create_a_zoho_meeting_sdk_session", "POST", "/meeting/api/v2/{zsoid}/sdk/session"},
    {"zoho_meeting_sdk_sessions_create_instant", "POST",
     "/meeting/api/v2/{zsoid}/sdk/session/meet"},
    {"list_all_zoho_meeting_languages", "GET", "/api/v2/language"},
    {"list_all_zoho_meeting_time_zones", "GET", "/api/v2/timezone"},
};

TEST(Catalog, HasAToolForEachOfZohosFortyEndpoints) {
  static_assert(std::size(kEndpoints) == 40);
  const auto catalog = Shipped();
  std::set<std::string> known;
  for (const Endpoint& endpoint : kEndpoints) {
    known.insert(endpoint.tool);
    const Tool* tool = catalog->Find(endpoint.tool);
    ASSERT_NE(tool, nullptr) << endpoint.tool;
    EXPECT_EQ(tool->http_method, endpoint.method) << endpoint.tool;
    EXPECT_EQ(tool->path, endpoint.path) << endpoint.tool;
    EXPECT_NE(tool->server.host, Server::Host::kElsewhere) << endpoint.tool;
  }
  for (const Tool& tool : catalog->tools()) {
    EXPECT_TRUE(known.count(tool.listed.name()) == 1 || tool.composite.has_value())
        << tool.listed.name();
  }
  EXPECT_TRUE(catalog->left_out().empty());
}

TEST(Catalog, EveryOperationTellsItsSourceAndWhatItDoesToPeople) {
  ASSERT_OK_AND_ASSIGN(const DocumentSet documents, DocumentSet::Load(kFolder));
  for (const Node& document : documents.Roots()) {
    const auto paths = document.Get("paths")->Children();
    for (const auto& [path, item] : *paths) {
      for (const char* method : {"get", "put", "post", "delete"}) {
        const Node operation = *item.Get(method);
        if (!operation.present() || operation.Get("x-composite")->present()) continue;
        SCOPED_TRACE(absl::StrCat(method, " ", path));
        EXPECT_THAT(operation.Get("x-source")->String("confidence"), IsOk());
        const Node x_mcp = *operation.Get("x-mcp");
        const bool reads = std::string(method) == "get";
        EXPECT_NE(reads, x_mcp.Get("side_effects")->present());
      }
    }
  }
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
  EXPECT_EQ(required("create_a_zoho_meeting_meeting"), R"(["topic","start_time"])");
  EXPECT_EQ(required("update_a_zoho_meeting_meeting_by_id"), R"(["id"])");
  EXPECT_EQ(required("create_a_zoho_meeting_webinar_registration"),
            R"(["webinar_key","email","first_name"])");
  EXPECT_EQ(required("create_a_zoho_meeting_webinar_poll"),
            R"(["webinar_key","question","category"])");
  EXPECT_EQ(required("update_a_zoho_meeting_webinar_poll_by_id"), R"(["id","webinar_key"])");
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
