// Whether the files of a catalogue are what they were.
#pragma once

#include <string>
#include <vector>

namespace mesh::zoho_proxy {

// Differs once a file of `folders` or of a folder below was added, removed, written or replaced,
// also where that is a symbolic link which leads elsewhere now, as Kubernetes swaps a ConfigMap.
// Reads no content; what cannot be looked at counts as absent.
std::string CatalogFingerprint(const std::vector<std::string>& folders);

}  // namespace mesh::zoho_proxy
