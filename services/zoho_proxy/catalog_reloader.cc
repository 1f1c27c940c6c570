#include "services/zoho_proxy/catalog_reloader.h"

#include <algorithm>
#include <csignal>
#include <utility>

#include "absl/time/clock.h"
#include <pthread.h>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "services/zoho_proxy/catalog_fingerprint.h"

namespace mesh::zoho_proxy {
namespace {

// Operations that are left out of a catalogue, named one by one in the log.
constexpr size_t kMaxNamed = 20;

void LogLeftOut(const Catalog& catalog) {
  const std::vector<absl::Status>& left_out = catalog.left_out();
  for (size_t i = 0; i < std::min(left_out.size(), kMaxNamed); ++i) {
    LogWarning("operation left out", {{"why", left_out[i].message()}});
  }
  if (left_out.size() > kMaxNamed) {
    LogWarning("more operations left out", {{"count", left_out.size() - kMaxNamed}});
  }
}

sigset_t HangupSet() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGHUP);
  return signals;
}

}  // namespace

CatalogReload::CatalogReload(std::vector<std::string> folders, std::string fingerprint,
                             CatalogHolder& holder, ProxyMetrics& metrics)
    : folders_(std::move(folders)),
      holder_(holder),
      metrics_(metrics),
      loaded_(std::move(fingerprint)),
      seen_(loaded_) {
  metrics_.SetTools(holder_.Get()->tools().size());
  LogLeftOut(*holder_.Get());
}

std::string CatalogReload::Fingerprint() const { return CatalogFingerprint(folders_); }

bool CatalogReload::Look() {
  std::string now = Fingerprint();
  const bool settled = now == seen_;
  seen_ = std::move(now);
  if (!settled || seen_ == loaded_) return false;
  Load(seen_);
  return true;
}

void CatalogReload::Load(const std::string& fingerprint) {
  loaded_ = fingerprint;
  const absl::Time begun = absl::Now();
  absl::StatusOr<std::shared_ptr<const Catalog>> catalog = Catalog::Load(folders_);
  metrics_.RecordReload(catalog.ok() ? "OK" : ErrorReason(catalog.status()));
  if (!catalog.ok()) {
    LogError("catalogue cannot be served; the one before stays",
             {{"why", catalog.status().message()}});
    return;
  }
  metrics_.SetTools((*catalog)->tools().size());
  LogLeftOut(**catalog);
  LogInfo("catalogue loaded", {{"tools", (*catalog)->tools().size()},
                               {"digest", (*catalog)->list().digest()},
                               {"duration_seconds", absl::Now() - begun}});
  holder_.Set(*std::move(catalog));
}

void BlockHangup() {
  const sigset_t signals = HangupSet();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

CatalogReloader::CatalogReloader(std::vector<std::string> folders, std::string fingerprint,
                                 CatalogHolder& holder, ProxyMetrics& metrics,
                                 absl::Duration interval, std::function<void()> loaded)
    : reload_(std::move(folders), std::move(fingerprint), holder, metrics),
      interval_(interval),
      loaded_(std::move(loaded)),
      thread_([this] { Run(); }) {}

CatalogReloader::~CatalogReloader() {
  stopping_ = true;
  pthread_kill(thread_.native_handle(), SIGHUP);  // Ends the wait.
  thread_.join();
}

void CatalogReloader::Run() {
  const sigset_t signals = HangupSet();
  const timespec interval = absl::ToTimespec(interval_);
  while (!stopping_) {
    const bool asked = sigtimedwait(&signals, nullptr, &interval) == SIGHUP;
    if (stopping_) return;
    if (asked) reload_.Load();
    if ((asked || reload_.Look()) && loaded_) loaded_();
  }
}

}  // namespace mesh::zoho_proxy
