// What a call takes along from service to service.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace mesh {

struct CallContext {
  // When the caller stops waiting. Every wait below is cut to what is left of it.
  absl::Time deadline = absl::InfiniteFuture();

  // Of the request at the edge; in every log line and in Zoho's sight of nothing.
  std::string request_id = {};

  // Id of the API key on whose behalf the edge calls; empty where there is none.
  std::string actor = {};

  // W3C trace context as it came in; empty where none did.
  std::string traceparent = {};
};

}  // namespace mesh
