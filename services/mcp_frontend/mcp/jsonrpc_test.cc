#include "services/mcp_frontend/mcp/jsonrpc.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::mcp {
namespace {

Message Parse(absl::string_view json) {
  Body body = ParseBody(json);
  EXPECT_EQ(body.items.size(), 1) << json;
  auto* message = std::get_if<Message>(&body.items.front());
  if (message == nullptr) {
    ADD_FAILURE() << json << ": " << std::get<Malformed>(body.items.front()).error.message;
    return {};
  }
  return *message;
}

Malformed Refuse(absl::string_view json) {
  const Body body = ParseBody(json);
  const auto* malformed = std::get_if<Malformed>(&body.items.front());
  if (malformed == nullptr) {
    ADD_FAILURE() << "accepted: " << json;
    return {};
  }
  return *malformed;
}

std::string Request(absl::string_view params) {
  return absl::StrCat(R"({"jsonrpc":"2.0","id":1,"method":"m","params":)", params, "}");
}

TEST(ParseBody, EchoesIdsExactlyAsSent) {
  for (const char* id : {"0", "1", "-7", "9007199254740993", "18446744073709551615", R"("")",
                         R"("a")", R"("1")", R"("\u0041\n\"")", R"("server-discover-probe-1")"}) {
    EXPECT_EQ(Parse(absl::StrCat(R"({"jsonrpc":"2.0","id": )", id, R"( ,"method":"m"})")).id, id);
  }
}

TEST(ParseBody, TellsRequestsNotificationsAndResponsesApart) {
  EXPECT_EQ(Parse(R"({"jsonrpc":"2.0","id":1,"method":"m"})").kind, Message::Kind::kRequest);
  EXPECT_EQ(Parse(R"({"jsonrpc":"2.0","method":"m"})").kind, Message::Kind::kNotification);
  EXPECT_EQ(Parse(R"({"jsonrpc":"2.0","id":1,"result":{}})").kind, Message::Kind::kResponse);
  EXPECT_EQ(Parse(R"({"jsonrpc":"2.0","id":"x","error":{"code":1,"message":""}})").kind,
            Message::Kind::kResponse);
}

TEST(ParseBody, KeepsWhatAResponseSays) {
  const Message result = Parse(R"({"jsonrpc":"2.0","id":"a","result": {"x": [1]} })");
  EXPECT_EQ(result.id, R"("a")");
  EXPECT_EQ(result.result, R"({"x": [1]})");
  EXPECT_EQ(result.error, "");
  const Message error = Parse(R"({"jsonrpc":"2.0","error":{"code":-1,"message":"m"},"id":2})");
  EXPECT_EQ(error.id, "2");
  EXPECT_EQ(error.result, "");
  EXPECT_EQ(error.error, R"({"code":-1,"message":"m"})");
}

TEST(ParseBody, KeepsParamsByteByByte) {
  EXPECT_EQ(Parse(Request(R"({ "ref" : {"a":1}, "name":"n" })")).params,
            R"({ "ref" : {"a":1}, "name":"n" })");
  EXPECT_EQ(Parse(Request("null")).params, "");
  EXPECT_EQ(Parse(R"({"jsonrpc":"2.0","id":1,"method":"m"})").params, "");
}

TEST(ParseBody, TakesAProgressTokenInItsType) {
  const auto token = [](absl::string_view value) {
    return Parse(Request(absl::StrCat(R"({"_meta":{"progressToken":)", value, "}}")))
        .meta.progress_token;
  };
  EXPECT_EQ(token("0"), "0");
  EXPECT_EQ(token(R"("t\n")"), R"("t\n")");
  for (const char* unfit : {"1.5", "null", "{}", "true"}) EXPECT_EQ(token(unfit), "") << unfit;
}

TEST(ParseBody, FindsEverythingInAnyOrder) {
  const Message message = Parse(
      R"({"params":{"arguments": {"b":[1, 2],"a":{"x":null}} ,"cursor":"c","name":"t","uri":"u",)"
      R"("_meta":{"traceparent":"tp","io.modelcontextprotocol/clientInfo":{"version":"2","name":"n"},)"
      R"("io.modelcontextprotocol/clientCapabilities": {"x":{}} ,)"
      R"("io.modelcontextprotocol/logLevel":"info",)"
      R"("io.modelcontextprotocol/protocolVersion":"2026-07-28"}},"method":"m","id":7,"jsonrpc":"2.0"})");
  EXPECT_EQ(message.method, "m");
  EXPECT_EQ(message.id, "7");
  EXPECT_EQ(message.name, "t");
  EXPECT_EQ(message.uri, "u");
  EXPECT_TRUE(message.has_cursor);
  EXPECT_EQ(message.arguments.form, RawArguments::Form::kObject);
  EXPECT_EQ(message.arguments.text, R"({"b":[1, 2],"a":{"x":null}})");
  EXPECT_EQ(message.meta.protocol_version, "2026-07-28");
  EXPECT_TRUE(message.meta.has_client_capabilities);
  EXPECT_EQ(message.meta.client_capabilities, R"({"x":{}})");
  EXPECT_EQ(message.meta.log_level, "info");
  EXPECT_EQ(message.meta.client_name, "n");
  EXPECT_EQ(message.meta.client_version, "2");
  EXPECT_EQ(message.meta.traceparent, "tp");
}

TEST(ParseBody, ReadsWhatInitializeSays) {
  const Message message = Parse(Request(
      R"({"protocolVersion":"2025-11-25","capabilities":{"roots":{}},"clientInfo":{"name":"c","version":"3"}})"));
  EXPECT_EQ(message.protocol_version, "2025-11-25");
  EXPECT_EQ(message.client_name, "c");
  EXPECT_EQ(message.client_version, "3");
  EXPECT_FALSE(message.meta.has_protocol_version);
}

TEST(ParseBody, TakesArgumentsAsClientsSendThem) {
  using Form = RawArguments::Form;
  EXPECT_EQ(Parse(Request("{}")).arguments.form, Form::kAbsent);
  EXPECT_EQ(Parse(Request("null")).arguments.form, Form::kAbsent);
  EXPECT_EQ(Parse(Request(R"({"arguments":null})")).arguments.form, Form::kAbsent);
  const Message text = Parse(Request(R"({"arguments":"{\"a\": \"\u00fc\"}"})"));
  EXPECT_EQ(text.arguments.form, Form::kString);
  EXPECT_EQ(text.arguments.text, "{\"a\": \"ü\"}");
  EXPECT_EQ(Parse(Request(R"({"arguments":[1]})")).arguments.form, Form::kOther);
  EXPECT_EQ(Parse(Request(R"({"arguments":3})")).arguments.form, Form::kOther);
}

TEST(ParseBody, CountsNullAsAbsent) {
  const Message message = Parse(Request(R"({"name":null,"cursor":null,"_meta":null})"));
  EXPECT_FALSE(message.name.has_value());
  EXPECT_FALSE(message.has_cursor);
  EXPECT_TRUE(Parse(Request(R"({"cursor":""})")).has_cursor);  // A real cursor.
}

TEST(ParseBody, IgnoresWhatItDoesNotKnow) {
  EXPECT_EQ(
      Parse(R"({"jsonrpc":"2.0","future":[{}],"id":1,"method":"m","params":{"x":1,"x":2}})").id,
      "1");
}

TEST(ParseBody, RefusesWhatIsNoJsonAs32700) {
  for (const std::string& bad :
       {std::string(), std::string(" "), std::string("{"), std::string(R"({"a":})"),
        std::string(R"({"jsonrpc":"2.0","id":1,"method":"m"}x)"), std::string("nul"),
        std::string(R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"arguments":{"a":tru}}})"),
        std::string("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}"),
        std::string("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\nb\"}"),
        std::string(R"({"jsonrpc":"2.0","id":1,"method":"\ud800"})"),
        std::string(R"({'jsonrpc':'2.0'})"), std::string("[1,]"),
        std::string("\xef\xbb\xbf\x00", 4), Request(R"({"arguments":{"n":01}})"),
        std::string(100, '['), absl::StrCat(std::string(65, '['), std::string(65, ']'))}) {
    const Malformed refused = Refuse(bad);
    EXPECT_EQ(refused.error.code, -32700) << bad;
    EXPECT_EQ(refused.error.http_status, 400) << bad;
    EXPECT_EQ(refused.id, "") << bad;
  }
}

