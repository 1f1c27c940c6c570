// The first lines of an HTTP/1.1 answer. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "common/net/http.h"

namespace mesh::net {

enum class Framing {
  kLength,   // Content-Length says where the body ends.
  kChunked,  // The body says so itself.
  kClose,    // The connection's end does.
};

struct ResponseHead {
  int status = 200;
  absl::string_view reason = {};

  // Content-Length, Transfer-Encoding, Connection and Date among them are left out: they are
  // decided here. So is a field whose name is no token; control characters in a value become
  // spaces. Nothing in a field can begin another field or another answer.
  const HttpHeaders* headers = nullptr;

  // Left out where `headers` has a field of the same name.
  const HttpHeaders* common_headers = nullptr;

  // As made by FormatHttpDate().
  absl::string_view date = {};

  Framing framing = Framing::kLength;
  size_t body_bytes = 0;

  // The value of the field Connection; none where empty.
  absl::string_view connection = {};
};

// Status line, fields and the empty line.
std::string FormatHead(const ResponseHead& head);

// `Sun, 06 Nov 1994 08:49:37 GMT`.
std::string FormatHttpDate(absl::Time time);

// Whether an answer of this status has no body and no field that frames one.
constexpr bool IsBodiless(int status) { return status < 200 || status == 204 || status == 304; }

}  // namespace mesh::net
