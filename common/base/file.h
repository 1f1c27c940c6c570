// Whole files, read and written at start-up.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "common/base/secret.h"

namespace mesh {

// Fails with NOT_FOUND or PERMISSION_DENIED (`FILE_UNREADABLE`), naming the path and the reason.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// The file's content without the white space around it. Fails like ReadFile(), and with
// PERMISSION_DENIED (`FILE_UNSAFE`) where others than its owner and group may read it.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

// Writes the whole file or leaves what was there: readers never see a part.
// Fails with UNAVAILABLE (`FILE_UNWRITABLE`), naming the path and the reason.
absl::Status WriteFileAtomically(const std::string& path, absl::string_view content);

}  // namespace mesh
