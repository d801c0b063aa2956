#include "analytics/baskets/rules.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "analytics/baskets/frequent_sets.hpp"

namespace rapport::analytics {

namespace {

bool is_share(double value) {
  return value > 0 && value <= 1;
}

double share(std::uint32_t part, std::size_t all) {
  return static_cast<double>(part) / static_cast<double>(all);
}

// The smallest count whose share is at least `support`. Shares are compared as quotients, which are
// rounded like the number a person wrote: 4 of 5 are at least 0.8, though 0.8 * 5 might say 5.
std::uint32_t least_count(double support, std::size_t baskets) {
  auto least = static_cast<std::uint32_t>(std::ceil(support * static_cast<double>(baskets)));
  while (least > 1 && share(least - 1, baskets) >= support) --least;
  while (share(least, baskets) < support) ++least;
  return std::max(least, 1U);
}

class RuleMaker {
 public:
  RuleMaker(const FrequentSets& sets, std::size_t baskets, const RuleOptions& options)
      : sets_(sets), baskets_(baskets), options_(options) {}

  // All rules of all sets; stops beyond the limit.
  std::vector<Rule> make() {
    for (std::uint32_t node = 1; node < sets_.nodes().size(); ++node) {
      read_ranks(node);
      if (ranks_.size() < 2) continue;
      for (std::size_t right = 0; right < ranks_.size(); ++right) try_rule(node, right);
      if (rules_.size() > options_.rules_max) break;
    }
    return std::move(rules_);
  }

 private:
  void read_ranks(std::uint32_t node) {
    ranks_.clear();
    for (; node != 0; node = sets_.nodes()[node].parent) ranks_.push_back(sets_.nodes()[node].rank);
    std::ranges::reverse(ranks_);
  }

  void try_rule(std::uint32_t node, std::size_t right) {
    const FrequentSets::Node& set = sets_.nodes()[node];
    const std::uint32_t then = ranks_[right];
    left_ = ranks_;
    left_.erase(left_.begin() + static_cast<std::ptrdiff_t>(right));
    const std::uint32_t when_count =
        right + 1 == ranks_.size() ? sets_.nodes()[set.parent].count : sets_.count(left_);
    const double confidence = share(set.count, when_count);
    if (confidence < options_.confidence) return;
    // The root's children are the single items, in the order of their ranks.
    const std::uint32_t then_count = sets_.nodes()[then + 1].count;
    Rule rule{.when = {},
              .then = sets_.item(then),
              .together = set.count,
              .when_count = when_count,
              .then_count = then_count,
              .support = share(set.count, baskets_),
              .confidence = confidence,
              .lift = confidence / share(then_count, baskets_)};
    for (const std::uint32_t rank : left_) rule.when.push_back(sets_.item(rank));
    std::ranges::sort(rule.when);
    rules_.push_back(std::move(rule));
  }

  const FrequentSets& sets_;
  std::size_t baskets_;
  const RuleOptions& options_;
  std::vector<std::uint32_t> ranks_, left_;
  std::vector<Rule> rules_;
};

bool goes_before(const Rule& left, const Rule& right) {
  if (left.lift != right.lift) return left.lift > right.lift;
  if (left.together != right.together) return left.together > right.together;
  return std::tie(left.when, left.then) < std::tie(right.when, right.then);
}

std::unexpected<base::Problem> too_many(std::string what, std::uint32_t limit) {
  return base::refuse(base::ProblemKind::too_large, "analytics.too_many",
                      "There are more than " + std::to_string(limit) + " " + what + ".", {},
                      "Ask for a greater support or confidence.");
}

}  // namespace

base::Result<Rules> find_rules(const Baskets& baskets, const RuleOptions& options) {
  if (!is_share(options.support) || !is_share(options.confidence))
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_option",
                        "Support and confidence are shares: above 0, and 1 at most.");
  Rules result;
  result.baskets = baskets.size();
  if (baskets.empty()) return result;
  const FrequentSets sets(baskets, {.count_min = least_count(options.support, baskets.size()),
                                    .items_max = options.items_max,
                                    .sets_max = options.sets_max});
  if (sets.too_many()) return too_many("frequent sets", options.sets_max);
  result.frequent_sets = sets.size();
  result.rules = RuleMaker(sets, baskets.size(), options).make();
  if (result.rules.size() > options.rules_max) return too_many("rules", options.rules_max);
  std::ranges::sort(result.rules, goes_before);
  return result;
}

}  // namespace rapport::analytics
