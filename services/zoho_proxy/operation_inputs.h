// The parameters and the body of an OpenAPI operation, as the flat arguments of a tool.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#include "services/zoho_proxy/client_schema.h"
#include "services/zoho_proxy/json.h"
#include "services/zoho_proxy/openapi.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {

// A parameter and its place in the input schema.
struct Input {
  Parameter parameter = {};
  std::shared_ptr<Json> schema = {};
  bool required = false;
  // JSON text; empty for none.
  std::string example = {};
};

struct BodyInputs {
  std::vector<Input> inputs = {};
  bool present = false;
  bool required = false;
  std::string content_type = {};
};

// Each fails with INVALID_ARGUMENT (`CATALOG_INVALID`) where a part cannot be served. Pure.
//
// `curated`: the document is written for the mesh, by docs/adding_a_tool.md; what it lacks is a
// mistake. Otherwise what is missing is made up for, where that is possible.
class InputReader {
 public:
  InputReader(bool curated, const SchemaLimits& limits) : curated_(curated), limits_(limits) {}

  // The parameters of the path and of the operation; the latter replace those of the same name and
  // place.
  absl::StatusOr<std::vector<Input>> ReadParameters(const Node& path_item,
                                                    const Node& operation) const;

  // The body's properties. A property with `x-mcp: {flatten: true}`, an object or an array of one
  // object, is not an argument itself: its members are.
  absl::StatusOr<BodyInputs> ReadBody(const Node& operation) const;

 private:
  absl::StatusOr<Input> Read(const Node& place, const Node& schema, absl::string_view name) const;
  absl::Status CheckCurated(const Input& input, const Node& place, const Node& schema,
                            absl::string_view name) const;
  absl::StatusOr<Input> ReadParameter(const Node& node) const;
  absl::Status ReadMembers(const Node& schema, const std::string& pointer, bool all_required,
                           std::vector<Input>& inputs) const;
  absl::StatusOr<Input> ReadWhole(const Node& schema, bool required) const;

  const bool curated_;
  const SchemaLimits limits_;
};

}  // namespace mesh::zoho_proxy
