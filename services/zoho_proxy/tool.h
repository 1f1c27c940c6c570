// A tool as the catalogue compiles it: what is listed, and how a call of it becomes a request.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mesh/tools/v1/tools.pb.h"

namespace mesh::zoho_proxy {

class ArgumentRules;

// One value of a request to Zoho: where it goes, and where it comes from.
struct Parameter {
  enum class In { kPath, kQuery, kHeader, kBody };
  enum class Source {
    // An argument of the call.
    kArgument,
    // The account's organisation (`zsoid`), which is never asked of the model.
    kOrganization,
    // The Zoho user who connected the account (`zuid`), where the argument is left out.
    kArgumentOrUser,
  };
  enum class Convert {
    kNone,
    // RFC 3339 or `YYYY-MM-DD HH:MM` to Zoho's wall clock.
    kZohoDateTime,
    // The name of an IANA time zone, as it is.
    kZone,
    kMinutesToMilliseconds,
    // Each item of an array becomes an object with that item as its member `wrap`.
    kWrapItems,
    // A user by zuid or by e-mail address, for which ToolCall looks the zuid up.
    kUser,
  };

  In in = In::kQuery;
  Source source = Source::kArgument;
  Convert convert = Convert::kNone;

  // In the flat arguments; empty where the value does not come from them.
  std::string argument = {};

  // The name in path, query or header; in the body a JSON pointer, empty for the whole body.
  std::string target = {};

  // Whether Zoho takes as a number what the arguments hold as a string, as they do ids.
  bool integer_on_wire = false;

  // For kZohoDateTime: the argument with the IANA zone of the wall clock.
  std::string zone_argument = {};

  // For kWrapItems. `number` gets the item's position, from 1; empty for none.
  std::string wrap = {};
  std::string number = {};
};

// How Zoho pages a list.
struct Paging {
  enum class Kind {
    // The whole list in one answer.
    kNone,
    // The index counts pages.
    kPage,
    // The index counts rows.
    kOffset,
  };

  Kind kind = Kind::kNone;

  // Names of the query parameters; `count` is empty where Zoho knows none.
  std::string index = {};
  std::string count = {};

  // The index of the first page or row.
  int64_t base = 0;

  // Rows in a page: by default, and at most.
  int64_t size = 20;
  int64_t max = 100;

  // JSON pointers into the answer; empty where Zoho does not tell.
  std::string total = {};
  std::string more = {};
};

// Where the requests of a tool go.
struct Server {
  enum class Host {
    // Of the account's data centre.
    kMeeting,
    kWebinar,
    // The link is an argument: Tool::url_argument.
    kFiles,
    // Not Zoho: the tool is listed, and its calls are refused.
    kElsewhere,
  };

  Host host = Host::kMeeting;

  // As the document names it; empty where it names none.
  std::string name = {};

  // Before the operation's path, without a slash at its end.
  std::string base_path = {};
};

// How a tool without a request of its own is answered: by calls of other tools.
struct Composite {
  // Which workflow, for example `department_audit`.
  std::string workflow = {};

  // Calls of other tools that one call makes at most: at once, and all together.
  int concurrency = 4;
  int max_calls = 30;
};

// Immutable once compiled: thread-safe.
struct Tool {
  // Name, description, schemas, hints.
  tools::v1::Tool listed = {};

  // Upper case.
  std::string http_method = {};

  Server server = {};

  // The path of the URL; `{name}` stands for the path parameter with that target.
  std::string path = {};

  // The argument that is the whole URL, for files; empty for any other tool.
  std::string url_argument = {};

  std::vector<Parameter> parameters = {};

  // Whether the request has a body, and of what kind: JSON, a form, or one argument as it is.
  bool has_body = false;
  std::string content_type = "application/json;charset=UTF-8";

  // Whether a request for which nothing of the body is given goes without one.
  bool body_optional = false;

  // JSON pointer to the object or rows in the answer; empty for the whole answer.
  std::string items = {};

  // Whether the rows may stand elsewhere, as Zoho does not document where: in the only array there
  // is, or the answer itself is the one row.
  bool lenient = false;

  // Of a deletion: the argument that names what is deleted; empty where none does.
  std::string id_argument = {};

  // The member that tells rows apart.
  std::string row_id = {};

  std::optional<Paging> paging = {};

  std::optional<Composite> composite = {};

  // For the model, where Zoho knows no object with the id, or does not permit the call.
  std::string not_found_hint = {};
  std::string forbidden_hint = {};

  std::shared_ptr<const ArgumentRules> rules = {};
};

}  // namespace mesh::zoho_proxy
