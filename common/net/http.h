// What an HTTP message is made of, for the client and the server alike.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace mesh::net {

// Header fields in order. Names are compared without regard to case. Not thread-safe.
class HttpHeaders {
 public:
  using value_type = std::pair<std::string, std::string>;
  using const_iterator = std::vector<value_type>::const_iterator;

  HttpHeaders() = default;
  HttpHeaders(std::initializer_list<value_type> fields) : fields_(fields) {}

  // Appends a field, beside one of the same name.
  void Add(absl::string_view name, absl::string_view value);

  // Replaces every field of this name by one.
  void Set(absl::string_view name, absl::string_view value);

  // The first field of this name.
  std::optional<absl::string_view> Get(absl::string_view name) const;

  bool Has(absl::string_view name) const { return Get(name).has_value(); }

  const_iterator begin() const { return fields_.begin(); }
  const_iterator end() const { return fields_.end(); }
  size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }

 private:
  std::vector<value_type> fields_;
};

}  // namespace mesh::net
