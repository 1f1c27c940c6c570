// What the eras do alike with the methods they share.
#pragma once

#include "services/mcp_frontend/mcp/revision.h"
#include "services/mcp_frontend/mcp/tenant.h"

namespace mesh::mcp {

// Answers a request of a method that both eras have: those of tools, prompts, resources and
// completion. Returns false, and does nothing, where it is another. `client` is what the era knows
// of it.
//
// Accepts arguments that are absent, null, an object, or an object inside a string, as clients send
// all four.
bool ServeShared(const Revision& revision, const Incoming& incoming, ClientWishes client);

}  // namespace mesh::mcp
