#include "services/mcp_frontend/mcp/json_text.h"

#include <array>
#include <cstdint>

namespace mesh::mcp {
namespace {

// What follows the backslash: `u` for \u00XX, 0 where a byte stands for itself.
constexpr std::array<char, 256> kEscapes = [] {
  std::array<char, 256> escapes = {};
  for (int control = 0; control < 0x20; ++control) escapes[control] = 'u';
  escapes['\b'] = 'b';
  escapes['\f'] = 'f';
  escapes['\n'] = 'n';
  escapes['\r'] = 'r';
  escapes['\t'] = 't';
  escapes['"'] = '"';
  escapes['\\'] = '\\';
  return escapes;
}();

constexpr char kHex[] = "0123456789abcdef";

}  // namespace

void AppendJsonString(std::string& out, absl::string_view text) {
  // A result that is JSON itself has about one quote in ten bytes.
  out.reserve(out.size() + text.size() + text.size() / 8 + 2);
  out.push_back('"');
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<uint8_t>(text[i]);
    const char escape = kEscapes[byte];
    if (escape == 0) continue;
    out.append(text.data() + begin, i - begin);
    begin = i + 1;
    out.push_back('\\');
    out.push_back(escape);
    if (escape == 'u') {
      out.append("00");
      out.push_back(kHex[byte >> 4]);
      out.push_back(kHex[byte & 0xf]);
    }
  }
  out.append(text.data() + begin, text.size() - begin);
  out.push_back('"');
}

std::string JsonString(absl::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

}  // namespace mesh::mcp
