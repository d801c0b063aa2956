#include "crm/insight/churn_risk/cases.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace rapport::crm {
namespace {

using analytics::missing_number;

// How many of the days, which ascend, had come by the end of one.
std::size_t known_by(std::span<const std::int32_t> days, std::int32_t day) {
  return static_cast<std::size_t>(std::ranges::upper_bound(days, day) - days.begin());
}

double units(std::int64_t ten_thousandths) {
  return static_cast<double>(ten_thousandths) / static_cast<double>(analytics::amount_unit);
}

double ratio(double part, double whole) {
  return whole > 0 ? part / whole : missing_number;
}

}  // namespace

bool interactions_known(const ChurnSources& sources, std::int32_t day) {
  if (day - recent_days + 1 < sources.talks_from) return false;
  return std::ranges::any_of(sources.talks,
                             [&](const Talk& talk) { return talk.day <= day - recent_days; });
}

ChurnFeatures::ChurnFeatures(const ChurnSources& sources, std::int32_t day, bool interactions)
    : sources_(sources), day_(day), interactions_(interactions), sums_(sources.histories.size()) {
  const auto& orders = sources.orders;
  for (std::size_t i = 0; i < orders.day.size(); ++i) {
    if (orders.day[i] > day || orders.day[i] <= day - year_days) continue;
    auto& sums = sums_[orders.customer[i]];
    (orders.amount[i] < 0 ? sums.returned : sums.bought) += std::abs(orders.amount[i]);
  }
  if (!interactions) return;
  for (const auto& talk : sources.talks) {
    if (talk.incoming && talk.day <= day && talk.day > day - recent_days) {
      ++sums_[talk.customer].interactions;
    }
  }
}

ChurnFeatures::Row ChurnFeatures::row_of(std::uint32_t customer) const {
  const auto all = sources_.histories.days_of(customer);
  const auto known = known_by(all, day_);
  const auto days = all.first(known);
  const auto nets = sources_.histories.nets_of(customer).first(known);
  const auto& sums = sums_[customer];
  const double silence = day_ - days.back();
  const auto spent = std::accumulate(nets.begin(), nets.end(), std::int64_t{0});
  const auto earlier = static_cast<double>(known - 1);
  const double rhythm = ratio(days.back() - days.front(), earlier);
  const auto since = [&](std::int32_t window) {
    return static_cast<double>(known - known_by(days, day_ - window));
  };
  return {
      silence,
      ratio(silence, rhythm),
      static_cast<double>(known),
      static_cast<double>(day_ - days.front()),
      rhythm,
      since(recent_days),
      since(year_days),
      units(spent) / static_cast<double>(known),
      known > 1 ? ratio(units(nets.back()) * earlier, units(spent - nets.back())) : missing_number,
      ratio(units(sums.returned), units(sums.bought)),
      static_cast<double>(sums.interactions)};
}

analytics::Table ChurnFeatures::of(std::span<const std::uint32_t> customers) const {
  const std::size_t width = interactions_ ? churn_features.size() : churn_interactions;
  analytics::Table table;
  std::vector<std::vector<double>> columns(width);
  for (std::size_t i = 0; i < width; ++i) {
    table.features.push_back({.name = std::string(churn_features[i]),
                              .known_at = analytics::KnownAt::prediction,
                              .skewed = i != churn_returned});
    columns[i].reserve(customers.size());
  }
  for (const auto customer : customers) {
    const auto row = row_of(customer);
    for (std::size_t i = 0; i < width; ++i) columns[i].push_back(row[i]);
  }
  for (auto& column : columns) table.columns.emplace_back(std::move(column));
  return table;
}

std::vector<std::uint32_t> customers_by(const Histories& histories, std::int32_t day,
                                        std::size_t most) {
  const auto bought = [&](std::uint32_t customer) {
    const auto days = histories.days_of(customer);
    return !days.empty() && days.front() <= day;
  };
  std::vector<std::uint32_t> customers;
  for (std::uint32_t i = 0; i < histories.size(); ++i) {
    if (bought(i)) customers.push_back(i);
  }
  if (customers.size() <= most) return customers;
  const auto found = customers.size();
  for (std::size_t i = 0; i < most; ++i) customers[i] = customers[i * found / most];
  customers.resize(most);
  return customers;
}

ChurnCases churn_cases(const ChurnSources& sources, std::int32_t day, std::int32_t horizon,
                       bool interactions, std::size_t most) {
  ChurnCases cases{.customer = customers_by(sources.histories, day, most), .table = {}, .left = {}};
  cases.table = ChurnFeatures(sources, day, interactions).of(cases.customer);
  cases.left.reserve(cases.customer.size());
  for (const auto customer : cases.customer) {
    const auto days = sources.histories.days_of(customer);
    cases.left.push_back(purchases_between(days, day, day + horizon) == 0 ? 1 : 0);
  }
  return cases;
}

ChurnCases joined(const ChurnCases& earlier, const ChurnCases& later) {
  ChurnCases both = earlier;
  both.customer.insert(both.customer.end(), later.customer.begin(), later.customer.end());
  both.left.insert(both.left.end(), later.left.begin(), later.left.end());
  for (std::size_t i = 0; i < both.table.columns.size(); ++i) {
    auto& to = std::get<std::vector<double>>(both.table.columns[i]);
    const auto& from = std::get<std::vector<double>>(later.table.columns[i]);
    to.insert(to.end(), from.begin(), from.end());
  }
  return both;
}

}  // namespace rapport::crm
