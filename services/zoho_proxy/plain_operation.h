// Operations of OpenAPI documents that know nothing of the mesh, as tools. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/zoho_proxy/client_schema.h"
#include "services/zoho_proxy/openapi.h"
#include "services/zoho_proxy/operation_inputs.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {

// Such an operation was not written for models: its input schema is cut by one of these after the
// other until its text is no longer than kMaxPlainSchema. The last one stands whatever it gives.
inline constexpr size_t kMaxPlainSchema = 12'000;
inline constexpr size_t kMaxPlainNested = 300;
inline constexpr std::array<SchemaLimits, 6> kPlainLimits = {{{6, kMaxPlainNested},
                                                              {4, kMaxPlainNested},
                                                              {3, kMaxPlainNested},
                                                              {2, kMaxPlainNested},
                                                              {1, kMaxPlainNested},
                                                              {0, kMaxPlainNested}}};

// Whether anything says what the operation is for; one of which nothing does is no tool.
absl::StatusOr<bool> IsDescribed(const Node& operation);

// Writes name, texts, method and hints of `tool`, whose path and HTTP method stand already. Fails
// with INVALID_ARGUMENT (`CATALOG_INVALID`).
absl::Status DescribePlain(absl::string_view integration, const Node& operation, Tool& tool);

// Of arguments of one name, and of those that are the mesh's own, each but the first says where it
// belongs.
void MakeNamesDistinct(std::vector<Input>& inputs);

}  // namespace mesh::zoho_proxy
