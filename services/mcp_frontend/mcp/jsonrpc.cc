#include "services/mcp_frontend/mcp/jsonrpc.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include <simdjson.h>

#include "services/mcp_frontend/mcp/json_text.h"

namespace mesh::mcp {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;

constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxBatch = 50;
// What the parsers of a thread may keep for the next body.
constexpr size_t kKeptBytes = 1 << 20;
constexpr size_t kFirstCapacity = 16 << 10;

// The parsers of one thread. Both keep their memory between bodies.
struct Parsers {
  // Checks a whole body: UTF-8, grammar, depth.
  simdjson::dom::parser check;
  // Then finds things in it and knows where they stand, which the other does not.
  ondemand::parser find;
  std::string padded;
};

// The keys of one object that are read. None may come twice: a proxy on the way may have looked at
// the other one.
class KeysOnce {
 public:
  // False where `key` was seen. `bit` is the key's own.
  bool First(int bit) {
    const bool first = (seen_ & (1u << bit)) == 0;
    seen_ |= 1u << bit;
    return first;
  }

 private:
  unsigned seen_ = 0;
};

// What is wrong with the shape, or empty.
using Complaint = std::string;

std::optional<std::string> StringOf(ondemand::value value) {
  std::string_view text;
  if (value.get_string().get(text) != simdjson::SUCCESS) return std::nullopt;
  return std::string(text);
}

ondemand::json_type TypeOf(ondemand::value& value) {
  ondemand::json_type type = ondemand::json_type::null;
  // The body was checked: there is a type.
  if (value.type().get(type) != simdjson::SUCCESS) return ondemand::json_type::null;
  return type;
}

// The parser's idea of a value's bytes goes on to the next token.
std::string Trimmed(std::string_view raw) {
  return std::string(absl::StripAsciiWhitespace(absl::string_view(raw.data(), raw.size())));
}

// Calls `read(key, value) -> Complaint` for each field until it complains.
template <typename Read>
Complaint ForEachFieldOf(ondemand::object& object, Read read) {
  for (auto field_or : object) {
    ondemand::field field;
    std::string_view key;
    if (std::move(field_or).get(field) != simdjson::SUCCESS ||
        field.unescaped_key().get(key) != simdjson::SUCCESS) {
      return "an object cannot be read";
    }
    if (Complaint complaint = read(key, field.value()); !complaint.empty()) return complaint;
  }
  return {};
}

template <typename Read>
Complaint ForEachField(ondemand::value value, Read read) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return "an object is expected";
  return ForEachFieldOf(object, std::move(read));
}

Complaint Twice(std::string_view key) {
  return absl::StrCat("the key ", absl::string_view(key.data(), key.size()), " comes twice");
}

// The id as it stands, or a complaint.
Complaint ReadId(ondemand::value value, std::string& id) {
  switch (TypeOf(value)) {
    case ondemand::json_type::string:
      break;
    case ondemand::json_type::number: {
      ondemand::number_type type = ondemand::number_type::floating_point_number;
      if (value.get_number_type().get(type) != simdjson::SUCCESS ||
          type == ondemand::number_type::floating_point_number) {
        return "`id` must be a string or a whole number";
      }
      break;
    }
    default:
      return "`id` must be a string or a whole number";
  }
  id = Trimmed(value.raw_json_token());
  return {};
}

// An object as it stands, or a complaint. Reads it to its end.
Complaint ReadObjectText(ondemand::value value, std::string& text) {
  ondemand::object object;
  std::string_view raw;
  if (value.get_object().get(object) != simdjson::SUCCESS ||
      object.raw_json().get(raw) != simdjson::SUCCESS) {
    return "an object cannot be read";
  }
  text = Trimmed(raw);
  return {};
}

Complaint ReadClientInfo(ondemand::value value, std::optional<std::string>& name,
                         std::optional<std::string>& version) {
  return ForEachField(value, [&](std::string_view key, ondemand::value field) -> Complaint {
    if (key == "name") name = StringOf(field);
    if (key == "version") version = StringOf(field);
    return {};
  });
}

Complaint ReadMeta(ondemand::value value, RequestMeta& meta) {
  KeysOnce keys;
  return ForEachField(value, [&](std::string_view key, ondemand::value field) -> Complaint {
    if (key == "io.modelcontextprotocol/protocolVersion") {
      if (!keys.First(0)) return Twice(key);
      meta.has_protocol_version = true;
      meta.protocol_version = StringOf(field);
    } else if (key == "io.modelcontextprotocol/clientCapabilities") {
      if (!keys.First(1)) return Twice(key);
      if (TypeOf(field) == ondemand::json_type::object) {
        meta.has_client_capabilities = true;
        return ReadObjectText(field, meta.client_capabilities);
      }
    } else if (key == "io.modelcontextprotocol/clientInfo") {
      if (!keys.First(2)) return Twice(key);
      std::optional<std::string> name;
      std::optional<std::string> version;
      if (TypeOf(field) == ondemand::json_type::object) {
        if (Complaint complaint = ReadClientInfo(field, name, version); !complaint.empty()) {
          return complaint;
        }
      }
      meta.client_name = std::move(name).value_or("");
      meta.client_version = std::move(version).value_or("");
    } else if (key == "traceparent") {
      if (!keys.First(3)) return Twice(key);
      meta.traceparent = StringOf(field).value_or("");
    } else if (key == "progressToken") {
      if (!keys.First(4)) return Twice(key);
      // One of another type is not used: progress is a favour.
      if (std::string token; ReadId(field, token).empty()) meta.progress_token = std::move(token);
    } else if (key == "io.modelcontextprotocol/logLevel") {
      if (!keys.First(5)) return Twice(key);
      meta.log_level = StringOf(field).value_or("");
    }
    return {};
  });
}

