// Looks at certificates before TLS does, to say what is wrong with them.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mesh {

// When the first certificate of `chain` (PEM) expires. Fails with INVALID_ARGUMENT
// (`CERTIFICATE_INVALID`), naming `file`, where there is none, it is not valid at `now`, or `key`
// (PEM) is not its private key.
absl::StatusOr<absl::Time> CheckCertificate(absl::string_view file, absl::string_view chain,
                                            absl::string_view key, absl::Time now);

// Whether `authorities` (PEM) holds at least one certificate. Fails likewise.
absl::Status CheckAuthorities(absl::string_view file, absl::string_view authorities);

}  // namespace mesh
