#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>

#include "analytics/purchase/history.hpp"
#include "base/instant.hpp"
#include "base/json.hpp"
#include "server/commands/column_file.hpp"
#include "server/commands/day_cell.hpp"
#include "server/commands/insight.hpp"

namespace rapport::server {

namespace {

constexpr const char* spending_model = "gamma_gamma";
constexpr const char* leaving_model = "churn";  // of the program's own records only

// Beyond this a double no longer tells hundredths, and sums would leave its range in the end.
constexpr double amount_max = 1e13;

struct FitFlags {
  std::string model, orders, customer, date, amount, until, holdout_until, unit = "day";
};

struct Holdout {
  double actual = 0, predicted = 0;
};

// What is printed.
struct Outcome {
  std::string model;  // what was fitted
  double customers = 0;
  std::vector<analytics::Parameter> parameters;
  double log_likelihood = 0;
  std::optional<Holdout> holdout;
  std::string note;

  void add_note(const std::string& sentence) { note += (note.empty() ? "" : " ") + sentence; }
};

std::optional<double> amount_of(std::string_view text) {
  double amount = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), amount);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (!(std::abs(amount) <= amount_max)) return std::nullopt;
  return amount;
}

// The customers' texts as numbers, in order of appearance.
class CustomerNumbers {
 public:
  std::uint32_t operator()(std::string_view text) {
    // Rows of one customer often stand together.
    if (last_ != numbers_.end() && last_->first == text) return last_->second;
    last_ = numbers_.find(text);
    if (last_ == numbers_.end())
      last_ = numbers_.emplace(text, static_cast<std::uint32_t>(numbers_.size())).first;
    return last_->second;
  }

 private:
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, std::uint32_t, Hash, std::equal_to<>> numbers_;
  decltype(numbers_)::iterator last_ = numbers_.end();
};

struct Orders {
  std::vector<analytics::Purchase> purchases;
  std::int64_t nameless = 0;  // rows without a customer
  std::optional<std::int32_t> first_day;
};

constexpr const char* day_hint = "Days are written as 2024-03-01 or 20240301, year first.";
constexpr const char* amount_hint =
    "Amounts are written with a point and nothing between the thousands, as 1234.50, up to 1e13.";

base::Result<Orders> read_orders(const FitFlags& flags) {
  std::vector<std::string> columns{flags.customer, flags.date};
  if (!flags.amount.empty()) columns.push_back(flags.amount);
  auto file = ColumnFile::open(flags.orders, columns);
  if (!file) return std::unexpected(file.error());
  Orders orders;
  CustomerNumbers number_of;
  ColumnFile::Cells cells;
  while (true) {
    const auto more = file->next(cells);
    if (!more) return std::unexpected(more.error());
    if (!*more) return orders;
    const auto day = day_of_cell(cells[1]);
    if (!day)
      return std::unexpected(file->bad_cell(1, cells[1], "a date such as 2024-03-01", day_hint));
    double amount = 0;
    if (cells.size() > 2) {
      const auto read = amount_of(cells[2]);
      if (!read)
        return std::unexpected(file->bad_cell(2, cells[2], "an amount such as 12.50", amount_hint));
      amount = *read;
    }
    if (cells[0].empty()) {
      ++orders.nameless;
      continue;
    }
    if (orders.purchases.size() == std::numeric_limits<std::uint32_t>::max())
      return base::refuse(base::ProblemKind::too_large, "insight.too_many_rows",
                          flags.orders + " has more rows than can be counted.");
    orders.first_day = std::min(orders.first_day.value_or(day->days), day->days);
    orders.purchases.push_back(
        {.customer = number_of(cells[0]), .day = day->days, .amount = amount});
  }
}

double sum_of(const std::vector<double>& all) {
  double sum = 0;
  for (const double one : all) sum += one;
  return sum;
}

// Purchases in the time held out: as they were, and as the model expects them.
base::Result<Outcome> fit_purchases_of(const analytics::Histories& history,
                                       analytics::PurchaseModel model,
                                       std::optional<double> held_out) {
  const auto fit = analytics::fit_purchases(model, history.customers());
  if (!fit) return std::unexpected(fit.error());
  Outcome outcome{.model = std::string(name_of(fit->model)),
                  .customers = fit->customers,
                  .parameters = fit->parameters,
                  .log_likelihood = fit->log_likelihood,
                  .holdout = {},
                  .note = fit->note};
  if (!held_out) return outcome;
  std::vector<double> expected(history.purchases.size());
  const auto done = analytics::score_purchases(*fit, history.customers(), {.length = *held_out},
                                               {.expected = expected});
  if (!done) return std::unexpected(done.error());
  outcome.holdout = Holdout{.actual = 0, .predicted = sum_of(expected)};
  for (const std::int32_t later : history.later) outcome.holdout->actual += later;
  return outcome;
}

