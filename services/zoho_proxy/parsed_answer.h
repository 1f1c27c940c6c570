// The insides of an Answer, for the two files that read JSON by simdjson.
#pragma once

#include <simdjson.h>

#include "services/zoho_proxy/answer.h"

namespace mesh::zoho_proxy {

struct Answer::Parsed {
  // Owns the document.
  simdjson::dom::parser parser{simdjson::SIMDJSON_MAXSIZE_BYTES};

  simdjson::dom::element payload{};
};

}  // namespace mesh::zoho_proxy
