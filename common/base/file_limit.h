// How many files, and so connections, this process may have open.
#pragma once

namespace mesh {

// Raises the limit as far as the system allows this process by itself: a connection is a file, and
// shells start programs with few.
void RaiseFileLimit();

}  // namespace mesh
