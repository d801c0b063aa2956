#include "crm/insight/figures/value_bins.hpp"

#include <algorithm>
#include <cstdlib>

namespace rapport::crm {
namespace {

constexpr std::size_t kNearNought = 20;  // one in so many may lie within the innermost bins

// 1, 2, 5, 10, 20 …
std::int64_t next_step(std::int64_t step) {
  std::int64_t first = step;
  while (first >= 10) first /= 10;
  return first == 2 ? step / 2 * 5 : step * 2;
}

// The greatest step that is not above the amount; 1 at least.
std::int64_t step_below(std::int64_t amount) {
  std::int64_t step = 1;
  for (auto next = next_step(step); next <= amount; next = next_step(step)) step = next;
  return step;
}

std::int64_t innermost(std::span<const std::int64_t> amounts) {
  std::vector<std::int64_t> sizes;
  for (const auto amount : amounts) {
    if (amount != 0) sizes.push_back(std::abs(amount));
  }
  if (sizes.empty()) return 1;
  const auto at = sizes.begin() + static_cast<std::ptrdiff_t>(sizes.size() / kNearNought);
  std::ranges::nth_element(sizes, at);
  return step_below(*at);
}

std::vector<std::int64_t> bounds_of(std::span<const std::int64_t> amounts) {
  const auto [least, most] = std::ranges::minmax(amounts);
  const auto inner = innermost(amounts);
  std::vector<std::int64_t> bounds;
  if (least < 0) {
    auto step = inner;
    bounds.push_back(-step);
    while (-step > least) bounds.push_back(-(step = next_step(step)));
    std::ranges::reverse(bounds);
  }
  bounds.push_back(0);
  if (most < 0) return bounds;
  auto step = inner;
  bounds.push_back(step);
  while (step <= most) bounds.push_back(step = next_step(step));
  return bounds;
}

}  // namespace

std::vector<analytics::Bin> value_bins(std::span<const std::int64_t> amounts) {
  if (amounts.empty()) return {};
  const auto bounds = bounds_of(amounts);
  std::vector<analytics::Bin> bins;
  bins.reserve(bounds.size());
  for (std::size_t i = 0; i + 1 < bounds.size(); ++i) {
    bins.push_back({.from = bounds[i], .to = bounds[i + 1]});
  }
  for (const auto amount : amounts) {
    const auto above = std::ranges::upper_bound(bounds, amount);
    auto& bin = bins[static_cast<std::size_t>(above - bounds.begin()) - 1];
    ++bin.count;
    bin.sum += amount;
  }
  const auto holds = [](const analytics::Bin& bin) { return bin.count > 0; };
  bins.erase(std::find_if(bins.rbegin(), bins.rend(), holds).base(), bins.end());
  bins.erase(bins.begin(), std::ranges::find_if(bins, holds));
  return bins;
}

}  // namespace rapport::crm
