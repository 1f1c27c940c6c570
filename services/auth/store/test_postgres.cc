#include "services/auth/store/test_postgres.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/base/check.h"

namespace mesh::auth {
namespace {

constexpr absl::Duration kLongestStart = absl::Seconds(60);

constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin";

// Settings of a server that need not outlive the machine.
constexpr const char* kSettings[] = {"-c", "fsync=off",           "-c", "full_page_writes=off",
                                     "-c", "listen_addresses=",   "-c", "max_connections=200",
                                     "-c", "shared_buffers=32MB", "-c", "log_min_messages=fatal"};

// In front of a command of PostgreSQL's.
std::string AsItsUser() {
  if (geteuid() != 0) return "";
  return "setpriv --reuid=postgres --regid=postgres --clear-groups --pdeathsig QUIT ";
}

bool RunToEnd(const std::string& command) {
  return std::system(absl::StrCat(AsItsUser(), kPrograms, "/", command).c_str()) == 0;
}

}  // namespace

TestPostgres::TestPostgres() {
  // Not in the test's own folder: that may lie below one that PostgreSQL's user may not enter, and
  // a socket's path has at most 107 characters.
  char folder[] = "/tmp/mesh-pg-XXXXXX";
  CHECK(mkdtemp(folder) != nullptr);
  folder_ = folder;
  if (geteuid() == 0) {
    const passwd* user = getpwnam("postgres");
    CHECK(user != nullptr);  // Debian's package postgresql-15 makes it.
    CHECK(chown(folder, user->pw_uid, user->pw_gid) == 0);
  }
  CHECK(RunToEnd(absl::StrCat("initdb --pgdata=", folder_, "/data --username=postgres --auth=trust",
                              " --encoding=UTF8 --locale=C --no-sync >", folder_, "/initdb.log")));
  Start();
}

TestPostgres::~TestPostgres() {
  if (server_ > 0) Stop();
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

TestPostgres& TestPostgres::Shared() {
  static TestPostgres shared;
  return shared;
}

TestPostgres::Database TestPostgres::NewDatabase() {
  const std::string name = absl::StrCat("test_", ++databases_);
  Run(absl::StrCat("createdb ", name));
  return {.name = name, .url = absl::StrCat("postgres://postgres@/", name, "?host=", folder_)};
}

void TestPostgres::Run(const std::string& command) { CHECK(Succeeds(command)); }

bool TestPostgres::Succeeds(const std::string& command) const {
  const size_t program = command.find(' ');
  return RunToEnd(absl::StrCat(command.substr(0, program), " --host=", folder_,
                               " --username=postgres", command.substr(program)));
}

void TestPostgres::Stop() {
  CHECK(kill(server_, SIGQUIT) == 0);
  int status = 0;
  CHECK(waitpid(server_, &status, 0) == server_);
  server_ = -1;
}

void TestPostgres::Start() {
  const std::string program = absl::StrCat(kPrograms, "/postgres");
  const std::string data = absl::StrCat(folder_, "/data");
  std::vector<const char*> command;
  if (geteuid() == 0) {
    command = {"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres",
               "--clear-groups",   "--pdeathsig",      "QUIT"};
  }
  command.insert(command.end(), {program.c_str(), "-D", data.c_str(), "-k", folder_.c_str()});
  command.insert(command.end(), std::begin(kSettings), std::end(kSettings));
  command.push_back(nullptr);
  server_ = fork();
  CHECK(server_ >= 0);
  if (server_ == 0) {
    execv(command.front(), const_cast<char* const*>(command.data()));
    _exit(127);
  }
  const std::string ready =
      absl::StrCat(kPrograms, "/pg_isready --quiet --host=", folder_, " --username=postgres");
  const absl::Time give_up = absl::Now() + kLongestStart;
  while (std::system(ready.c_str()) != 0) {
    CHECK(absl::Now() < give_up);
    CHECK(waitpid(server_, nullptr, WNOHANG) == 0);  // It lives.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

}  // namespace mesh::auth
