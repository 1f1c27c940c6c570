// A file of Zoho's as a tool answers with it: text as text, and of anything else what it is. Pure.
#pragma once

#include <cstddef>
#include <string>

#include "common/net/http_client.h"

namespace mesh::zoho_proxy {

// `{"contentType": …, "sizeBytes": …, "text"?: …, "truncated"?: true}` of a good answer, whole or
// the beginning of a file (206). `text` is cut so that all is no longer than `max_bytes`.
std::string DescribeFile(const net::HttpResponse& response, size_t max_bytes);

// The `Range` of a request that is to be described: more than is shown of a text.
inline constexpr char kDescribedRange[] = "bytes=0-131071";

}  // namespace mesh::zoho_proxy
