// fake-zoho: Zoho's accounts, Meeting and download hosts of two regions, on loopback.
#include <csignal>
#include <cstdio>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include <sys/resource.h>

#include "common/base/file.h"
#include "tests/fake_zoho/fake_zoho.h"
#include "tests/fake_zoho/server.h"
#include "tests/fake_zoho/throttle.h"

ABSL_FLAG(std::string, listen_host, "127.0.0.1", "Address of all listeners.");
ABSL_FLAG(int, port_base, 0,
          "First of six ports in a row: accounts and meeting of us, the same of eu, download of us "
          "and of eu. 0 takes any free ones.");
ABSL_FLAG(std::string, address_file, "",
          "File that gets URLs and credentials as JSON once everything is ready.");
ABSL_FLAG(absl::Duration, latency, absl::ZeroDuration(),
          "How long the Meeting and download hosts take for every answer.");
ABSL_FLAG(std::string, throttle, "none", "Throttle profile; README.md lists them.");
ABSL_FLAG(absl::Duration, access_token_lifetime, absl::Hours(1), "Life of an access token.");
ABSL_FLAG(uint64_t, seed, 42, "The same seed makes the same organisations.");

namespace {

// A connection is a file: as many as the system allows.
void RaiseFileLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "fake-zoho: %s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetProgramUsageMessage("Plays Zoho's accounts, Meeting and download hosts on loopback.");
  absl::ParseCommandLine(argc, argv);
  RaiseFileLimit();

  // Before any thread starts: all of them inherit it, and only sigwait() below takes the signals.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  fake_zoho::Settings settings;
  settings.latency = absl::GetFlag(FLAGS_latency);
  settings.throttle.name = absl::GetFlag(FLAGS_throttle);
  settings.oauth.access_token_lifetime = absl::GetFlag(FLAGS_access_token_lifetime);
  if (!fake_zoho::IsThrottleProfile(settings.throttle.name)) {
    std::fprintf(stderr, "fake-zoho: --throttle: no such profile\n");
    return 1;
  }

  fake_zoho::FakeZoho zoho(absl::GetFlag(FLAGS_seed), settings, absl::Now());
  const auto server = fake_zoho::Server::Start(
      {.host = absl::GetFlag(FLAGS_listen_host), .port_base = absl::GetFlag(FLAGS_port_base)},
      zoho);
  if (!server.ok()) return Fail(server.status());

  const std::string report = zoho.Report() + "\n";
  std::fputs(report.c_str(), stdout);
  std::fflush(stdout);
  if (const std::string path = absl::GetFlag(FLAGS_address_file); !path.empty()) {
    const absl::Status written = mesh::WriteFileAtomically(path, report);
    if (!written.ok()) return Fail(written);
  }

  int signal = 0;
  sigwait(&signals, &signal);
  // A second one ends the process at once.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*server)->Shutdown(absl::Now() + absl::Seconds(1));
  return 0;
}
