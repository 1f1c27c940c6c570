// A PostgreSQL server of a test's own: Debian's postgresql-15 on a Unix socket, in a folder that
// goes with it.
#pragma once

#include <string>

#include <sys/types.h>

namespace mesh::auth {

// Not thread-safe. Ends with the thread that starts it, also where that crashes. What does not work
// ends the test.
class TestPostgres {
 public:
  // Starts a server. Root, whom PostgreSQL refuses, has Debian's user `postgres` run it.
  TestPostgres();
  ~TestPostgres();

  TestPostgres(const TestPostgres&) = delete;
  TestPostgres& operator=(const TestPostgres&) = delete;

  // One for all tests of this process, which should each take a new database.
  static TestPostgres& Shared();

  struct Database {
    std::string name = {};
    std::string url = {};
  };

  // An empty one.
  Database NewDatabase();

  // Ends the server at once, as a crash does, and starts it again.
  void Stop();
  void Start();

  // Runs one of PostgreSQL's programs, for example `pg_dump --format=custom …`, as the user and
  // against the server of this.
  void Run(const std::string& command);
  // Whether it ends with status 0.
  bool Succeeds(const std::string& command) const;

  // Its folder, which that user may write to.
  const std::string& folder() const { return folder_; }

 private:
  std::string folder_;
  pid_t server_ = -1;
  int databases_ = 0;
};

}  // namespace mesh::auth
