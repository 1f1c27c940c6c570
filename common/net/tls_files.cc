#include "common/net/tls_files.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

#include "common/base/file.h"
#include "common/base/hash.h"
#include "common/base/log.h"
#include "common/base/secret.h"
#include "common/base/status_macros.h"
#include "common/net/tls_session.h"
#include "common/tls/certificate.h"

namespace mesh::net {

struct TlsFiles::Pair {
  std::string chain = {};
  Secret key = {};

  std::string Digest() const { return Sha256(absl::StrCat(Sha256(chain), Sha256(key.Reveal()))); }
};

TlsFiles::TlsFiles(TlsFilesOptions options) : options_(std::move(options)) {}

absl::StatusOr<std::shared_ptr<TlsFiles>> TlsFiles::Open(TlsFilesOptions options) {
  std::shared_ptr<TlsFiles> files(new TlsFiles(std::move(options)));
  ASSIGN_OR_RETURN(const Pair pair, files->Read());
  RETURN_IF_ERROR(files->Load(pair));
  files->seen_ = files->loaded_;
  files->thread_ = std::thread([raw = files.get()] { raw->Run(); });
  return files;
}

TlsFiles::~TlsFiles() {
  {
    const std::lock_guard lock(mu_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

std::shared_ptr<const TlsContext> TlsFiles::Current() const {
  const std::lock_guard lock(mu_);
  return current_;
}

absl::StatusOr<TlsFiles::Pair> TlsFiles::Read() const {
  Pair pair;
  ASSIGN_OR_RETURN(pair.chain, ReadFile(options_.certificate_file));
  ASSIGN_OR_RETURN(pair.key, ReadSecretFile(options_.key_file));
  return pair;
}

absl::Status TlsFiles::Load(const Pair& pair) {
  loaded_ = pair.Digest();
  ASSIGN_OR_RETURN(const absl::Time expires, CheckCertificate(options_.certificate_file, pair.chain,
                                                              pair.key.Reveal(), absl::Now()));
  ASSIGN_OR_RETURN(std::shared_ptr<const TlsContext> context,
                   TlsContext::Create(options_.certificate_file, pair.chain, pair.key.Reveal()));
  LogInfo("certificate", {{"file", options_.certificate_file},
                          {"expires", absl::FormatTime(expires, absl::UTCTimeZone())}});
  const std::lock_guard lock(mu_);
  current_ = std::move(context);
  return absl::OkStatus();
}

void TlsFiles::Run() {
  std::unique_lock lock(mu_);
  while (!stopped_.wait_for(lock, absl::ToChronoNanoseconds(options_.interval),
                            [this] { return stopping_; })) {
    lock.unlock();
    Look();
    lock.lock();
  }
}

// Two files are not replaced in one moment: what has changed is taken up once it has stayed the
// same for a look.
void TlsFiles::Look() {
  const absl::StatusOr<Pair> pair = Read();
  std::string now = pair.ok() ? pair->Digest() : pair.status().ToString();
  const bool settled = now == seen_;
  seen_ = std::move(now);
  if (!settled || seen_ == loaded_) return;
  const absl::Status status = pair.ok() ? Load(*pair) : pair.status();
  loaded_ = seen_;
  if (status.ok()) return;
  LogError("certificate cannot be used; the one before stays", {{"why", status}});
}

}  // namespace mesh::net
