// What callers send to make or change a session.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"

#include "tests/fake_zoho/meeting_call.h"
#include "tests/fake_zoho/world.h"

namespace fake_zoho {

// Most participants that one call may invite.
inline constexpr size_t kMaxParticipants = 100;

// Reads `{"session": {…}}` into `session`, leaving alone what is not there. `creating` demands
// topic and start time. On an error `session` is in no particular state.
std::optional<Answer> ReadSession(const MeetingCall& call, bool creating, Session& session);

// A session of the caller's that ReadSession() can fill.
Session NewSession(MeetingCall& call, SessionKind kind);

// Whether the caller sees the session: an administrator all, others those that they hold or are
// invited to.
bool MaySee(const MeetingCall& call, const Session& session);

// Whether the caller may change it.
bool MayChange(const MeetingCall& call, const Session& session);

// The webinar that the query's `webinarKey` names and the caller may see; null, with `error` set,
// where there is none. `instanceId`, where given, must be its occurrence.
Session* WebinarOfQuery(const MeetingCall& call, std::optional<Answer>& error);

// The same for a key.
Session* WebinarOfKey(const MeetingCall& call, absl::string_view key, std::optional<Answer>& error);

}  // namespace fake_zoho
