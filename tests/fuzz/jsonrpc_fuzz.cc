// The body of a POST to an MCP URL.
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include <nlohmann/json.hpp>

#include "common/base/check.h"
#include "services/mcp_frontend/mcp/jsonrpc.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace mesh::mcp;
  const Body body = ParseBody({reinterpret_cast<const char*>(data), size});
  CHECK(!body.items.empty());
  CHECK(body.batch || body.items.size() == 1);
  for (const auto& item : body.items) {
    const auto* malformed = std::get_if<Malformed>(&item);
    const auto* message = std::get_if<Message>(&item);
    const std::string& id = message != nullptr ? message->id : malformed->id;
    CHECK(id.empty() || nlohmann::json::accept(id));
    if (malformed != nullptr) {
      CHECK(nlohmann::json::accept(std::string(ErrorMessage(id, malformed->error))));
      continue;
    }
    CHECK(message->kind != Message::Kind::kRequest || !id.empty());
    CHECK(message->kind != Message::Kind::kNotification || id.empty());
    if (!id.empty()) {
      CHECK(nlohmann::json::accept(std::string(ResultMessage(id, absl::Cord("{}")))));
    }
    if (message->arguments.form == RawArguments::Form::kObject) {
      CHECK(nlohmann::json::accept(message->arguments.text));
    }
  }
  return 0;
}
