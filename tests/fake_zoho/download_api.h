// The download hosts of a data centre: files of recordings, by a link that is allowed and one that
// is signed.
#pragma once

#include "absl/time/time.h"

#include "tests/fake_zoho/message.h"
#include "tests/fake_zoho/region.h"
#include "tests/fake_zoho/state.h"

namespace fake_zoho {

// `/webdownload` wants a token and redirects to `/public`, which wants a signature.
Answer HandleDownload(State& state, Region region, const Request& request, absl::Time now);

}  // namespace fake_zoho
