// A client that the server can say something to outside of an answer: its session.
#pragma once

#include <string>

namespace mesh::mcp {

// Thread-safe.
class Push {
 public:
  virtual ~Push() = default;

  // Whether to tell of changes of what the resource says.
  virtual void Subscribe(const std::string& uri, bool on) = 0;

  virtual void SetLogLevel(const std::string& level) = 0;
  virtual std::string log_level() const = 0;
};

}  // namespace mesh::mcp
