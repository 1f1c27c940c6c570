// A cursor: what a client sends, what was sealed by whatever version, and the pages it leads to.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "common/base/check.h"
#include "common/base/seal.h"
#include "services/zoho_proxy/pagination.h"
#include "services/zoho_proxy/tool.h"

namespace mesh::zoho_proxy {
namespace {

constexpr char kScope[] = "cursor/tool/acc_1/00";

// Bytes as numbers, in turn; 0 when they are used up.
class Numbers {
 public:
  explicit Numbers(absl::string_view bytes) : bytes_(bytes) {}

  uint8_t Byte() {
    if (bytes_.empty()) return 0;
    const auto byte = static_cast<uint8_t>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte;
  }

 private:
  absl::string_view bytes_;
};

// However Zoho pages, a walk ends, and hands out no row twice in one answer.
void Walk(const std::optional<Cursor>& from, Numbers numbers) {
  const uint8_t kind = numbers.Byte();
  Paging paging;
  paging.kind = static_cast<Paging::Kind>(kind % 3);
  paging.base = kind / 3 % 2;
  paging.max = 1 + numbers.Byte();
  paging.size = 1;
  const int64_t limit = 1 + numbers.Byte();
  constexpr int kMaxPages = 5;
  Pager pager(paging, limit, from, kMaxPages);
  int64_t taken = 0;
  int pages = 0;
  while (!pager.done()) {
    CHECK(++pages <= kMaxPages);
    pager.query();
    PageFacts facts;
    facts.rows = numbers.Byte();
    facts.first_id = absl::StrCat(numbers.Byte() % 4);
    const uint8_t told = numbers.Byte();
    if (told % 3 == 1) facts.total = numbers.Byte();
    if (told % 3 == 2) facts.more = told % 2 == 0;
    const Pager::Slice slice = pager.Read(facts);
    CHECK(slice.from <= slice.to && slice.to <= facts.rows);
    const size_t rows = (slice.to - slice.from) - (told > 250 && slice.to > slice.from ? 1 : 0);
    taken += static_cast<int64_t>(rows);
    CHECK(taken <= limit);
    pager.Took(rows);
  }
  pager.next();
}

void Feed(absl::string_view text) {
  static const Sealer* const sealer = new Sealer(*Sealer::Create(Secret(std::string(32, 'k'))));
  // Nobody else seals: what a client makes up does not open.
  CHECK(!OpenCursor(*sealer, text, kScope).ok());
  CHECK(!OpenCursor(*sealer, absl::WebSafeBase64Escape(text), kScope).ok());
  Walk(std::nullopt, Numbers(text));

  const size_t line = text.find('\n');
  const absl::string_view plain = text.substr(0, line);
  const absl::StatusOr<Cursor> cursor =
      OpenCursor(*sealer, absl::WebSafeBase64Escape(sealer->Seal(plain, kScope)), kScope);
  if (!cursor.ok()) return;
  const absl::StatusOr<Cursor> again =
      OpenCursor(*sealer, SealCursor(*sealer, *cursor, kScope), kScope);
  CHECK(again.ok() && again->index == cursor->index && again->count == cursor->count &&
        again->skip == cursor->skip && again->previous_first == cursor->previous_first);
  Walk(*cursor, Numbers(line == text.npos ? "" : text.substr(line + 1)));
}

}  // namespace
}  // namespace mesh::zoho_proxy

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  mesh::zoho_proxy::Feed({reinterpret_cast<const char*>(data), size});
  return 0;
}
