// Serves the catalogue as its files have it, from the moment they change.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/time/time.h"

#include "services/zoho_proxy/catalog.h"
#include "services/zoho_proxy/proxy_metrics.h"

namespace mesh::zoho_proxy {

// Decides when to load, and loads. Not thread-safe.
//
// A catalogue is swapped whole: calls under way keep the old one. Files that cannot be served leave
// the old one where it is, and are told by log and metric once, until they change again.
class CatalogReload {
 public:
  // `holder` holds a catalogue of `folders`, and `fingerprint` is their CatalogFingerprint() from
  // before it was loaded. Both references must outlive it.
  CatalogReload(std::vector<std::string> folders, std::string fingerprint, CatalogHolder& holder,
                ProxyMetrics& metrics);

  // Loads what has changed since the last look but one: files still being written wait for the
  // next look. Returns whether it tried to.
  bool Look();

  // Loads in any case.
  void Load() { Load(Fingerprint()); }

 private:
  std::string Fingerprint() const;
  void Load(const std::string& fingerprint);

  const std::vector<std::string> folders_;
  CatalogHolder& holder_;
  ProxyMetrics& metrics_;

  // Of what was loaded last, good or bad, and of what the last look saw.
  std::string loaded_;
  std::string seen_;
};

// Blocks SIGHUP in this thread and those that it starts, so that it reaches CatalogReloader alone.
void BlockHangup();

// A thread that looks twice a second, and loads on SIGHUP. BlockHangup() must have been called
// before any thread started.
class CatalogReloader {
 public:
  // As CatalogReload. `loaded` is called on that thread after each attempt to load.
  CatalogReloader(std::vector<std::string> folders, std::string fingerprint, CatalogHolder& holder,
                  ProxyMetrics& metrics, absl::Duration interval = absl::Milliseconds(500),
                  std::function<void()> loaded = {});
  ~CatalogReloader();

 private:
  void Run();

  CatalogReload reload_;
  const absl::Duration interval_;
  const std::function<void()> loaded_;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace mesh::zoho_proxy
