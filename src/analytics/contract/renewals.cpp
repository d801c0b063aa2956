#include "analytics/contract/renewals.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace rapport::analytics {

namespace {

constexpr int iterations_max = 200;
constexpr int dampings_max = 25;
constexpr double step_small = 1e-10;  // of log alpha and log beta
constexpr double step_max = 2;
constexpr double sum_max = 1e5;    // alpha + beta beyond which customers are all alike
constexpr double sum_min = 1e-5;   // below which each leaves at once or never
constexpr double gain_min = 1e-6;  // in log-likelihood, for two parameters instead of one

// What the likelihood needs of the data: of those there at the beginning of each period, how many
// left at its end. As retention is (beta + k) / (alpha + beta + k) in period k + 1 (Fader & Hardie
// 2007, equation 8), no gamma function is wanted, and any mixture of ages is one table.
struct Periods {
  std::vector<double> there, left;
  double all_there = 0, all_left = 0;
};

Periods periods_of(std::span<const Renewals> rows) {
  std::int32_t longest = 0;
  for (const Renewals& row : rows)
    if (row.weight > 0) longest = std::max(longest, row.periods);
  Periods table;
  table.there.assign(static_cast<std::size_t>(longest), 0);
  table.left = table.there;
  for (const Renewals& row : rows) {
    if (row.periods == 0 || row.weight == 0) continue;
    const auto last = static_cast<std::size_t>(row.periods) - 1;
    table.there[last] += row.weight;
    if (row.ended) table.left[last] += row.weight;
  }
  for (std::size_t k = table.there.size(); k > 1; --k) table.there[k - 2] += table.there[k - 1];
  for (std::size_t k = 0; k < table.there.size(); ++k) {
    table.all_there += table.there[k];
    table.all_left += table.left[k];
  }
  return table;
}

double log_likelihood(const Periods& table, double alpha, double beta) {
  double sum = table.all_left * std::log(alpha);
  for (std::size_t k = 0; k < table.there.size(); ++k) {
    const auto age = static_cast<double>(k);
    const double stayed = table.there[k] - table.left[k];
    if (stayed > 0) sum += stayed * std::log(beta + age);
    sum -= table.there[k] * std::log(alpha + beta + age);
  }
  return sum;
}

double log_likelihood_of_one(const Periods& table, double leaving) {
  double sum = table.all_left * std::log(leaving);
  if (leaving < 1) sum += (table.all_there - table.all_left) * std::log1p(-leaving);
  return sum;
}

// First and second derivatives by log alpha and log beta, and the second by alpha and beta.
struct Slopes {
  double a = 0, b = 0;
  double aa = 0, ab = 0, bb = 0;
  double raw_aa = 0, raw_ab = 0, raw_bb = 0;
};

Slopes slopes(const Periods& table, double alpha, double beta) {
  Slopes at{.a = table.all_left / alpha, .raw_aa = -table.all_left / (alpha * alpha)};
  for (std::size_t k = 0; k < table.there.size(); ++k) {
    const auto age = static_cast<double>(k);
    const double stayed = table.there[k] - table.left[k];
    const double all = alpha + beta + age, own = beta + age;
    at.a -= table.there[k] / all;
    at.b += stayed / own - table.there[k] / all;
    const double both = table.there[k] / (all * all);
    at.raw_aa += both;
    at.raw_ab += both;
    at.raw_bb += both - stayed / (own * own);
  }
  at.aa = alpha * alpha * at.raw_aa + alpha * at.a;
  at.ab = alpha * beta * at.raw_ab;
  at.bb = beta * beta * at.raw_bb + beta * at.b;
  at.a *= alpha;
  at.b *= beta;
  return at;
}

enum class Ending { settled, alike, polar };

// The best of a grid: mixtures from nearly polar to nearly alike, whose means are all a customer
// may have. Climbing from a bad place can follow the ridge of "all alike" to nowhere.
void start(const Periods& table, double& alpha, double& beta) {
  double best = -std::numeric_limits<double>::infinity();
  for (double sum = 0.03; sum < 2000; sum *= 3)
    for (double mean = 0.025; mean < 1; mean += 0.05)
      if (const double here = log_likelihood(table, mean * sum, (1 - mean) * sum); here > best) {
        best = here;
        alpha = mean * sum;
        beta = (1 - mean) * sum;
      }
}

// Newton's method on the logarithms, damped (Levenberg 1944) until it goes uphill.
Ending climb(const Periods& table, double& alpha, double& beta) {
  double here = log_likelihood(table, alpha, beta), damping = 0;
  for (int i = 0; i < iterations_max; ++i) {
    const Slopes at = slopes(table, alpha, beta);
    const double size = std::abs(at.aa) + std::abs(at.bb) + std::abs(at.ab);
    bool moved = false;
    double step = 0;
    for (int damped = 0; damped < dampings_max && !moved; ++damped) {
      const double aa = damping - at.aa, bb = damping - at.bb;
      const double determinant = aa * bb - at.ab * at.ab;
      const double step_a = (bb * at.a + at.ab * at.b) / determinant;
      const double step_b = (aa * at.b + at.ab * at.a) / determinant;
      step = std::hypot(step_a, step_b);
      const double a = alpha * std::exp(step_a), b = beta * std::exp(step_b);
      const double there = log_likelihood(table, a, b);
      moved = aa > 0 && determinant > 0 && step < step_max && there >= here;
      damping = moved ? damping / 10 : std::max(damping * 10, 1e-3 * size);
      if (!moved) continue;
      alpha = a;
      beta = b;
      here = there;
    }
    if (alpha + beta > sum_max) return Ending::alike;
    if (alpha + beta < sum_min) return Ending::polar;
    if (!moved || step < step_small) return Ending::settled;  // as high as doubles can tell
    if (damping < 1e-6 * size) damping = 0;
  }
  return alpha + beta > 1 ? Ending::alike : Ending::polar;
}

void set_errors(RenewalFit& fit, const Periods& table) {
  const Slopes at = slopes(table, fit.alpha, fit.beta);
  const double determinant = at.raw_aa * at.raw_bb - at.raw_ab * at.raw_ab;
  if (!(at.raw_aa < 0 && determinant > 0)) return;
  fit.alpha_error = std::sqrt(-at.raw_bb / determinant);
  fit.beta_error = std::sqrt(-at.raw_aa / determinant);
}

std::optional<base::Problem> problem_of(std::span<const Renewals> rows) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const Renewals& row = rows[i];
    if (row.periods >= (row.ended ? 1 : 0) && row.periods <= renewal_periods_max &&
        row.weight >= 0 && std::isfinite(row.weight))
      continue;
    return base::refuse(base::ProblemKind::invalid, "analytics.bad_row",
                        "Periods are whole numbers up to " + std::to_string(renewal_periods_max) +
                            ", and nobody ends before the first is over.",
                        "It is row " + std::to_string(i + 1) + ".")
        .error();
  }
  return std::nullopt;
}

}  // namespace

