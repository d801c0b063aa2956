#include "crm/insight/models/spending.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "crm/insight/models/inputs.hpp"

namespace rapport::crm {
namespace {

using Days = std::pair<std::int32_t, std::int32_t>;

constexpr double kMostCustomers = .95;  // who stand below the last bin of the picture

// What a customer paid for within the hold-out.
struct Paid {
  std::int32_t purchases = 0;
  double money = 0;  // units of the currency
};

Paid paid_between(const Histories& histories, std::uint32_t customer, const Days& held) {
  const auto days = histories.days_of(customer);
  const auto nets = histories.nets_of(customer);
  Paid paid;
  for (auto i = static_cast<std::size_t>(std::ranges::upper_bound(days, held.first) - days.begin());
       i < days.size() && days[i] <= held.second; ++i) {
    if (nets[i] <= 0) continue;
    ++paid.purchases;
    paid.money += static_cast<double>(nets[i]) / static_cast<double>(analytics::amount_unit);
  }
  return paid;
}

// Of each customer who paid within the hold-out: what a purchase was expected to come to, and did.
struct Judged {
  Holdout holdout;
  std::vector<double> expected, actual;
};

base::Result<std::optional<Judged>> judged(const analytics::SpendingFit& fit,
                                           const Histories& histories, const ModelRows& rows,
                                           const Days& held) {
  std::vector<double> expected(rows.customer.size());
  const auto done = analytics::expected_spending(fit, rows.spenders(), expected);
  if (!done) return std::unexpected(done.error());
  Judged made{
      .holdout = {.from = held.first + 1, .until = held.second}, .expected = {}, .actual = {}};
  double squares = 0, means = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto paid = paid_between(histories, rows.customer[i], held);
    if (paid.purchases == 0) continue;
    const double actual = paid.money / paid.purchases;
    made.expected.push_back(expected[i]);
    made.actual.push_back(actual);
    made.holdout.actual += paid.money;
    made.holdout.predicted += expected[i] * paid.purchases;
    squares += (expected[i] - actual) * (expected[i] - actual);
    means += actual;
  }
  if (made.actual.empty()) return std::nullopt;
  made.holdout.error = std::sqrt(squares / static_cast<double>(made.actual.size())) /
                       (means / static_cast<double>(made.actual.size()));
  if (!std::isfinite(made.holdout.error)) return std::nullopt;
  return made;
}

std::vector<SpendingGroup> groups_of(const Judged& judged) {
  const auto count = judged.expected.size();
  if (count < spending_groups * spending_group_min) return {};
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t i) { return judged.expected[i]; });
  std::vector<SpendingGroup> groups(spending_groups);
  for (std::size_t i = 0; i < count; ++i) {
    auto& group = groups[i * spending_groups / count];
    ++group.customers;
    group.expected += judged.expected[order[i]];
    group.actual += judged.actual[order[i]];
  }
  for (auto& group : groups) {
    group.expected /= static_cast<double>(group.customers);
    group.actual /= static_cast<double>(group.customers);
  }
  return groups;
}

// Bounds of the bins: 1, 2 or 5 times a power of ten apart, the last where few stand above.
std::vector<double> amount_bounds(const analytics::Spenders& spenders) {
  std::vector<double> amounts;
  for (std::size_t i = 0; i < spenders.size(); ++i) {
    if (spenders.purchases[i] > 0 && spenders.mean_amount[i] > 0) {
      amounts.push_back(spenders.mean_amount[i]);
    }
  }
  if (amounts.empty()) return {};
  const auto at = amounts.begin() + static_cast<std::ptrdiff_t>(
                                        kMostCustomers * static_cast<double>(amounts.size() - 1));
  std::ranges::nth_element(amounts, at);
  const double least = *at / static_cast<double>(amount_bins_max - 1);
  const double power = std::pow(10, std::floor(std::log10(least)));
  double step = 10 * power;
  for (const double times : {1., 2., 5.}) {
    if (times * power >= least) {
      step = times * power;
      break;
    }
  }
  std::vector<double> bounds;
  for (std::size_t i = 0; i < amount_bins_max; ++i) {
    bounds.push_back(static_cast<double>(i) * step);
    if (bounds.back() >= *at) break;
  }
  return bounds;
}

// The fit, and what it rests on.
base::Result<std::pair<analytics::SpendingFit, analytics::Spenders>> fit_with(
    const ModelRows& rows) {
  auto spenders = rows.repeat_spenders();
  auto fit = analytics::fit_spending(spenders);
  if (fit && fit->parameters.empty()) {
    spenders = rows.spenders();
    fit = analytics::fit_spending(spenders);
  }
  if (!fit) return std::unexpected(fit.error());
  return std::pair(*std::move(fit), spenders);
}

}  // namespace

base::Result<analytics::SpendingFit> fit_spending_of(const ModelRows& rows) {
  auto fit = fit_with(rows);
  if (!fit) return std::unexpected(fit.error());
  return std::move(fit->first);
}

base::Result<SpendingComparison> compare_spending(
    const Histories& histories, std::int32_t today,
    const std::optional<SpendingIncumbent>& incumbent) {
  const auto rows = model_rows(histories, today);
  auto whole = fit_with(rows);
  if (!whole) return std::unexpected(whole.error());
  SpendingComparison made;
  auto& fitted = made.fitted;
  fitted.fit = std::move(whole->first);
  fitted.from = fitted.until = today;
  for (const auto day : histories.days) fitted.from = std::min(fitted.from, day);
  fitted.bins = analytics::fit_by_amount(fitted.fit, whole->second, amount_bounds(whole->second));
  fitted.inputs = baseline_of(histories, today);
  const auto held = holdout_days(histories, today);
  if (!held) return made;
  const auto before = model_rows(histories, held->first, compared_every(histories));
  const auto early = fit_spending_of(before);
  if (!early) return std::unexpected(early.error());
  const auto judgement = judged(*early, histories, before, *held);
  if (!judgement) return std::unexpected(judgement.error());
  if (!*judgement) return made;
  fitted.holdout = (*judgement)->holdout;
  fitted.groups = groups_of(**judgement);
  if (!incumbent) return made;
  const auto last = judged(incumbent->fit, histories, before, *held);
  if (!last) return std::unexpected(last.error());
  const auto fresh =
      incumbent->until > held->first ? judged(fitted.fit, histories, before, *held) : judgement;
  if (!fresh) return std::unexpected(fresh.error());
  if (*last && *fresh) {
    made.contest = Contest{.fresh = (*fresh)->holdout.error, .incumbent = (*last)->holdout.error};
  }
  return made;
}

}  // namespace rapport::crm
