// The flag --catalog=DIR, which may be given more than once. Pure.
#pragma once

#include <string>
#include <vector>

namespace mesh::zoho_proxy {

// Takes each `--catalog=DIR` and `--catalog DIR` out of the command line, and returns the folders
// in their order; several may stand in one, between commas.
std::vector<std::string> TakeCatalogFlags(int& argc, char** argv);

}  // namespace mesh::zoho_proxy
