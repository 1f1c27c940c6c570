// What the head of an answer says of the file that follows. Pure.
#pragma once

#include "common/net/http_client.h"
#include "mesh/tools/v1/proxy.pb.h"

namespace mesh::zoho_proxy {

// Type, name and whole size, as far as told. A name is never a path.
tools::v1::FileInfo ReadFileHead(const net::HttpResponse& head);

}  // namespace mesh::zoho_proxy
