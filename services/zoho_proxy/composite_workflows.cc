#include "services/zoho_proxy/composite_workflows.h"

namespace mesh::zoho_proxy {

const CompositeKind* FindCompositeKind(absl::string_view name) {
  static const auto* const kKinds = new std::vector<CompositeKind>{
      {.name = "department_audit", .make = MakeDepartmentAudit, .required = {"department"}},
      {.name = "presenter_brief",
       .make = MakePresenterBrief,
       .required = {"presenter"},
       .calls_each_row = true},
      {.name = "license_inventory", .make = MakeLicenseInventory}};
  for (const CompositeKind& kind : *kKinds) {
    if (name == kind.name) return &kind;
  }
  return nullptr;
}

}  // namespace mesh::zoho_proxy
