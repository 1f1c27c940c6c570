#include "common/base/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/errors.h"
#include "common/base/status_macros.h"

namespace mesh {
namespace {

// Closes a descriptor when it goes.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::StatusOr<std::string> ReadAll(int fd, const std::string& path) {
  std::string content;
  char buffer[16 << 10];
  for (;;) {
    const ssize_t got = read(fd, buffer, sizeof buffer);
    if (got == 0) return content;
    if (got > 0) {
      content.append(buffer, static_cast<size_t>(got));
    } else if (errno != EINTR) {
      return FileUnreadable(path, std::strerror(errno));
    }
  }
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return FileUnreadable(path, std::strerror(errno));
  return ReadAll(file.get(), path);
}

absl::StatusOr<Secret> ReadSecretFile(const std::string& path) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat info = {};
  if (file.get() < 0 || fstat(file.get(), &info) != 0) {
    return FileUnreadable(path, std::strerror(errno));
  }
  if ((info.st_mode & S_IRWXO) != 0) return FileUnsafe(path);
  ASSIGN_OR_RETURN(const std::string content, ReadAll(file.get(), path));
  return Secret(absl::StripAsciiWhitespace(content));
}

absl::Status WriteFileAtomically(const std::string& path, absl::string_view content) {
  const std::string temporary = absl::StrCat(path, ".", getpid(), ".tmp");
  const auto fail = [&] {
    absl::Status status = FileUnwritable(path, std::strerror(errno));
    unlink(temporary.c_str());
    return status;
  };
  {
    const Descriptor file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return FileUnwritable(path, std::strerror(errno));
    absl::string_view left = content;
    while (!left.empty()) {
      const ssize_t put = write(file.get(), left.data(), left.size());
      if (put < 0 && errno != EINTR) return fail();
      if (put > 0) left.remove_prefix(static_cast<size_t>(put));
    }
    if (fsync(file.get()) != 0) return fail();
  }
  if (std::rename(temporary.c_str(), path.c_str()) != 0) return fail();
  return absl::OkStatus();
}

}  // namespace mesh