// Where nobody bought again for money there is only what came the first time.
base::Result<Outcome> first_spending_of(const analytics::Histories& history, bool held_out) {
  double sum = 0, customers = 0;
  for (const double amount : history.first_amount) {
    if (amount <= 0) continue;
    sum += amount;
    ++customers;
  }
  if (customers == 0)
    return base::refuse(base::ProblemKind::invalid, "insight.no_amounts",
                        "Nobody paid anything: every amount is nought or was given back.", {},
                        "Name the column of what was paid with --amount.");
  const double mean = sum / customers;
  Outcome outcome{.model = "pooled",
                  .customers = customers,
                  .parameters = {{.name = "mean", .value = mean}},
                  .log_likelihood = 0,
                  .holdout = {},
                  .note =
                      "Nobody bought again for money, so that there is nothing to fit. The "
                      "mean of the first purchases is used instead."};
  if (!held_out) return outcome;
  outcome.holdout = Holdout{.actual = sum_of(history.later_amount), .predicted = 0};
  for (const std::int32_t later : history.later) outcome.holdout->predicted += mean * later;
  return outcome;
}

// The money of the purchases held out, of those whose mean was fitted: as it was, and if each
// purchase came to what the model expects of its customer.
base::Result<Outcome> fit_spending_of(const analytics::Histories& history, bool held_out) {
  const auto fit = analytics::fit_spending(history.spenders());
  if (!fit) return std::unexpected(fit.error());
  Outcome outcome{.model = fit->parameters.empty() ? "pooled" : spending_model,
                  .customers = fit->customers,
                  .parameters = fit->parameters,
                  .log_likelihood = fit->log_likelihood,
                  .holdout = {},
                  .note = fit->note};
  if (fit->customers == 0) return first_spending_of(history, held_out);
  if (fit->parameters.empty()) outcome.parameters = {{.name = "mean", .value = fit->mean}};
  if (fit->left_out > 0)
    outcome.add_note(
        fmt::format("Customers left out, whose mean amount is not positive: {}.", fit->left_out));
  if (!held_out) return outcome;
  std::vector<double> amounts(history.purchases.size());
  const auto done = analytics::expected_spending(*fit, history.spenders(), amounts);
  if (!done) return std::unexpected(done.error());
  outcome.holdout = Holdout{};
  for (std::size_t i = 0; i < amounts.size(); ++i) {
    if (history.paid[i] == 0) continue;
    outcome.holdout->actual += history.later_amount[i];
    outcome.holdout->predicted += amounts[i] * history.later[i];
  }
  return outcome;
}

std::unexpected<base::Problem> nobody_bought(const FitFlags& flags, std::int32_t until,
                                             std::optional<std::int32_t> first_day) {
  std::string hint;
  if (first_day && *first_day > until)
    hint = fmt::format("Its first order is of {}: --until must not be before that.",
                       base::to_text(base::Date{*first_day}));
  return base::refuse(
      base::ProblemKind::invalid, "insight.no_orders",
      fmt::format("Nobody bought anything up to {} in {}.", flags.until, flags.orders), {},
      std::move(hint));
}

base::Result<Outcome> fitted(const FitFlags& flags) {
  const auto until = base::parse_date(flags.until), end = base::parse_date(flags.holdout_until);
  auto orders = read_orders(flags);
  if (!orders) return std::unexpected(orders.error());
  const double unit = flags.unit == "week" ? 7 : 1;
  analytics::HistoryOptions options{
      .until = until->days, .holdout_until = std::nullopt, .unit = unit};
  std::optional<double> held_out;
  if (end) {
    options.holdout_until = end->days;
    held_out = (end->days - until->days) / unit;
  }
  const auto history = analytics::histories_of(std::move(orders->purchases), options);
  if (history.customer.empty()) return nobody_bought(flags, until->days, orders->first_day);
  auto outcome =
      flags.model == spending_model
          ? fit_spending_of(history, held_out.has_value())
          : fit_purchases_of(history, *analytics::purchase_model_named(flags.model), held_out);
  if (outcome && orders->nameless > 0)
    outcome->add_note(fmt::format("Rows passed over, without a customer: {}.", orders->nameless));
  if (outcome && history.days_given_back > 0)
    outcome->add_note(
        fmt::format("Days on which a customer gave back as much as they bought, or more, which "
                    "are no purchases: {}.",
                    history.days_given_back));
  return outcome;
}

