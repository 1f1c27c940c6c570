#include "tests/fake_zoho/fake_zoho.h"

#include <utility>

#include "absl/strings/match.h"
#include "nlohmann/json.hpp"

#include "tests/fake_zoho/accounts_api.h"
#include "tests/fake_zoho/control_api.h"
#include "tests/fake_zoho/download_api.h"
#include "tests/fake_zoho/meeting_api.h"
#include "tests/fake_zoho/seed_report.h"

namespace fake_zoho {
namespace {

Answer Dispatch(State& state, Listener where, const Request& request, absl::Time now) {
  switch (where.role) {
    case Role::kAccounts:
      return HandleAccounts(state, where.region, request, now);
    case Role::kMeeting:
      return HandleMeeting(state, where.region, request, now);
    case Role::kDownload:
      return HandleDownload(state, where.region, request, now);
  }
  return EmptyAnswer(404);
}

}  // namespace

FakeZoho::FakeZoho(uint64_t seed, const Settings& settings, absl::Time now) {
  state_.settings = state_.initial_settings = settings;
  SeedState(seed, now, state_);
}

void FakeZoho::SetAddresses(const Addresses& addresses) {
  const std::lock_guard lock(mu_);
  state_.addresses = addresses;
}

Delivery FakeZoho::Handle(Listener where, const Request& request, absl::Time now) {
  const std::lock_guard lock(mu_);
  Delivery delivery;
  if (absl::StartsWith(request.path, kControlPrefix)) {
    delivery.answer = HandleControl(state_, request, now);
    return delivery;
  }
  now += state_.clock_offset;
  delivery.delay =
      where.role == Role::kAccounts ? state_.settings.accounts_latency : state_.settings.latency;
  const std::optional<Fault> fault = state_.faults.Take(where, request.method, request.path);
  if (!fault.has_value() || fault->NeedsAnswer()) {
    delivery.answer = Dispatch(state_, where, request, now);
  }
  if (fault.has_value()) Strike(*fault, delivery);
  state_.journal.Add(where, request, delivery.answer.status, fault ? fault->kind : "", now);
  return delivery;
}

std::string FakeZoho::Report() {
  const std::lock_guard lock(mu_);
  return DescribeSeed(state_).dump(2);
}

}  // namespace fake_zoho
