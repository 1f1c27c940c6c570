// Leaves a function with the error that a call returned.
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define RETURN_IF_ERROR(expression)                                         \
  do {                                                                      \
    if (absl::Status status_ = (expression); !status_.ok()) return status_; \
  } while (false)

#define MESH_CONCAT_INNER(a, b) a##b
#define MESH_CONCAT(a, b) MESH_CONCAT_INNER(a, b)

// `target` may be a declaration: ASSIGN_OR_RETURN(const Tool* tool, catalog.Find(name));
#define ASSIGN_OR_RETURN(target, expression) \
  MESH_ASSIGN_OR_RETURN(MESH_CONCAT(status_or_, __LINE__), target, expression)

#define MESH_ASSIGN_OR_RETURN(holder, target, expression) \
  auto holder = (expression);                             \
  if (!holder.ok()) return std::move(holder).status();    \
  target = *std::move(holder)
