#include "tests/fake_zoho/meeting_call.h"

#include "nlohmann/json.hpp"

#include "tests/fake_zoho/retype.h"

namespace fake_zoho {

Answer Reply(const MeetingCall& call, int status, Json body) {
  Retype(call.settings.ids, body);
  return JsonAnswer(status, body);
}

Answer Deleted(const MeetingCall& call) {
  if (call.settings.delete_status == 204) return EmptyAnswer(204);
  return JsonAnswer(call.settings.delete_status, {{"success", true}});
}

void AddResourceType(const MeetingCall& call, Json& body) {
  body["resourceType"] = call.resource_type;
}

}  // namespace fake_zoho