Complaint ReadArguments(ondemand::value value, RawArguments& arguments) {
  switch (TypeOf(value)) {
    case ondemand::json_type::null:
      return {};
    case ondemand::json_type::object:
      arguments.form = RawArguments::Form::kObject;
      return ReadObjectText(value, arguments.text);
    case ondemand::json_type::string:
      arguments = {.form = RawArguments::Form::kString, .text = StringOf(value).value_or("")};
      return {};
    default:
      arguments.form = RawArguments::Form::kOther;
      return {};
  }
}

Complaint ReadParams(ondemand::value value, Message& message) {
  ondemand::object object;
  std::string_view raw;
  if (value.get_object().get(object) != simdjson::SUCCESS ||
      object.raw_json().get(raw) != simdjson::SUCCESS ||
      object.reset().error() != simdjson::SUCCESS) {
    return "`params` cannot be read";
  }
  message.params = Trimmed(raw);
  KeysOnce keys;
  return ForEachFieldOf(object, [&](std::string_view key, ondemand::value field) -> Complaint {
    if (key == "_meta") {
      if (!keys.First(0)) return Twice(key);
      if (TypeOf(field) == ondemand::json_type::object) return ReadMeta(field, message.meta);
    } else if (key == "name") {
      if (!keys.First(1)) return Twice(key);
      message.name = StringOf(field);
    } else if (key == "arguments") {
      if (!keys.First(2)) return Twice(key);
      return ReadArguments(field, message.arguments);
    } else if (key == "uri") {
      if (!keys.First(3)) return Twice(key);
      message.uri = StringOf(field);
    } else if (key == "cursor") {
      if (!keys.First(4)) return Twice(key);
      message.has_cursor = TypeOf(field) != ondemand::json_type::null;
    } else if (key == "protocolVersion") {
      if (!keys.First(5)) return Twice(key);
      message.protocol_version = StringOf(field);
    } else if (key == "clientInfo") {
      if (!keys.First(6)) return Twice(key);
      if (TypeOf(field) == ondemand::json_type::object) {
        return ReadClientInfo(field, message.client_name, message.client_version);
      }
    }
    return {};
  });
}

std::variant<Message, Malformed> ReadMessage(ondemand::value value) {
  if (TypeOf(value) != ondemand::json_type::object) {
    return Malformed{.error = InvalidRequest("a message must be an object")};
  }
  Message message;
  KeysOnce keys;
  bool has_id = false;
  bool has_method = false;
  bool has_outcome = false;
  bool version_2 = false;
  std::string id;
  // The first thing that is wrong; reading goes on, for the id.
  Complaint wrong;
  const auto complain = [&wrong](Complaint complaint) {
    if (wrong.empty()) wrong = std::move(complaint);
  };
  complain(ForEachField(value, [&](std::string_view key, ondemand::value field) -> Complaint {
    if (key == "jsonrpc") {
      if (!keys.First(0)) complain(Twice(key));
      version_2 = StringOf(field) == "2.0";
    } else if (key == "id") {
      if (!keys.First(1)) {
        id.clear();
        return Twice(key);
      }
      has_id = true;
      complain(ReadId(field, id));
    } else if (key == "method") {
      if (!keys.First(2)) complain(Twice(key));
      std::optional<std::string> method = StringOf(field);
      if (!method.has_value()) complain("`method` must be a string");
      has_method = true;
      message.method = std::move(method).value_or("");
    } else if (key == "params") {
      if (!keys.First(3)) complain(Twice(key));
      const ondemand::json_type type = TypeOf(field);
      if (type == ondemand::json_type::object) {
        complain(ReadParams(field, message));
      } else if (type != ondemand::json_type::null) {
        complain("`params` must be an object");
      }
    } else if (key == "result" || key == "error") {
      has_outcome = true;
      if (TypeOf(field) == ondemand::json_type::object) {
        complain(ReadObjectText(field, key == "result" ? message.result : message.error));
      }
    }
    return {};
  }));
  if (!version_2) complain("`jsonrpc` must be \"2.0\"");
  if (!has_method && !has_outcome) complain("`method` is missing");
  if (!wrong.empty()) return Malformed{.error = InvalidRequest(wrong), .id = std::move(id)};

  if (!has_method) {
    message.kind = Message::Kind::kResponse;
  } else if (!has_id) {
    message.kind = Message::Kind::kNotification;
  }
  message.id = std::move(id);
  return message;
}

