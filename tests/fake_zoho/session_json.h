// Sessions as Zoho's answers show them: each endpoint has its own fields and types.
#pragma once

#include "tests/fake_zoho/meeting_call.h"

namespace fake_zoho {

Json MeetingRow(const MeetingCall& call, const Session& session);
Json MeetingDetails(const MeetingCall& call, const Session& session);
Json MeetingCreated(const MeetingCall& call, const Session& session);
Json MeetingUpdated(const MeetingCall& call, const Session& session);

Json WebinarRow(const MeetingCall& call, const Session& session);
Json WebinarDetails(const MeetingCall& call, const Session& session);

// A session of the SDK, which has more strings than the others.
Json SdkCreated(const MeetingCall& call, const Session& session);

// `https://meeting.zoho.com` or its region's twin, for links that people follow.
std::string PublicHost(const MeetingCall& call);

}  // namespace fake_zoho
