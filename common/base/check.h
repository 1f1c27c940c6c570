// Ends the process where an invariant is broken. For bugs only: what comes from outside is an
// error.
#pragma once

#include <cstdio>
#include <cstdlib>

// The message is meant for the line itself: `CHECK(tool != nullptr);  // The loader refused …`
#define CHECK(condition)                                                                 \
  do {                                                                                   \
    if (!(condition)) {                                                                  \
      std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                      \
    }                                                                                    \
  } while (false)
