// The workflows that composite tools of the catalogue name.
#pragma once

#include <memory>

#include "absl/strings/string_view.h"

#include "services/zoho_proxy/composite_workflow.h"

namespace mesh::zoho_proxy {

// A department, everybody in it, who administers it, and their licences.
std::unique_ptr<CompositeWorkflow> MakeDepartmentAudit();

// The meetings that one person presents within a window of time, with their details.
std::unique_ptr<CompositeWorkflow> MakePresenterBrief();

// How many users there are by role, licence and edition.
std::unique_ptr<CompositeWorkflow> MakeLicenseInventory();

// nullptr where none has that name.
std::unique_ptr<CompositeWorkflow> MakeCompositeWorkflow(absl::string_view name);

}  // namespace mesh::zoho_proxy
