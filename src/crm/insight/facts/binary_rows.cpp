#include "crm/insight/facts/binary_rows.hpp"

#include <bit>
#include <cstring>
#include <utility>

namespace rapport::crm {
namespace {

constexpr std::string_view kSignature{"PGCOPY\n\377\r\n\0", 11};
constexpr std::size_t kHeading = kSignature.size() + 8;  // flags, length of the extension
constexpr std::int64_t kMicrosecondsTo2000 = 946'684'800'000'000;
constexpr std::int64_t kNumericBase = 10'000;
constexpr std::uint16_t kNumericNegative = 0x4000;

// A number in network order; its bytes are there.
template <class Number>
Number number_at(std::string_view bytes, std::size_t at) {
  Number number;
  std::memcpy(&number, &bytes[at], sizeof number);
  if constexpr (std::endian::native == std::endian::little) number = std::byteswap(number);
  return number;
}

std::int64_t integer_of(std::string_view cell) {
  if (cell.size() == sizeof(std::int64_t)) return number_at<std::int64_t>(cell, 0);
  if (cell.size() == sizeof(std::int32_t)) return number_at<std::int32_t>(cell, 0);
  return cell.size() == sizeof(std::int16_t) ? number_at<std::int16_t>(cell, 0) : 0;
}

}  // namespace

base::Id BinaryRow::id(std::size_t column) const {
  base::Id id;
  if (const auto cell = cells_[column]; cell.size() == id.bytes.size()) {
    std::memcpy(id.bytes.data(), cell.data(), id.bytes.size());
  }
  return id;
}

base::Instant BinaryRow::instant(std::size_t column) const {
  return {integer(column) + kMicrosecondsTo2000};
}

bool BinaryRow::boolean(std::size_t column) const {
  return !cells_[column].empty() && cells_[column].front() != 0;
}

std::int64_t BinaryRow::integer(std::size_t column) const {
  return integer_of(cells_[column]);
}

void BinaryRow::integers(std::size_t column, std::vector<std::int64_t>& numbers) const {
  constexpr std::size_t word = sizeof(std::int32_t);
  constexpr std::size_t head = 5 * word;  // dimensions, nulls, type, length, number of the first
  numbers.clear();
  const auto cell = cells_[column];
  for (auto at = head; at + word <= cell.size();) {
    const int length = number_at<std::int32_t>(cell, at);
    at += word;
    if (length < 0) continue;
    if (at + static_cast<std::size_t>(length) > cell.size()) return;
    numbers.push_back(integer_of(cell.substr(at, static_cast<std::size_t>(length))));
    at += static_cast<std::size_t>(length);
  }
}

std::string_view BinaryRow::text(std::size_t column) const {
  return cells_[column];
}

std::int64_t BinaryRow::ten_thousandths(std::size_t column) const {
  const auto cell = cells_[column];
  constexpr std::size_t head = 8;  // digits, weight, sign, scale: 16 bits each
  if (cell.size() < head) return 0;
  const int digits = number_at<std::int16_t>(cell, 0);
  const int weight = number_at<std::int16_t>(cell, 2);
  const bool negative = number_at<std::uint16_t>(cell, 4) == kNumericNegative;
  std::int64_t value = 0;
  // A digit is of base 10'000; the one after the point is the last that counts.
  for (int i = 0; i <= weight + 1; ++i) {
    const std::size_t at = head + 2 * static_cast<std::size_t>(i);
    const bool there = i < digits && at + 2 <= cell.size();
    const std::int64_t digit = there ? number_at<std::int16_t>(cell, at) : 0;
    if (value > (ten_thousandths_max - digit) / kNumericBase) {
      value = ten_thousandths_max;
      break;
    }
    value = value * kNumericBase + digit;
  }
  return negative ? -value : value;
}

bool BinaryRows::take(std::string_view piece) {
  if (wrong_) return false;
  std::string joined;
  if (!kept_.empty()) {
    kept_.append(piece);
    joined = std::exchange(kept_, {});
    piece = joined;
  }
  while (!ended_ && !wrong_ && !piece.empty()) {
    const std::size_t used = begun_ ? one_row(piece) : heading(piece);
    if (used == 0) break;
    piece.remove_prefix(used);
  }
  if (!ended_) kept_ = piece;
  return !wrong_;
}

std::size_t BinaryRows::heading(std::string_view bytes) {
  if (bytes.size() < kHeading) return 0;
  const auto extension =
      static_cast<std::size_t>(number_at<std::int32_t>(bytes, kSignature.size() + 4));
  wrong_ = !bytes.starts_with(kSignature);
  if (bytes.size() < kHeading + extension) return 0;
  begun_ = true;
  return kHeading + extension;
}

std::size_t BinaryRows::one_row(std::string_view bytes) {
  if (bytes.size() < 2) return 0;
  const int columns = number_at<std::int16_t>(bytes, 0);
  if (columns < 0) {
    ended_ = true;
    return 2;
  }
  std::size_t at = 2;
  current_.cells_.resize(static_cast<std::size_t>(columns));
  for (auto& cell : current_.cells_) {
    if (bytes.size() < at + 4) return 0;
    const int length = number_at<std::int32_t>(bytes, at);
    at += 4;
    if (length < 0) {
      cell = {};
      continue;
    }
    if (bytes.size() < at + static_cast<std::size_t>(length)) return 0;
    cell = bytes.substr(at, static_cast<std::size_t>(length));
    at += static_cast<std::size_t>(length);
  }
  row_(current_);
  return at;
}

base::Result<void> read_rows(store::Transaction& tx, std::string_view copy_sql,
                             std::function<void(const BinaryRow&)> row) {
  BinaryRows rows(std::move(row));
  const auto done =
      tx.copy_out(copy_sql, [&rows](std::string_view piece) { return rows.take(piece); });
  if (!done) return std::unexpected(store::as_problem(done.error()));
  if (rows.whole()) return {};
  return base::refuse(base::ProblemKind::internal, "insight.broken_copy",
                      "The database's rows could not be read.");
}

}  // namespace rapport::crm
