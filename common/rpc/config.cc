#include "common/rpc/config.h"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "absl/flags/usage.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "common/base/errors.h"
#include "common/base/file.h"
#include "common/base/log.h"

ABSL_FLAG(std::string, config, "", "File with the configuration, in protobuf's text format.");
ABSL_FLAG(std::string, set, "",
          "Configuration laid over the file, for example 'service { log_level: \"debug\" }'.");

namespace mesh::rpc {
namespace {

// Keeps the first complaint of the parser.
class FirstError final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, int column, const std::string& message) override {
    if (text_.empty()) text_ = absl::StrCat(line + 1, ":", column + 1, ": ", message);
  }

  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Flags are named by C++ identifiers, and written with dashes as well.
void WithUnderscores(std::string& argument) {
  if (!absl::StartsWith(argument, "--")) return;
  const size_t end = std::min(argument.find('='), argument.size());
  std::replace(argument.begin() + 2, argument.begin() + static_cast<std::ptrdiff_t>(end), '-', '_');
}

absl::Status Load(google::protobuf::Message& config) {
  if (const std::string path = absl::GetFlag(FLAGS_config); !path.empty()) {
    absl::StatusOr<std::string> text = ReadFile(path);
    if (!text.ok()) return text.status();
    if (absl::Status merged = MergeConfig(*text, path, config); !merged.ok()) return merged;
  }
  return MergeConfig(absl::GetFlag(FLAGS_set), "--set", config);
}

}  // namespace

void LoadConfigOrExit(int argc, char** argv, absl::string_view usage,
                      google::protobuf::Message& config) {
  absl::SetProgramUsageMessage(usage);
  std::vector<std::string> arguments(argv, argv + argc);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) {
    WithUnderscores(argument);
    pointers.push_back(argument.data());
  }
  const std::vector<char*> rest = absl::ParseCommandLine(argc, pointers.data());
  if (rest.size() > 1) {
    ExitWith(FieldInvalid(rest[1], "is no flag; this program takes --config and --set"));
  }
  if (absl::Status loaded = Load(config); !loaded.ok()) ExitWith(loaded);
}

absl::Status MergeConfig(absl::string_view text, absl::string_view origin,
                         google::protobuf::Message& config) {
  FirstError error;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&error);
  if (parser.MergeFromString(std::string(text), &config)) return absl::OkStatus();
  return FieldInvalid(origin, absl::StrCat("cannot be read at ", error.text()));
}

absl::Duration DurationOr(bool present, const google::protobuf::Duration& value,
                          absl::Duration fallback) {
  return present ? absl::Seconds(value.seconds()) + absl::Nanoseconds(value.nanos()) : fallback;
}

void ExitWith(const absl::Status& error) {
  StopLog();
  std::fprintf(stderr, "%s\n", std::string(error.message()).c_str());
  std::exit(2);
}

}  // namespace mesh::rpc
