// A program of the mesh as a process of its own, for tests.
#pragma once

#include <string>
#include <vector>

#include "nlohmann/json_fwd.hpp"
#include <sys/types.h>

namespace mesh::tests {

// Not thread-safe. Killed when it goes, or when the thread that started it ends.
class Program {
 public:
  // Runs `path`, below the folder of the test, with `arguments`; its output is appended to `log`.
  Program(const std::string& path, const std::vector<std::string>& arguments,
          const std::string& log);
  ~Program();

  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  // Waits for the program to write its address file and returns the content. A program that ends
  // instead, or takes a minute, ends the test.
  nlohmann::json AwaitAddresses(const std::string& address_file) const;

  // Ends it at once, as `kill -9` does.
  void Kill();

  // Asks it to end, and returns its exit status.
  int Stop();

  // Waits until it ends by itself, and returns its exit status.
  int Wait();

 private:
  pid_t pid_ = -1;
};

}  // namespace mesh::tests
