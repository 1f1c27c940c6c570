// SIGTERM and SIGINT, as an event to wait for.
#pragma once

#include <csignal>

namespace mesh::rpc {

// Construct it before any thread starts: it takes the signals from all of them.
class StopSignal {
 public:
  StopSignal();

  // Returns at the first signal. From then on a second one ends the process at once.
  void Wait();

 private:
  sigset_t signals_;
};

}  // namespace mesh::rpc
