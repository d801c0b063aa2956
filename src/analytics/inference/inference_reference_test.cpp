// Satisfaction of a help desk's customers.
#include <cstdlib>
#include <string>
#include <vector>

#include "analytics/inference/compare.hpp"
#include "analytics/testing.hpp"

namespace rapport::analytics {
namespace {

class InferenceReference : public ReferenceTest {};

TEST_F(InferenceReference, TicketsHaveTheKnownSatisfaction) {
  const Rows table = rows("support_tickets/customer_support_tickets.csv.xz");
  ASSERT_EQ(table.size(), 8470U);
  const std::size_t rating = column(table, "Customer Satisfaction Rating");
  const std::size_t channel = column(table, "Ticket Channel");
  std::vector<double> all, mail, phone;
  Proportion best_two;
  for (std::size_t row = 1; row < table.size(); ++row) {
    if (table[row][rating].empty()) continue;
    const double value = std::strtod(table[row][rating].c_str(), nullptr);
    all.push_back(value);
    if (table[row][channel] == "Email") mail.push_back(value);
    if (table[row][channel] == "Phone") phone.push_back(value);
    ++best_two.of;
    if (value >= 4) ++best_two.hits;
  }
  EXPECT_EQ(best_two.of, 2769U);
  EXPECT_NEAR(sample_of(all).mean, 2.99133, 5e-6);
  const auto interval = wilson(best_two);
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(100 * interval->estimate, 39.256, 5e-4);
  EXPECT_NEAR(100 * interval->low, 37.453, 5e-4);
  EXPECT_NEAR(100 * interval->high, 41.089, 5e-4);
  // R, t.test of mail against phone.
  const auto test = welch(sample_of(phone), sample_of(mail));
  ASSERT_TRUE(test.has_value());
  EXPECT_NEAR(test->t, 0.153682739415, 1e-9);
  EXPECT_NEAR(test->degrees, 1406.237235852599, 1e-6);
  EXPECT_NEAR(test->p, 0.877881945451, 1e-9);
  EXPECT_NEAR(test->difference.low, -0.137004233245, 1e-9);
}

}  // namespace
}  // namespace rapport::analytics
