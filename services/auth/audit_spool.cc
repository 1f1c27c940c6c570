#include "services/auth/audit_spool.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/errors.h"
#include "common/base/log.h"
#include "common/base/status_macros.h"

namespace mesh::auth {
namespace {

constexpr size_t kBatch = 500;

int64_t SizeOf(const std::string& path) {
  struct stat info = {};
  return !path.empty() && stat(path.c_str(), &info) == 0 ? info.st_size : 0;
}

absl::Status WriteAll(int fd, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return absl::UnavailableError(std::strerror(errno));
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status AuditSpool::Add(const std::vector<v1::AuditEvent>& events) {
  const std::lock_guard lock(mu_);
  if (path_.empty()) return FileUnwritable("audit.spool_file", "no file is configured");
  // A line of its own after what a crash may have left half written.
  std::string lines = "\n";
  for (const v1::AuditEvent& event : events) {
    absl::StrAppend(&lines, absl::Base64Escape(event.SerializeAsString()), "\n");
  }
  if (SizeOf(path_) + static_cast<int64_t>(lines.size()) > max_bytes_) return AuditSpoolFull(path_);
  const int fd = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return FileUnwritable(path_, std::strerror(errno));
  const absl::Cleanup close_fd = [fd] { close(fd); };
  absl::Status written = WriteAll(fd, lines);
  if (written.ok() && fsync(fd) != 0) written = absl::UnavailableError(std::strerror(errno));
  return written.ok() ? absl::OkStatus() : FileUnwritable(path_, written.message());
}

absl::Status AuditSpool::Drain(
    absl::FunctionRef<absl::Status(const std::vector<v1::AuditEvent>&)> take) {
  Piece piece;
  int64_t taken = 0;
  while (true) {
    {
      const std::lock_guard lock(mu_);
      if (SizeOf(path_) <= piece.end) {
        if (piece.end == 0) return absl::OkStatus();
        if (truncate(path_.c_str(), 0) != 0) return FileUnwritable(path_, std::strerror(errno));
        break;
      }
      RETURN_IF_ERROR(ReadOn(piece));
    }
    if (!piece.events.empty()) RETURN_IF_ERROR(take(piece.events));
    taken += static_cast<int64_t>(piece.events.size());
  }
  LogInfo("audit events brought in from disk", {{"events", taken}, {"unreadable", piece.broken}});
  return absl::OkStatus();
}

absl::Status AuditSpool::ReadOn(Piece& piece) {
  piece.events.clear();
  std::ifstream file(path_);
  file.seekg(piece.end);
  const int64_t begin = piece.end;
  for (std::string line; piece.events.size() < kBatch && std::getline(file, line);) {
    piece.end += static_cast<int64_t>(line.size()) + 1;
    if (line.empty()) continue;
    std::string bytes;
    v1::AuditEvent event;
    if (!absl::Base64Unescape(line, &bytes) || !event.ParseFromString(bytes)) {
      ++piece.broken;
      continue;
    }
    piece.events.push_back(std::move(event));
  }
  return piece.end > begin ? absl::OkStatus() : FileUnreadable(path_, std::strerror(errno));
}

int64_t AuditSpool::size() {
  const std::lock_guard lock(mu_);
  return SizeOf(path_);
}

}  // namespace mesh::auth
