#include "crm/insight/refresh/months_store.hpp"

#include <gtest/gtest.h>

#include <set>

namespace rapport::crm {
namespace {

CustomerMonth month_of(std::uint32_t customer, std::int32_t month, std::int64_t revenue) {
  return {.customer = customer,
          .month = month,
          .channel = 1,
          .seconds = 600,
          .own_cost = 0,
          .parts = {.revenue = revenue,
                    .cost_of_goods = 20'000,
                    .discounts = 300,
                    .returns = 40,
                    .cost_to_serve = 5}};
}

TEST(MonthDigest, tells_everything_apart_that_a_row_says) {
  const auto plain = month_of(0, 24'000, 1'000'000);
  std::vector<CustomerMonth> rows(9, plain);
  rows[1].month += 1;
  rows[2].channel = 2;
  rows[3].seconds += 1;
  rows[4].parts.revenue = -rows[4].parts.revenue;
  rows[5].parts.cost_of_goods += 1;
  rows[6].parts.discounts = rows[7].parts.returns;
  rows[7].parts.returns = 300;
  rows[8].parts.cost_to_serve -= 1;
  std::set<std::int64_t> digests{digest_of(plain, "USD")};
  for (const auto& row : rows) digests.insert(digest_of(row, "EUR"));
  EXPECT_EQ(digests.size(), rows.size() + 1);
}

TEST(MonthDigest, says_nothing_of_whose_the_row_is) {
  EXPECT_EQ(digest_of(month_of(0, 24'000, 7), "EUR"), digest_of(month_of(9, 24'000, 7), "EUR"));
}

class ChangedMonths : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kPersons = 4;

  ChangedMonths() {
    for (std::uint32_t n = 0; n < kPersons; ++n) persons_.add(base::new_id());
    basis_.currency = "EUR";
    kept_.digests.resize(kPersons);
  }

  void keep(std::span<const CustomerMonth> months) {
    for (const auto& month : months) {
      kept_.digests[month.customer] += static_cast<std::uint64_t>(digest_of(month, "EUR"));
    }
  }
  [[nodiscard]] std::set<base::Id> changed(std::span<const CustomerMonth> months) const {
    const auto ids = MonthsStore(persons_, basis_).changed(kept_, months);
    std::set<base::Id> all(ids.begin(), ids.end());
    EXPECT_EQ(all.size(), ids.size()) << "each once";
    return all;
  }

  IdIndex persons_;
  Basis basis_;
  KeptMonths kept_;
};

TEST_F(ChangedMonths, are_of_those_whose_rows_are_others) {
  const std::vector<CustomerMonth> before{month_of(0, 1, 10), month_of(0, 2, 20),
                                          month_of(1, 1, 10), month_of(2, 1, 30)};
  keep(before);
  EXPECT_TRUE(changed(before).empty());
  // One row more, one row less, a first row, in whatever order they were kept.
  const std::vector<CustomerMonth> after{month_of(0, 2, 20), month_of(0, 1, 10), month_of(1, 1, 10),
                                         month_of(1, 2, 10), month_of(3, 1, 10)};
  EXPECT_EQ(changed(after), (std::set{persons_[1], persons_[2], persons_[3]}));
}

// A month's amount is not another month's.
TEST_F(ChangedMonths, tell_two_rows_apart_that_changed_places) {
  keep(std::vector{month_of(0, 1, 10), month_of(0, 2, 20)});
  EXPECT_EQ(changed(std::vector{month_of(0, 1, 20), month_of(0, 2, 10)}), std::set{persons_[0]});
}

TEST_F(ChangedMonths, are_of_who_is_no_person_any_more_too) {
  const auto gone = base::new_id(), other = base::new_id();
  kept_.others = {gone, other, gone};
  EXPECT_EQ(changed({}), (std::set{gone, other}));
}

}  // namespace
}  // namespace rapport::crm
