// The files of a single-page application, served from memory.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"

#include "common/net/http_server.h"

namespace mesh::gateway {

// Thread-safe, immutable.
class StaticFiles {
 public:
  // Answers every path with a page that says, `why`, that there are no files.
  explicit StaticFiles(std::string why);

  // Reads every file below `folder`, once. `<name>.br` and `<name>.gz` are `<name>` compressed.
  // Fails like ReadFile() where there is no index.html or a file cannot be read.
  static absl::StatusOr<StaticFiles> Load(const std::string& folder);

  // Answers `/`, which leads to the index, and all that is at or below kBase, else returns false.
  // What is no file is an address within the application and gets the index, but below `assets/`,
  // whose names change with their content.
  bool Handle(const std::shared_ptr<net::HttpExchange>& exchange) const;

  static constexpr char kBase[] = "/dashboard/";

  // What index.html has in the places of the nonce that its style elements carry.
  static constexpr char kNonce[] = "{{csp-nonce}}";

 private:
  struct File {
    absl::Cord bytes = {};
    // By the name of their encoding; empty where there is none.
    absl::Cord brotli = {};
    absl::Cord gzip = {};
  };

  net::ServerResponse Answer(const net::ServerRequest& request) const;
  net::ServerResponse Index() const;
  static net::ServerResponse Send(const std::string& name, const File& file,
                                  absl::string_view accepted);

  std::string why_;
  std::string index_;
  // By their path below kBase.
  std::map<std::string, File> files_;
};

}  // namespace mesh::gateway
