// The program itself: what it says, and how it ends, when it cannot start.
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "common/base/random.h"
#include "services/auth/test_world.h"

namespace mesh::auth {
namespace {

constexpr char kProgram[] = "services/auth/auth-service";

// 32 bytes in base64.
constexpr char kSealKey[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

struct Ended {
  int status = -1;
  std::string output = {};
};

// Runs the program with `config` until it ends.
Ended RunToEnd(const std::string& config) {
  const std::string command = absl::StrCat("timeout 20 ", kProgram, " --set='", config, "' 2>&1");
  Ended ended;
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return ended;
  std::array<char, 4096> buffer;
  while (std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) ended.output += buffer.data();
  ended.status = WEXITSTATUS(pclose(pipe));
  return ended;
}

std::string DatabasePath() {
  return absl::StrCat(testing::TempDir(), "/", RandomId("main_"), ".db");
}

// A configuration that would start, followed by `more`, which overrides it.
std::string ConfigWith(const std::string& more) {
  return absl::StrCat("sqlite { path: \"", DatabasePath(), "\" } seal_key_file: \"",
                      NewSecretFile(kSealKey), "\" bootstrap_api_key_file: \"",
                      NewSecretFile("an-api-key-of-at-least-32-characters"), "\" ", more);
}

struct Row {
  std::string config;
  // Which part is wrong, and what to do.
  std::vector<std::string> says;
};

TEST(AuthServiceProgram, SaysWhatIsWrongAndHowToMendItAndEndsWithStatus2) {
  const std::string open_key = NewSecretFile(kSealKey);
  ASSERT_EQ(chmod(open_key.c_str(), 0644), 0);
  const std::string folder = testing::TempDir();
  const std::vector<Row> rows = {
      {ConfigWith("seal_key_file: \"\""), {"seal_key_file", "head -c 32 /dev/urandom"}},
      {ConfigWith("seal_key_file: \"/no/such/key\""), {"/no/such/key", "head -c 32 /dev/urandom"}},
      {ConfigWith(absl::StrCat("seal_key_file: \"", open_key, "\"")), {open_key, "chmod 600"}},
      {ConfigWith(absl::StrCat("seal_key_file: \"", NewSecretFile("c2hvcnQ="), "\"")),
       {"5 bytes, not 32"}},
      {ConfigWith("bootstrap_api_key_file: \"\""), {"bootstrap_api_key_file"}},
      {ConfigWith(absl::StrCat("bootstrap_api_key_file: \"", NewSecretFile("short"), "\"")),
       {"bootstrap_api_key_file", "at least 32"}},
      {ConfigWith("sqlite { path: \"/no/such/folder/auth.db\" }"),
       {"/no/such/folder/auth.db", "existing folder"}},
      {ConfigWith(absl::StrCat("sqlite { path: \"", folder, "\" }")), {folder, "sqlite.path"}},
      {ConfigWith("postgres { url: \"mysql://mesh@db/mesh\" }"), {"postgres://"}},
      {ConfigWith("postgres { url: \"postgres://mesh:secret@db/mesh\" }"),
       {"postgres.url", "url_file"}},
      {ConfigWith("postgres { url: \"postgres://mesh@127.0.0.1:1/mesh\" }"),
       {"PostgreSQL", "127.0.0.1"}},
      {ConfigWith(absl::StrCat("other_seal_key_files: \"", open_key, "\"")),
       {open_key, "chmod 600"}},
      {ConfigWith("token_request_timeout { seconds: 90 }"), {"token_request_timeout"}},
      {"", {"seal_key_file"}},
      {ConfigWith("nonsense: 1"), {"nonsense"}},
      {ConfigWith("worker_threads: -1"), {"worker_threads", "between 1 and"}},
      {ConfigWith("refresh_ceiling: 10"), {"refresh_ceiling", "between 1 and 9"}},
      {ConfigWith("refresh_early { seconds: -1 }"), {"refresh_early"}},
      {ConfigWith("service { log_level: \"loud\" }"), {"log_level", "info"}},
      {ConfigWith("service { listen: \"192.0.2.1:1\" }"), {"192.0.2.1:1"}},
      {ConfigWith("regions { code: \"eu\" accounts_url: \"http://x.example\" "
                  "meeting_url: \"https://x.example\" }"),
       {"regions[eu].accounts_url", "https"}},
      {ConfigWith("oauth_clients { client_id: \"1000.X\" }"), {"client_secret_file"}},
  };
  for (const Row& row : rows) {
    const Ended ended = RunToEnd(row.config);
    EXPECT_EQ(ended.status, 2) << row.config << "\n" << ended.output;
    for (const std::string& text : row.says) {
      EXPECT_TRUE(absl::StrContains(ended.output, text)) << text << "\nin " << ended.output;
    }
    EXPECT_FALSE(absl::StrContains(ended.output, kSealKey)) << ended.output;
  }
}

}  // namespace
}  // namespace mesh::auth
