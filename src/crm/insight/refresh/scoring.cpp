#include "crm/insight/refresh/scoring.hpp"

#include <algorithm>
#include <cmath>

#include "crm/insight/churn/churn_warning.hpp"
#include "crm/insight/lifetime_value/lifetime_value.hpp"

namespace rapport::crm {
namespace {

constexpr int kYearDays = 365;
// Money that fits numeric(19,4) and a lifetime value still says something about.
constexpr double kMoneyMax = 1e13;

// The latest purchases against those before: averages of the latter and the former half. What was
// free is in neither: a gift among the latest is no sign of leaving.
void put_averages(ScoreRow& row, std::span<const std::int64_t> all) {
  std::vector<std::int64_t> paid;
  std::ranges::copy_if(all, std::back_inserter(paid), [](std::int64_t net) { return net > 0; });
  const std::span<const std::int64_t> nets(paid);
  const auto half = nets.size() / 2;
  if (half == 0) return;
  const auto mean = [](std::span<const std::int64_t> some) {
    std::int64_t sum = 0;
    for (const auto net : some) sum += net;
    return sum / static_cast<std::int64_t>(some.size());
  };
  row.earlier_average = mean(nets.first(nets.size() - half));
  row.latest_average = mean(nets.last(half));
}

class Scoring {
 public:
  Scoring(const Facts& facts, const Histories& histories, const Basis& basis, std::int32_t today)
      : facts_(facts), histories_(histories), basis_(basis), today_(today) {}

  base::Result<std::vector<ScoreRow>> score(std::span<const CustomerMonth> months) {
    auto facts = analytics::purchase_facts(facts_.orders());
    if (!facts) return std::unexpected(facts.error());
    put_facts(*facts);
    if (auto done = put_models(); !done) return std::unexpected(done.error());
    put_last_year();
    put_unresolved();
    put_profit(months);
    for (auto& row : rows_) row.warning = churn_warning(row);
    return std::move(rows_);
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  void put_facts(const std::vector<analytics::PurchaseFacts>& facts) {
    row_of_.assign(facts.size(), kNone);
    for (std::uint32_t customer = 0; customer < facts.size(); ++customer) {
      const auto& fact = facts[customer];
      if (fact.orders + fact.returns == 0) continue;
      row_of_[customer] = static_cast<std::uint32_t>(rows_.size());
      auto& row = rows_.emplace_back();
      row.customer = customer;
      row.as_of_day = today_;
      row.first_day = fact.first_day;
      row.last_day = fact.last_day;
      row.orders = fact.orders;
      row.returns = fact.returns;
      row.historic_value = fact.money;
      const auto days = histories_.days_of(customer);
      row.purchases = static_cast<std::uint32_t>(days.size());
      if (!days.empty()) {
        row.first_purchase = days.front();
        row.last_purchase = days.back();
      }
      if (days.size() > 1) {
        row.rhythm =
            static_cast<float>(days.back() - days.front()) / static_cast<float>(days.size() - 1);
      }
      put_averages(row, histories_.nets_of(customer));
      if (basis_.bounds) row.cell = analytics::rfm_cell(fact, *basis_.bounds);
    }
  }

  base::Result<void> put_models() {
    if (!basis_.model) return {};
    const auto given = model_rows(histories_, today_);
    const auto told = lifetime_values_of(given, {.purchases = basis_.fit,
                                                 .spending = basis_.spending,
                                                 .margin = basis_.margin,
                                                 .discount_rate = basis_.discount_rate});
    if (!told) return std::unexpected(told.error());
    for (std::size_t i = 0; i < given.customer.size(); ++i) {
      if (row_of_[given.customer[i]] == kNone) continue;
      auto& row = rows_[row_of_[given.customer[i]]];
      row.modelled = true;
      row.alive = told->alive[i];
      row.expected = told->expected[i];
      row.average = money(told->average[i]);
      row.lifetime_value = money(told->value[i]);
    }
    return {};
  }

  static std::int64_t money(double amount) {
    return std::llround(std::clamp(amount, -kMoneyMax, kMoneyMax) *
                        static_cast<double>(analytics::amount_unit));
  }

  void put_last_year() {
    for (std::size_t i = 0; i < facts_.day.size(); ++i) {
      const auto at = row_of_[facts_.customer[i]];
      if (at == kNone || facts_.day[i] <= today_ - kYearDays) continue;
      const auto amount = facts_.amount[i];
      (amount < 0 ? rows_[at].returned : rows_[at].bought) += std::abs(amount);
    }
  }

  void put_unresolved() {
    for (const auto& talk : facts_.talks) {
      const auto at = row_of_[talk.customer];
      if (at == kNone || !talk.incoming || !talk.unresolved) continue;
      if (talk.day > today_ - unresolved_days) ++rows_[at].unresolved;
    }
  }

  void put_profit(std::span<const CustomerMonth> months) {
    for (const auto& month : months) {
      const auto at = row_of_[month.customer];
      if (at == kNone) continue;
      rows_[at].profit = rows_[at].profit.value_or(0) + month.parts.profit();
    }
  }

  const Facts& facts_;
  const Histories& histories_;
  const Basis& basis_;
  std::int32_t today_;
  std::vector<ScoreRow> rows_;
  std::vector<std::uint32_t> row_of_;  // by customer
};

}  // namespace

base::Result<std::vector<ScoreRow>> score_customers(const Facts& facts, const Histories& histories,
                                                    std::span<const CustomerMonth> months,
                                                    const Basis& basis, std::int32_t today) {
  return Scoring(facts, histories, basis, today).score(months);
}

}  // namespace rapport::crm
