#include "tests/replicas/program.h"

#include <chrono>
#include <csignal>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/check.h"
#include "common/base/file.h"

namespace mesh::tests {
namespace {

constexpr absl::Duration kLongestStart = absl::Seconds(60);

}  // namespace

Program::Program(const std::string& path, const std::vector<std::string>& arguments,
                 const std::string& log) {
  std::vector<const char*> command = {path.c_str()};
  for (const std::string& argument : arguments) command.push_back(argument.c_str());
  command.push_back(nullptr);
  pid_ = fork();
  CHECK(pid_ >= 0);
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(output, STDOUT_FILENO);
    dup2(output, STDERR_FILENO);
    execv(path.c_str(), const_cast<char* const*>(command.data()));
    _exit(127);
  }
}

Program::~Program() {
  if (pid_ > 0) Kill();
}

nlohmann::json Program::AwaitAddresses(const std::string& address_file) const {
  const absl::Time give_up = absl::Now() + kLongestStart;
  while (true) {
    if (const absl::StatusOr<std::string> text = ReadFile(address_file); text.ok()) {
      return nlohmann::json::parse(*text);
    }
    CHECK(waitpid(pid_, nullptr, WNOHANG) == 0);  // Its log says why it ended.
    CHECK(absl::Now() < give_up);
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

void Program::Kill() {
  kill(pid_, SIGKILL);
  Wait();
}

int Program::Stop() {
  kill(pid_, SIGTERM);
  return Wait();
}

int Program::Wait() {
  int status = 0;
  CHECK(waitpid(pid_, &status, 0) == pid_);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace mesh::tests
