// Connections to the database, transactions, and the one place where SOCI's exceptions end. Only
// the SQL stores include this.
#pragma once

#include <memory>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <soci/soci.h>

#include "services/auth/store/sql_driver.h"

namespace mesh::auth {

// Thread-safe. A call that finds every connection busy waits up to five seconds for one. A
// connection that broke is opened anew by whoever needs it next, so an outage of the database ends
// for its callers when it ends.
//
// What a database cannot do is UNAVAILABLE: `STORE_UNAVAILABLE` where it is gone, `STORE_FULL`,
// `STORE_READ_ONLY`, or `STORE_LOCKED` where somebody else held what was needed for too long.
class SqlDatabase {
 public:
  // What is done with a connection; it may throw what SOCI throws. Where another transaction came
  // first, or the connection turns out to be broken, it is undone and run again.
  using Work = absl::FunctionRef<absl::Status(soci::session&)>;

  // Connects and brings the schema up to date. Fails as above, saying how to mend it.
  static absl::StatusOr<std::unique_ptr<SqlDatabase>> Open(std::unique_ptr<SqlDriver> driver,
                                                           int connections);

  // Leaves the schema alone, and connects when first used. For reading what may be older.
  static std::unique_ptr<SqlDatabase> OpenAsItIs(std::unique_ptr<SqlDriver> driver,
                                                 int connections);

  // Runs `work` on a connection. Fails like `work`, or as above where it threw.
  absl::Status Read(Work work);

  // Runs `work` in a transaction, which is kept where it returns OK and undone otherwise.
  absl::Status Write(Work work);

 private:
  SqlDatabase(std::unique_ptr<SqlDriver> driver, int connections);

  // `committing` says whether `work` has come to where running it again could do it twice.
  absl::Status Run(Work work, const bool& committing);
  absl::Status Migrate();

  const std::unique_ptr<SqlDriver> driver_;
  soci::connection_pool pool_;
};

// Columns of times: microseconds since 1970, the largest number for never.
long long TimeColumn(absl::Time time);
absl::Time TimeOfColumn(long long column);

}  // namespace mesh::auth
