#include "services/zoho_proxy/zoho_request.h"

#include "absl/strings/str_cat.h"

namespace mesh::zoho_proxy {

void AddZohoHeaders(const Lease& lease, net::HttpHeaders& headers) {
  headers.Add("Authorization", absl::StrCat("Zoho-oauthtoken ", lease.access_token.Reveal()));
  headers.Add("X-ZSOURCE", "zoho-mcp-mesh");
}

}  // namespace mesh::zoho_proxy
