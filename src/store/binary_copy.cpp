#include "store/binary_copy.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace rapport::store {

namespace {

constexpr std::int64_t kMicrosecondsTo2000 = 946'684'800'000'000;
constexpr std::int32_t kDaysTo2000 = 10'957;
constexpr std::uint64_t kNumericBase = 10'000;
constexpr std::uint16_t kNumericNegative = 0x4000;

template <class Number>
void put(std::string& out, Number number) {
  if constexpr (std::endian::native == std::endian::little) number = std::byteswap(number);
  std::array<char, sizeof number> bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  out.append(bytes.data(), bytes.size());
}

template <class Number>
void put_cell(std::string& out, Number number) {
  put(out, static_cast<std::int32_t>(sizeof number));
  put(out, number);
}

// One dimension of elements of a type, none of them null; numbered from one.
template <class Number>
void put_array(std::string& out, std::int32_t type, std::span<const Number> values) {
  constexpr std::size_t head = 3 * sizeof(std::int32_t), dimension = 2 * sizeof(std::int32_t);
  const bool none = values.empty();
  const auto bytes =
      head + (none ? 0 : dimension) + values.size() * (sizeof(std::int32_t) + sizeof(Number));
  put(out, static_cast<std::int32_t>(bytes));
  put(out, std::int32_t{none ? 0 : 1});
  put(out, std::int32_t{0});  // no nulls
  put(out, type);
  if (none) return;
  put(out, static_cast<std::int32_t>(values.size()));
  put(out, std::int32_t{1});
  for (const auto value : values) put_cell(out, value);
}

}  // namespace

void BinaryCopyRow::begin(std::string& out) {
  constexpr std::string_view signature{"PGCOPY\n\377\r\n\0", 11};
  out.append(signature);
  put(out, std::int32_t{0});  // flags
  put(out, std::int32_t{0});  // length of what may follow
}

void BinaryCopyRow::end(std::string& out) {
  put(out, std::int16_t{-1});
}

BinaryCopyRow::BinaryCopyRow(std::string& out, std::int16_t cells) : out_(out) {
  put(out_, cells);
}

BinaryCopyRow& BinaryCopyRow::id(const base::Id& value) {
  std::array<char, sizeof value.bytes> bytes{};
  std::memcpy(bytes.data(), value.bytes.data(), bytes.size());
  return text({bytes.data(), bytes.size()});
}

BinaryCopyRow& BinaryCopyRow::text(std::string_view value) {
  put(out_, static_cast<std::int32_t>(value.size()));
  out_.append(value);
  return *this;
}

BinaryCopyRow& BinaryCopyRow::instant(base::Instant value) {
  put_cell(out_, value.us - kMicrosecondsTo2000);
  return *this;
}

BinaryCopyRow& BinaryCopyRow::date(base::Date value) {
  put_cell(out_, value.days - kDaysTo2000);
  return *this;
}

BinaryCopyRow& BinaryCopyRow::integer(std::int32_t value) {
  put_cell(out_, value);
  return *this;
}

BinaryCopyRow& BinaryCopyRow::big_integer(std::int64_t value) {
  put_cell(out_, value);
  return *this;
}

BinaryCopyRow& BinaryCopyRow::small_integer(std::int16_t value) {
  put_cell(out_, value);
  return *this;
}

BinaryCopyRow& BinaryCopyRow::small_integers(std::span<const std::int16_t> values) {
  constexpr std::int32_t smallint = 21;
  put_array(out_, smallint, values);
  return *this;
}

BinaryCopyRow& BinaryCopyRow::big_integers(std::span<const std::int64_t> values) {
  constexpr std::int32_t bigint = 20;
  put_array(out_, bigint, values);
  return *this;
}

BinaryCopyRow& BinaryCopyRow::real(float value) {
  put_cell(out_, std::bit_cast<std::int32_t>(value));
  return *this;
}

BinaryCopyRow& BinaryCopyRow::double_precision(double value) {
  put_cell(out_, std::bit_cast<std::int64_t>(value));
  return *this;
}

// Digits of base 10'000, the highest first; the weight is the first one's power of it.
BinaryCopyRow& BinaryCopyRow::ten_thousandths(std::int64_t ten_thousandths) {
  constexpr std::size_t digits_max = 6;
  std::array<std::int16_t, digits_max> lowest_first{};
  std::int16_t digits = 0;
  const bool negative = ten_thousandths < 0;
  auto rest = negative ? -static_cast<std::uint64_t>(ten_thousandths)
                       : static_cast<std::uint64_t>(ten_thousandths);
  for (; rest > 0; rest /= kNumericBase) {
    lowest_first.at(static_cast<std::size_t>(digits++)) =
        static_cast<std::int16_t>(rest % kNumericBase);
  }
  constexpr std::int16_t scale = 4;
  put(out_, static_cast<std::int32_t>(sizeof(std::int16_t)) * (4 + digits));
  put(out_, digits);
  put(out_, static_cast<std::int16_t>(digits - 2));  // the lowest stands behind the point
  put(out_, negative ? kNumericNegative : std::uint16_t{0});
  put(out_, scale);
  while (digits > 0) put(out_, lowest_first.at(static_cast<std::size_t>(--digits)));
  return *this;
}

BinaryCopyRow& BinaryCopyRow::null() {
  put(out_, std::int32_t{-1});
  return *this;
}

}  // namespace rapport::store
