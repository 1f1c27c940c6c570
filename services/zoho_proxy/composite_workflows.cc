#include "services/zoho_proxy/composite_workflows.h"

namespace mesh::zoho_proxy {

std::unique_ptr<CompositeWorkflow> MakeCompositeWorkflow(absl::string_view name) {
  if (name == "department_audit") return MakeDepartmentAudit();
  if (name == "presenter_brief") return MakePresenterBrief();
  if (name == "license_inventory") return MakeLicenseInventory();
  return nullptr;
}

}  // namespace mesh::zoho_proxy
