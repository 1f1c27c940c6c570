// Connections to the database, transactions, and the one place where SOCI's exceptions end. Only
// the SQL stores include this.
#pragma once

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <soci/soci.h>

namespace mesh::auth {

// Thread-safe. A call that finds every connection busy waits up to five seconds for one.
class SqlDatabase {
 public:
  // What is done with a connection; it may throw what SOCI throws.
  using Work = absl::FunctionRef<absl::Status(soci::session&)>;

  // Opens `path`, creating it readable by its owner alone where it does not exist, and brings its
  // schema up to date. Fails with UNAVAILABLE (`STORE_UNAVAILABLE`), saying how to mend it.
  static absl::StatusOr<std::unique_ptr<SqlDatabase>> OpenSqlite(const std::string& path,
                                                                 int connections);

  // Runs `work` on a connection. Fails like `work`, or with STORE_UNAVAILABLE where it threw.
  absl::Status Read(Work work);

  // Runs `work` in a transaction, which is kept where it returns OK and undone otherwise.
  absl::Status Write(Work work);

 private:
  explicit SqlDatabase(int connections);

  absl::Status With(Work work);
  absl::Status Migrate();

  soci::connection_pool pool_;
  // Opens a transaction that may write. In SQLite a plain BEGIN would only find out at its first
  // write that another one writes, and then cannot wait.
  std::string begin_;
};

// Columns of times: microseconds since 1970, the largest number for never.
long long TimeColumn(absl::Time time);
absl::Time TimeOfColumn(long long column);

}  // namespace mesh::auth
