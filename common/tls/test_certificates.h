// Certificates for tests: an authority that signs whatever a test needs.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace mesh {

struct TestCertificate {
  std::string certificate = {};  // PEM.
  std::string key = {};          // PEM.
};

// An authority by that name, valid for two days up to an hour from now.
TestCertificate MakeTestAuthority(absl::string_view name);

// A certificate for `dns_name` and 127.0.0.1, signed by `authority`, valid from an hour before
// `expires` until then.
TestCertificate SignTestCertificate(const TestCertificate& authority, absl::string_view dns_name,
                                    absl::Time expires);

}  // namespace mesh
