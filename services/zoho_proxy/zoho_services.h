// The hosts of Zoho Meeting, Zoho Webinar and their files, in every data centre: where an account's
// token may go. Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace mesh::zoho_proxy {

enum class ZohoService { kMeeting, kWebinar, kFiles };

// Which of Zoho's services `host` (lower case) is; nullopt where it is none of them.
std::optional<ZohoService> ZohoServiceOf(absl::string_view host);

// The Webinar host beside the Meeting host of `meeting_url`, `https://webinar.zoho.eu` for
// `https://meeting.zoho.eu`. A host that serves both, as a fake one does, is left alone.
std::string WebinarUrlFor(absl::string_view meeting_url);

// Whether an account whose Meeting host is that of `meeting_url` may fetch files from `url`: over
// https from Zoho's hosts in the account's own data centre, or by a signed link from any; from
// loopback where the account lives there too.
bool MayFetchFile(absl::string_view url, absl::string_view meeting_url);

// Whether a link to a file is one that Zoho hands to anybody.
bool IsSignedLink(absl::string_view url);

}  // namespace mesh::zoho_proxy