std::string WhyUnparsable(error_code error) {
  switch (error) {
    case simdjson::EMPTY:
      return "the body is empty.";
    case simdjson::DEPTH_ERROR:
      return absl::StrCat("objects and arrays are nested more than ", kMaxDepth, " deep.");
    case simdjson::UTF8_ERROR:
      return "the body is not UTF-8.";
    case simdjson::NUMBER_ERROR:
      return "a number is malformed or needs more than 64 bits; send long ids as strings.";
    case simdjson::STRING_ERROR:
    case simdjson::UNCLOSED_STRING:
    case simdjson::UNESCAPED_CHARS:
      return "a string is malformed.";
    default:
      return "the body is not JSON.";
  }
}

Body Refused(RpcError error) {
  Body body;
  body.items.emplace_back(Malformed{.error = std::move(error)});
  return body;
}

Body Read(Parsers& parsers, absl::string_view bytes) {
  parsers.padded.assign(bytes.data(), bytes.size());
  parsers.padded.reserve(bytes.size() + simdjson::SIMDJSON_PADDING);
  const char* data = parsers.padded.data();

  simdjson::dom::element checked;
  error_code error = simdjson::SUCCESS;
  if (parsers.check.capacity() < bytes.size()) {
    error = parsers.check.allocate(std::max(bytes.size(), kFirstCapacity), kMaxDepth);
  }
  if (error == simdjson::SUCCESS) {
    error = parsers.check.parse(data, bytes.size(), /*realloc_if_needed=*/false).get(checked);
  }
  if (error != simdjson::SUCCESS) return Refused(Unparsable(WhyUnparsable(error)));
  if (!checked.is_object() && !checked.is_array()) {
    return Refused(InvalidRequest("a message must be an object"));
  }

  ondemand::document document;
  ondemand::value root;
  const simdjson::padded_string_view view(data, bytes.size(), parsers.padded.capacity());
  if (parsers.find.iterate(view).get(document) != simdjson::SUCCESS ||
      document.get_value().get(root) != simdjson::SUCCESS) {
    return Refused(Unparsable("the body is not JSON."));
  }
  Body body;
  if (checked.is_object()) {
    body.items.push_back(ReadMessage(root));
    return body;
  }
  body.batch = true;
  ondemand::array array;
  if (root.get_array().get(array) != simdjson::SUCCESS) {
    return Refused(Unparsable("the body is not JSON."));
  }
  for (auto item_or : array) {
    ondemand::value item;
    if (item_or.get(item) != simdjson::SUCCESS) {
      return Refused(Unparsable("the body is not JSON."));
    }
    if (body.items.size() == kMaxBatch) {
      return Refused(
          InvalidRequest(absl::StrCat("a batch may hold at most ", kMaxBatch, " messages")));
    }
    body.items.push_back(ReadMessage(item));
  }
  if (body.items.empty()) return Refused(InvalidRequest("a batch must not be empty"));
  return body;
}

}  // namespace

Body ParseBody(absl::string_view bytes) {
  // A parser holds what it parsed last until it parses again.
  thread_local Parsers parsers;
  if (bytes.size() > kKeptBytes) {
    Parsers once;
    return Read(once, bytes);
  }
  return Read(parsers, bytes);
}

absl::Cord ResultMessage(absl::string_view id, absl::Cord result) {
  absl::Cord message(absl::StrCat(R"({"jsonrpc":"2.0","id":)", id, R"(,"result":)"));
  message.Append(std::move(result));
  message.Append("}");
  return message;
}

absl::Cord NotificationMessage(absl::string_view method, absl::string_view params) {
  return absl::Cord(absl::StrCat(R"({"jsonrpc":"2.0","method":)", JsonString(method),
                                 R"(,"params":{)", params, "}}"));
}

absl::Cord RequestMessage(absl::string_view id, absl::string_view method,
                          absl::string_view params) {
  return absl::Cord(absl::StrCat(R"({"jsonrpc":"2.0","id":)", id, R"(,"method":)",
                                 JsonString(method), R"(,"params":{)", params, "}}"));
}

absl::Cord ErrorMessage(absl::string_view id, const RpcError& error) {
  std::string message = R"({"jsonrpc":"2.0",)";
  if (!id.empty()) absl::StrAppend(&message, R"("id":)", id, ",");
  absl::StrAppend(&message, R"("error":{"code":)", error.code, R"(,"message":)");
  AppendJsonString(message, error.message);
  if (!error.data.empty()) absl::StrAppend(&message, R"(,"data":)", error.data);
  message += "}}";
  return absl::Cord(std::move(message));
}

}  // namespace mesh::mcp
