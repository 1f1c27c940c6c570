// A certificate and its key in files, taken up again when they change.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace mesh::net {

class TlsContext;

struct TlsFilesOptions {
  // PEM: the certificate, and those that lead to an authority.
  std::string certificate_file = {};
  // PEM. Only its owner and group may read it.
  std::string key_file = {};
  // Between two looks at the files.
  absl::Duration interval = absl::Seconds(10);
};

// Thread-safe.
class TlsFiles {
 public:
  // Fails with INVALID_ARGUMENT (`CERTIFICATE_INVALID`: no certificate, not valid now, another's
  // key), NOT_FOUND (`FILE_UNREADABLE`), PERMISSION_DENIED (`FILE_UNSAFE`).
  static absl::StatusOr<std::shared_ptr<TlsFiles>> Open(TlsFilesOptions options);

  ~TlsFiles();

  TlsFiles(const TlsFiles&) = delete;
  TlsFiles& operator=(const TlsFiles&) = delete;

  // For the next connection.
  std::shared_ptr<const TlsContext> Current() const;

 private:
  // What the files hold.
  struct Pair;

  explicit TlsFiles(TlsFilesOptions options);

  absl::StatusOr<Pair> Read() const;
  absl::Status Load(const Pair& pair);
  void Run();
  void Look();

  const TlsFilesOptions options_;

  // Digests of what was taken up or refused last, and of what the last look saw. The thread's own.
  std::string loaded_;
  std::string seen_;

  mutable std::mutex mu_;
  std::condition_variable stopped_;
  bool stopping_ = false;
  std::shared_ptr<const TlsContext> current_;
  std::thread thread_;
};

}  // namespace mesh::net