void print_json(const Outcome& outcome) {
  base::Json json{{"model", outcome.model}, {"customers", outcome.customers}};
  if (outcome.customers == std::floor(outcome.customers))
    json["customers"] = static_cast<std::int64_t>(outcome.customers);
  json["parameters"] = base::Json::object();
  json["errors"] = base::Json::object();
  for (const auto& [name, value, error] : outcome.parameters) {
    json["parameters"][name] = value;
    if (error) json["errors"][name] = *error;
  }
  json["log_likelihood"] = outcome.log_likelihood;
  if (outcome.holdout)
    json["holdout"] = {{"actual", outcome.holdout->actual},
                       {"predicted", outcome.holdout->predicted}};
  if (!outcome.note.empty()) json["note"] = outcome.note;
  std::printf("%s\n", base::to_text(json).c_str());
}

void print(const Outcome& outcome) {
  fmt::print("{} of {:.0f} customers, log-likelihood {:.3f}\n", outcome.model, outcome.customers,
             outcome.log_likelihood);
  for (const auto& [name, value, error] : outcome.parameters)
    fmt::print("  {:<6} {:12.5f}{}\n", name, value, error ? fmt::format("  ± {:.5f}", *error) : "");
  if (outcome.holdout)
    fmt::print("Held out: actual {:.1f}, predicted {:.1f}\n", outcome.holdout->actual,
               outcome.holdout->predicted);
  if (!outcome.note.empty()) fmt::print("{}\n", outcome.note);
}

int run_fit(const CommandLine& line, const FitFlags& flags) {
  const auto usage = [](const char* sentence) {
    std::fprintf(stderr, "rapport: %s\n", sentence);
    return exit_usage;
  };
  if (flags.orders.empty()) return fit_records(line, flags.model);
  if (flags.model == leaving_model)
    return usage("churn is learnt from the program's own records: leave out --orders.");
  if (flags.customer.empty() || flags.date.empty() || flags.until.empty())
    return usage("A file of orders needs --customer, --date and --until.");
  if (flags.model == spending_model && flags.amount.empty())
    return usage("gamma_gamma is about amounts: name their column with --amount.");
  if (!flags.holdout_until.empty() && flags.holdout_until <= flags.until)
    return usage("--holdout-until must be later than --until.");
  const auto outcome = fitted(flags);
  if (!outcome) return fail(line, outcome.error());
  line.json ? print_json(*outcome) : print(*outcome);
  return exit_done;
}

std::string date_fault(const std::string& text) {
  return base::parse_date(text) ? "" : "\"" + text + "\" is not a date such as 1997-09-30";
}

}  // namespace

void add_insight_fit(CLI::App& insight, CommandLine& line) {
  auto flags = std::make_shared<FitFlags>();
  auto* command = insight.add_subcommand(
      "fit",
      "Fits how customers buy, or what they spend: to a file of orders, or without one to the "
      "program's own records, where the fit is kept as a candidate.");
  // A validator's own description would stand beside the type's name.
  const auto one_of = [](std::set<std::string> names) {
    return CLI::IsMember(std::move(names)).description("");
  };
  const CLI::Validator date(date_fault, "");
  command
      ->add_option(
          "--model", flags->model,
          "Which model: how often they buy, what they spend, or, of the records alone, who leaves.")
      ->required()
      ->type_name("bg_nbd|pareto_nbd|mbg_nbd|gamma_gamma|churn")
      ->check(one_of({"bg_nbd", "pareto_nbd", "mbg_nbd", spending_model, leaving_model}));
  auto* orders =
      command
          ->add_option("--orders", flags->orders, "CSV file with a row an order, or a line of one.")
          ->type_name("FILE");
  command->add_option("--customer", flags->customer, "Its column that tells customers apart.")
      ->needs(orders)
      ->type_name("COLUMN");
  command->add_option("--date", flags->date, "Its column of dates (2024-03-01 or 20240301).")
      ->needs(orders)
      ->type_name("COLUMN");
  command
      ->add_option("--amount", flags->amount,
                   "Its column of amounts; what is given back is below 0.")
      ->needs(orders)
      ->type_name("COLUMN");
  command->add_option("--until", flags->until, "The last day to learn from.")
      ->needs(orders)
      ->type_name("DATE")
      ->check(date);
  command
      ->add_option("--holdout-until", flags->holdout_until,
                   "The last day of a time after that, to judge the fit by.")
      ->needs(orders)
      ->type_name("DATE")
      ->check(date);
  command->add_option("--unit", flags->unit, "Unit of time of the parameters. [day]")
      ->needs(orders)
      ->type_name("day|week")
      ->check(one_of({"day", "week"}));
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback(
      [&line, flags] { line.run = [&line, flags] { return run_fit(line, *flags); }; });
}

}  // namespace rapport::server