std::vector<Renewals> renewals_of_survivors(std::span<const double> survivors) {
  std::vector<Renewals> rows;
  for (std::size_t t = 1; t < survivors.size(); ++t)
    rows.push_back({.periods = static_cast<std::int32_t>(t),
                    .ended = true,
                    .weight = survivors[t - 1] - survivors[t]});
  if (!survivors.empty())
    rows.push_back({.periods = static_cast<std::int32_t>(survivors.size() - 1),
                    .ended = false,
                    .weight = survivors.back()});
  return rows;
}

base::Result<RenewalFit> fit_renewals(std::span<const Renewals> rows) {
  if (auto problem = problem_of(rows)) return std::unexpected(std::move(*problem));
  const Periods table = periods_of(rows);
  if (table.all_left == 0)
    return base::refuse(base::ProblemKind::invalid, "analytics.no_ends",
                        "Nobody has left yet, so how long customers stay cannot be told.");
  RenewalFit fit;
  for (const Renewals& row : rows) fit.customers += row.weight;
  fit.ended = table.all_left;
  fit.leaving = table.all_left / table.all_there;
  fit.log_likelihood = log_likelihood_of_one(table, fit.leaving);
  if (table.there.size() < 2 || table.there[1] == 0) {
    fit.note = "Only one period is known, so customers cannot be told apart.";
    return fit;
  }
  double alpha = 1, beta = 1;
  start(table, alpha, beta);
  const Ending ending = climb(table, alpha, beta);
  if (ending == Ending::polar)
    return base::refuse(base::ProblemKind::invalid, "analytics.no_maximum",
                        "Whoever did not leave at the first occasion has never left, so how long "
                        "the others stay cannot be told.");
  const double best = log_likelihood(table, alpha, beta);
  if (ending == Ending::alike || best < fit.log_likelihood + gain_min) {
    fit.note = "Customers do not differ in how likely they are to leave.";
    return fit;
  }
  fit.model = RenewalModel::shifted_beta_geometric;
  fit.alpha = alpha;
  fit.beta = beta;
  fit.log_likelihood = best;
  set_errors(fit, table);
  return fit;
}

double retention(const RenewalFit& fit, std::int32_t period) {
  if (fit.model == RenewalModel::geometric) return 1 - fit.leaving;
  return (fit.beta + period - 1) / (fit.alpha + fit.beta + period - 1);
}

double survival(const RenewalFit& fit, std::int32_t period) {
  if (fit.model == RenewalModel::geometric) return std::pow(1 - fit.leaving, period);
  // B(alpha, beta + t) / B(alpha, beta).
  return std::exp(std::lgamma(fit.beta + period) - std::lgamma(fit.alpha + fit.beta + period) +
                  std::lgamma(fit.alpha + fit.beta) - std::lgamma(fit.beta));
}

double discounted_renewals(const RenewalFit& fit, std::int32_t periods, double discount) {
  const double factor = 1 / (1 + std::max(discount, discount_min));
  // From here on no period adds more than this one: what is cut off is at most
  // term * factor / (1 - factor).
  double sum = 0, term = retention(fit, std::max(periods, 1));
  for (std::int32_t period = std::max(periods, 1) + 1; term > 1e-13 * (1 - factor) * (sum + term);
       ++period) {
    sum += term;
    term *= retention(fit, period) * factor;
  }
  return sum;
}

}  // namespace rapport::analytics
