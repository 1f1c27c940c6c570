// A Store that forgets, for tests. It passes the same contract as the real one.
#pragma once

#include <memory>

#include "services/auth/store/store.h"

namespace mesh::auth {

std::unique_ptr<Store> NewMemoryStore();

}  // namespace mesh::auth
