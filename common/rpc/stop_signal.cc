#include "common/rpc/stop_signal.h"

#include <pthread.h>

namespace mesh::rpc {

StopSignal::StopSignal() {
  std::signal(SIGPIPE, SIG_IGN);  // A closed socket is an error of its write, not of the process.
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

void StopSignal::Wait() {
  int signal = 0;
  sigwait(&signals_, &signal);
  pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr);
}

}  // namespace mesh::rpc
