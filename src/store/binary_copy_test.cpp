#include "store/binary_copy.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "store/testing.hpp"

namespace rapport::store {
namespace {

class BinaryCopyTest : public testing::Test {
 protected:
  // The text of a cell that `put` writes into a column of that type.
  std::string kept(const std::string& type, const std::function<void(BinaryCopyRow&)>& put) {
    auto tx = database_.pool().begin(Mode::read_write);
    EXPECT_TRUE(tx->script("create temporary table cells (one " + type + ") on commit drop"));
    bool given = false;
    const auto copied = tx->copy_in("copy cells from stdin (format binary)", [&](std::string& out) {
      if (std::exchange(given, true)) return;
      BinaryCopyRow::begin(out);
      BinaryCopyRow row(out, 1);
      put(row);
      BinaryCopyRow::end(out);
    });
    EXPECT_TRUE(copied) << type << ": " << copied.error().message;
    const auto rows = tx->run({"test.cells", "select coalesce(one::text, 'none') from cells"});
    return rows && rows->size() == 1 ? std::string(rows->text(0, 0)) : "?";
  }

  TestDatabase database_;
};

TEST_F(BinaryCopyTest, CellsOfEveryTypeArriveAsTheyWere) {
  const auto id = *base::parse_id("0190b5e0-7c1e-7000-8000-000000000001");
  EXPECT_EQ(kept("uuid", [&](auto& row) { row.id(id); }), base::to_text(id));
  EXPECT_EQ(kept("text", [](auto& row) { row.text("Ana\tMaría \\N"); }), "Ana\tMaría \\N");
  EXPECT_EQ(kept("json", [](auto& row) { row.text(R"([{"a": 1}])"); }), R"([{"a": 1}])");
  EXPECT_EQ(kept("timestamptz", [](auto& row) { row.instant({1'772'366'400'250'000}); }),
            "2026-03-01 12:00:00.25+00");
  EXPECT_EQ(kept("date", [](auto& row) { row.date({20'513}); }), "2026-03-01");
  EXPECT_EQ(kept("date", [](auto& row) { row.date({-1}); }), "1969-12-31");
  EXPECT_EQ(kept("integer", [](auto& row) { row.integer(-7); }), "-7");
  EXPECT_EQ(kept("smallint", [](auto& row) { row.small_integer(-7); }), "-7");
  EXPECT_EQ(kept("bigint", [](auto& row) { row.big_integer(-7'000'000'000); }), "-7000000000");
  EXPECT_EQ(
      kept("smallint[]", [](auto& row) { row.small_integers(std::vector<std::int16_t>{3, -4}); }),
      "{3,-4}");
  EXPECT_EQ(
      kept("bigint[]", [](auto& row) { row.big_integers(std::vector<std::int64_t>{1L << 40}); }),
      "{1099511627776}");
  EXPECT_EQ(kept("bigint[]", [](auto& row) { row.big_integers({}); }), "{}");
  EXPECT_EQ(kept("real", [](auto& row) { row.real(30.5F); }), "30.5");
  EXPECT_EQ(kept("double precision", [](auto& row) { row.double_precision(-0.1); }), "-0.1");
  EXPECT_EQ(kept("numeric(19,4)", [](auto& row) { row.null(); }), "none");
}

TEST_F(BinaryCopyTest, AmountsArriveToTheTenThousandthWhateverTheirDigits) {
  const struct {
    std::int64_t value;
    const char* text;
  } cases[] = {{0, "0.0000"},
               {1, "0.0001"},
               {-1, "-0.0001"},
               {10'000, "1.0000"},
               {-125'000, "-12.5000"},
               {99'999'999, "9999.9999"},
               {100'000'000, "10000.0000"},
               {1'000'000'000'000, "100000000.0000"},
               {-200'000'001, "-20000.0001"},
               {std::numeric_limits<std::int64_t>::max(), "922337203685477.5807"},
               {std::numeric_limits<std::int64_t>::min(), "-922337203685477.5808"}};
  for (const auto& one : cases) {
    EXPECT_EQ(kept("numeric(19,4)", [&](auto& row) { row.ten_thousandths(one.value); }), one.text);
  }
}

}  // namespace
}  // namespace rapport::store
