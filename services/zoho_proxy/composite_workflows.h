// The workflows that composite tools of the catalogue name.
#pragma once

#include <memory>
#include <vector>

#include "absl/strings/string_view.h"

#include "services/zoho_proxy/composite_workflow.h"

namespace mesh::zoho_proxy {

// A department, everybody in it, who administers it, and their licences.
std::unique_ptr<CompositeWorkflow> MakeDepartmentAudit();

// The meetings that one person presents within a window of time, with their details.
std::unique_ptr<CompositeWorkflow> MakePresenterBrief();

// How many users there are by role, licence and edition.
std::unique_ptr<CompositeWorkflow> MakeLicenseInventory();

struct CompositeKind {
  const char* name = "";
  std::unique_ptr<CompositeWorkflow> (*make)() = nullptr;

  // The arguments, strings, without which Begin() must not be called.
  std::vector<const char*> required = {};

  // Whether each row of its result takes a call of its own.
  bool calls_each_row = false;
};

// nullptr where none has that name.
const CompositeKind* FindCompositeKind(absl::string_view name);

}  // namespace mesh::zoho_proxy
