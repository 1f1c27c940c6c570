#include "services/mcp_frontend/mcp/answer.h"

namespace mesh::mcp {

void Answer::NeedInput(InputNeeded) {
  Error(InvalidParams("This needs an answer of the client, which cannot be asked here."));
}

void Answer::Notify(absl::Cord) {}

void Answer::Detach() {}

void Answer::Ask(absl::string_view, absl::string_view, Replied replied) {
  std::move(replied)(Reply{.error = "the client cannot be asked here"});
}

}  // namespace mesh::mcp
