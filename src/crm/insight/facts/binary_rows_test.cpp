#include "crm/insight/facts/binary_rows.hpp"

#include <gtest/gtest.h>

#include "store/testing.hpp"

namespace rapport::crm {
namespace {

class BinaryRowsTest : public testing::Test {
 protected:
  store::TestDatabase database_;
};

TEST_F(BinaryRowsTest, MoneyComesInTenThousandthsWhateverItsDigits) {
  const struct {
    const char* text;
    std::int64_t value;
  } cases[] = {{"0", 0},
               {"12.50", 125'000},
               {"-12.50", -125'000},
               {"0.0001", 1},
               {"-0.05", -500},
               {"10000", 100'000'000},
               {"100000000", 1'000'000'000'000},
               {"99999999.9999", 999'999'999'999},
               {"0.00009", 0},
               {"20000.0001", 200'000'001},
               {"9999999999999.9999", 99'999'999'999'999'999},
               // Above, each is the most: a total of 950 million millions was once a return.
               {"10000000000000", ten_thousandths_max},
               {"-10000000000000", -ten_thousandths_max},
               {"950000000000000", ten_thousandths_max},
               {"-950000000000000", -ten_thousandths_max},
               {"999999999999999.9999", ten_thousandths_max}};
  for (const auto& one : cases) {
    auto tx = database_.pool().begin(store::Mode::read_only);
    ASSERT_TRUE(tx);
    std::vector<std::int64_t> seen;
    const auto done = read_rows(
        *tx, std::string("copy (select '") + one.text + "'::numeric) to stdout (format binary)",
        [&](const BinaryRow& row) { seen.push_back(row.ten_thousandths(0)); });
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(seen, std::vector<std::int64_t>{one.value}) << one.text;
  }
}

TEST_F(BinaryRowsTest, NumbersOfArraysComeInTheirOrder) {
  const struct {
    const char* array;
    std::vector<std::int64_t> numbers;
  } cases[] = {{"'{3,-4,5}'::smallint[]", {3, -4, 5}},
               {"'{70000}'::integer[]", {70'000}},
               {"'{-7000000000,1}'::bigint[]", {-7'000'000'000, 1}},
               {"'{1,null,2}'::bigint[]", {1, 2}},
               {"'{}'::bigint[]", {}},
               {"null::bigint[]", {}}};
  for (const auto& one : cases) {
    auto tx = database_.pool().begin(store::Mode::read_only);
    ASSERT_TRUE(tx);
    std::vector<std::int64_t> seen{9};
    const auto done =
        read_rows(*tx, std::string("copy (select ") + one.array + ") to stdout (format binary)",
                  [&](const BinaryRow& row) { row.integers(0, seen); });
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_EQ(seen, one.numbers) << one.array;
  }
}

TEST_F(BinaryRowsTest, CellsOfEveryTypeComeAsTheyAre) {
  auto tx = database_.pool().begin(store::Mode::read_only);
  ASSERT_TRUE(tx);
  int rows = 0;
  const auto done = read_rows(
      *tx,
      "copy (select '0190b5e0-7c1e-7000-8000-000000000001'::uuid, "
      "'2026-03-01 12:00:00.25+00'::timestamptz, true, -7::bigint, 'Ana'::text, null::text "
      "from generate_series(1, 3)) to stdout (format binary)",
      [&](const BinaryRow& row) {
        ++rows;
        EXPECT_EQ(base::to_text(row.id(0)), "0190b5e0-7c1e-7000-8000-000000000001");
        EXPECT_EQ(base::to_text(row.instant(1)), "2026-03-01T12:00:00.25Z");
        EXPECT_TRUE(row.boolean(2));
        EXPECT_EQ(row.integer(3), -7);
        EXPECT_EQ(row.text(4), "Ana");
        EXPECT_TRUE(row.is_null(5));
        EXPECT_FALSE(row.is_null(4));
      });
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(rows, 3);
}

TEST_F(BinaryRowsTest, PiecesMayBeCutAnywhere) {
  auto tx = database_.pool().begin(store::Mode::read_only);
  ASSERT_TRUE(tx);
  std::string whole;
  ASSERT_TRUE(
      tx->copy_out("copy (select n::bigint, repeat('x', n) from generate_series(1, 9) n) to stdout "
                   "(format binary)",
                   [&](std::string_view piece) {
                     whole += piece;
                     return true;
                   }));
  for (std::size_t cut = 1; cut < 40; ++cut) {
    std::int64_t sum = 0;
    BinaryRows rows([&](const BinaryRow& row) {
      sum += row.integer(0);
      EXPECT_EQ(row.text(1).size(), static_cast<std::size_t>(row.integer(0)));
    });
    for (std::size_t at = 0; at < whole.size(); at += cut) {
      EXPECT_TRUE(rows.take(std::string_view(whole).substr(at, cut)));
    }
    EXPECT_TRUE(rows.whole()) << cut;
    EXPECT_EQ(sum, 45) << cut;
  }
  BinaryRows other([](const BinaryRow&) {});
  EXPECT_FALSE(other.take("this is a text and no such rows"));
}

}  // namespace
}  // namespace rapport::crm
