// The simulator's listeners.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

#include "tests/fake_zoho/fake_zoho.h"

namespace fake_zoho {

struct ServerOptions {
  std::string host = "127.0.0.1";
  // The first of six ports in a row: accounts and meeting of `us`, the same of `eu`, download of
  // `us` and of `eu`. 0 takes any free ones.
  int port_base = 0;
};

// Serves from Start() until Shutdown(). Thread-safe.
class Server {
 public:
  // Fails with UNAVAILABLE (`ADDRESS_UNUSABLE`). `zoho` must outlive the server, and learns its
  // addresses.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const ServerOptions& options,
                                                       FakeZoho& zoho);

  virtual ~Server() = default;

  virtual const Addresses& addresses() const = 0;

  // Drops answers that are not due, and closes every connection by `deadline`.
  virtual void Shutdown(absl::Time deadline) = 0;
};

}  // namespace fake_zoho