TEST(ParseBody, RefusesWhatIsNoJsonRpcAs32600) {
  for (const char* bad : {
           "1",
           "\"a\"",
           "null",
           "true",                                                  // No message.
           "{}",                                                    // Nothing in it.
           R"({"id":1,"method":"m"})",                              // No version.
           R"({"jsonrpc":"1.0","id":1,"method":"m"})",              //
           R"({"jsonrpc":2.0,"id":1,"method":"m"})",                //
           R"({"jsonrpc":"2.0","id":1})",                           // No method.
           R"({"jsonrpc":"2.0","id":1,"method":7})",                //
           R"({"jsonrpc":"2.0","id":null,"method":"m"})",           // Ids that are none.
           R"({"jsonrpc":"2.0","id":1.5,"method":"m"})",            //
           R"({"jsonrpc":"2.0","id":1.0,"method":"m"})",            //
           R"({"jsonrpc":"2.0","id":1e3,"method":"m"})",            //
           R"({"jsonrpc":"2.0","id":true,"method":"m"})",           //
           R"({"jsonrpc":"2.0","id":{},"method":"m"})",             //
           R"({"jsonrpc":"2.0","id":[1],"method":"m"})",            //
           R"({"jsonrpc":"2.0","id":1,"method":"m","params":[]})",  // Params that are none.
           R"({"jsonrpc":"2.0","id":1,"method":"m","params":"x"})",
           "[]",
       }) {
    const Malformed refused = Refuse(bad);
    EXPECT_EQ(refused.error.code, -32600) << bad;
    EXPECT_EQ(refused.error.http_status, 400) << bad;
  }
}

