// GoogleTest matchers for statuses: EXPECT_THAT(store.Get("x"), HasReason("ACCOUNT_NOT_FOUND")).
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/errors.h"

namespace mesh {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg);
  return StatusOf(arg).ok();
}

MATCHER_P(StatusIs, code, "") {
  *result_listener << StatusOf(arg);
  return StatusOf(arg).code() == code;
}

MATCHER_P(HasReason, reason, "") {
  *result_listener << StatusOf(arg);
  return ErrorReason(StatusOf(arg)) == reason;
}

// ASSERT_OK_AND_ASSIGN(Account account, store.Get("a"));
#define ASSERT_OK_AND_ASSIGN(target, expression) \
  MESH_ASSERT_OK_AND_ASSIGN(MESH_TEST_CONCAT(status_or_, __LINE__), target, expression)
#define MESH_TEST_CONCAT_INNER(a, b) a##b
#define MESH_TEST_CONCAT(a, b) MESH_TEST_CONCAT_INNER(a, b)
#define MESH_ASSERT_OK_AND_ASSIGN(holder, target, expression) \
  auto holder = (expression);                                 \
  ASSERT_TRUE(holder.ok()) << holder.status();                \
  target = *std::move(holder)

}  // namespace mesh
