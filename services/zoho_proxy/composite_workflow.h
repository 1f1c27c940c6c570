// What a composite tool does: asks other tools, several at a time, and makes one result of their
// answers.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <nlohmann/json_fwd.hpp>

#include "services/zoho_proxy/json.h"

namespace mesh::zoho_proxy {

class Projection;

// The call that a workflow runs in. A workflow is called by one thread at a time.
class CompositeSteps {
 public:
  // Gets the result of a call, or why there is none.
  using Then = std::function<void(absl::StatusOr<Json>)>;

  virtual ~CompositeSteps() = default;

  // As the composite tool's input schema has let them through.
  virtual const Arguments& arguments() const = 0;

  // When the call came.
  virtual absl::Time now() const = 0;

  // Whether the catalogue has the tool `name`.
  virtual bool Has(absl::string_view name) const = 0;

  // Rows of the list tool `name` that one request to Zoho gives at most.
  virtual int64_t PageSize(absl::string_view name) const = 0;

  // Calls that may still be made. Those that Call() is asked for beyond it fail.
  virtual int calls_left() const = 0;

  // Calls a tool, once fewer than the tool's `concurrency` are under way. After an error that would
  // meet every other call too, such as an ended limit or deadline, `then` gets that error at once.
  virtual void Call(absl::string_view tool, Arguments arguments, Then then) = 0;

  // The page `number`, from 0, of the list tool `tool`, PageSize() rows long. For a tool whose
  // pages Zoho finds by number or row, whatever pages came before.
  virtual void CallPage(absl::string_view tool, Arguments arguments, int64_t number, Then then) = 0;

  // Names in the result what could not be had. `part` is for the model, for example
  // "the meeting 1066944216".
  virtual void Failed(absl::string_view part, const absl::Status& why) = 0;
};

// One call of a composite tool. Waits for nothing: a call is over once Begin() has returned and
// every call of a tool has been answered.
class CompositeWorkflow {
 public:
  // Where Finish() writes; all null before.
  struct Outcome {
    // Without `next_cursor` and `failed`, which are added. The rows stand in `results`.
    Json& result;

    // What Begin() needs to go on where this result ends; null at the end.
    Json& next;

    // What Begin() needs to come to this very result again; null for what it got. Rows that were
    // too many for one answer are cut off and handed on by the next call this way.
    Json& again;
  };

  virtual ~CompositeWorkflow() = default;

  // `state` is the `next` or `again` of an earlier call, null at the first.
  virtual absl::Status Begin(CompositeSteps& steps, const Json& state) = 0;

  virtual absl::Status Finish(CompositeSteps& steps, const Outcome& outcome) = 0;
};

// The members of `row` that a tool's `fields` name, in the order of the row.
Json Project(const Json& row, const Projection& fields);

// The string or number at `name` as text; empty where there is neither.
std::string TextOf(const Json& object, absl::string_view name);

// Whether both are the same but for case and the blanks around them.
bool SameName(absl::string_view a, absl::string_view b);

}  // namespace mesh::zoho_proxy