TEST(ParseBody, NamesTheIdOfAMalformedRequestWhereItIsOne) {
  EXPECT_EQ(Refuse(R"({"jsonrpc":"2.0","id":"x","method":"m","params":[]})").id, R"("x")");
  EXPECT_EQ(Refuse(R"({"method":7,"id":5,"jsonrpc":"2.0"})").id, "5");
  EXPECT_EQ(Refuse(R"({"jsonrpc":"2.0","id":1.5,"method":"m"})").id, "");
}

TEST(ParseBody, RefusesAKeyThatComesTwiceWhereItIsRead) {
  for (
      const char* bad : {
          R"({"jsonrpc":"2.0","id":1,"id":2,"method":"m"})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","method":"n"})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","meth\u006fd":"n"})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":{},"params":{}})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"name":"a","name":"b"}})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"arguments":{},"arguments":{}}})",
          R"({"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"traceparent":1,"traceparent":2}}})",
      }) {
    EXPECT_EQ(Refuse(bad).error.code, -32600) << bad;
  }
}

TEST(ParseBody, AllowsNesting64Deep) {
  // The message and its params are two levels, the arguments a third.
  const std::string deep = Request(
      absl::StrCat(R"({"arguments":{"a":)", std::string(61, '['), std::string(61, ']'), "}}"));
  EXPECT_EQ(Parse(deep).arguments.form, RawArguments::Form::kObject);
  const std::string deeper = Request(
      absl::StrCat(R"({"arguments":{"a":)", std::string(62, '['), std::string(62, ']'), "}}"));
  EXPECT_EQ(Refuse(deeper).error.code, -32700);
}

TEST(ParseBody, TakesABatchApartItemByItem) {
  const Body body = ParseBody(
      R"([{"jsonrpc":"2.0","id":1,"method":"a"}, 5 ,{"jsonrpc":"2.0","method":"b"},{"id":2}])");
  EXPECT_TRUE(body.batch);
  ASSERT_EQ(body.items.size(), 4);
  EXPECT_EQ(std::get<Message>(body.items[0]).method, "a");
  EXPECT_EQ(std::get<Malformed>(body.items[1]).error.code, -32600);
  EXPECT_EQ(std::get<Message>(body.items[2]).kind, Message::Kind::kNotification);
  EXPECT_EQ(std::get<Malformed>(body.items[3]).id, "2");
}

TEST(ParseBody, BoundsABatch) {
  std::string batch = "[";
  for (int i = 0; i < 51; ++i) {
    absl::StrAppend(&batch, i == 0 ? "" : ",", R"({"jsonrpc":"2.0","method":"a"})");
  }
  EXPECT_EQ(Refuse(batch + "]").error.code, -32600);
}

TEST(ParseBody, ReadsALargeBodyAfterASmallOneAndTheOtherWayRound) {
  for (const size_t size : {10u, 300'000u, 10u, 2'000'000u, 10u}) {
    const std::string argument(size, 'x');
    const Message message =
        Parse(Request(absl::StrCat(R"({"arguments":{"a":")", argument, "\"}}")));
    EXPECT_EQ(message.arguments.text.size(), size + 8);
  }
}

TEST(ParseBody, StandsEveryTruncation) {
  const std::string whole =
      Request(R"({"name":"t","arguments":{"a":[1,2,{"b":"\u00fc"}]},"_meta":{"traceparent":"x"}})");
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(Refuse(absl::string_view(whole).substr(0, size)).error.code, -32700) << size;
  }
}

TEST(Messages, AreWrittenAroundWhatTheyHold) {
  EXPECT_EQ(ResultMessage("\"a\"", absl::Cord("{}")), R"({"jsonrpc":"2.0","id":"a","result":{}})");
  EXPECT_EQ(ErrorMessage("1", {.code = -5, .message = "a\"b", .data = "[1]"}),
            R"({"jsonrpc":"2.0","id":1,"error":{"code":-5,"message":"a\"b","data":[1]}})");
  EXPECT_EQ(ErrorMessage("", {.code = -5, .message = "m"}),
            R"({"jsonrpc":"2.0","error":{"code":-5,"message":"m"}})");
}

}  // namespace
}  // namespace mesh::mcp
