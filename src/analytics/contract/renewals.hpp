// Contracts that are renewed period by period (a subscription, a membership): the share who renew
// rises with age, not because anyone changes, but because those likely to leave have left. The
// shifted-beta-geometric model (Fader & Hardie 2007, "How to project customer retention") says so:
// each customer leaves at the end of a period with her own probability, and these are beta
// distributed over customers with parameters alpha and beta.
//
//   auto fit = fit_renewals(renewals_of_survivors(std::vector{1000., 869., 743., 653.}));
//   retention(*fit, 5)      // share of those there after 4 periods who are there after 5
//   survival(*fit, 12)      // share of all still there after 12
//
// Where customers do not differ, or one period is all that is known, only one probability can be
// told: the fit then says `geometric`, with the same functions (alpha and beta are then without
// meaning).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/problem.hpp"

namespace rapport::analytics {

enum class RenewalModel { shifted_beta_geometric, geometric };

inline constexpr std::int32_t renewal_periods_max = 10'000;

// Customers alike: `weight` of them who left at the end of their period `periods` (1 …), or who
// are known to have stayed for `periods` (0 …) and are still there.
struct Renewals {
  std::int32_t periods = 0;
  bool ended = false;
  double weight = 1;
};

struct RenewalFit {
  RenewalModel model = RenewalModel::geometric;
  double alpha = 0, beta = 0;
  std::optional<double> alpha_error, beta_error;  // standard errors, from the Hessian
  double leaving = 0;  // of `geometric`: the probability of leaving at a period's end
  double log_likelihood = 0;
  double customers = 0, ended = 0;
  std::string note;  // why it is `geometric`; empty otherwise
};

// How many are still there after 0, 1, 2 … periods, as one row for each way to end.
[[nodiscard]] std::vector<Renewals> renewals_of_survivors(std::span<const double> survivors);

// Refuses:
//   analytics.bad_row     periods or weight out of range
//   analytics.no_ends     nobody has left yet: how long they stay cannot be told
//   analytics.no_maximum  whoever did not leave at the first occasion never left: nothing can be
//                        told of how long they stay
[[nodiscard]] base::Result<RenewalFit> fit_renewals(std::span<const Renewals> rows);

// Of those still there after period - 1, the share who are after `period` (1 …): equation 8.
[[nodiscard]] double retention(const RenewalFit& fit, std::int32_t period);
// Of all, the share still there after `period` (0 …): equation 6.
[[nodiscard]] double survival(const RenewalFit& fit, std::int32_t period);

// Periods that a customer may be expected to pay from her next renewal on, that one included, who
// has stayed for `periods` (1 …) and is about to renew; each discounted by `discount` (0.1 is
// 10 %, at least discount_min) for each period after the first. Times the margin of a period it is
// her lifetime value (Fader & Hardie 2010, "Customer-base valuation", equation 6).
inline constexpr double discount_min = 1e-4;
[[nodiscard]] double discounted_renewals(const RenewalFit& fit, std::int32_t periods,
                                         double discount);

}  // namespace rapport::analytics
