// `rapport insight report FIGURE`: a figure of the program's own records, as a table or as JSON.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/json.hpp"
#include "crm/insight/figures/figure.hpp"
#include "crm/insight/insight.hpp"
#include "platform/platform.hpp"
#include "server/commands/insight.hpp"
#include "server/handlers/figure_csv.hpp"

namespace rapport::server {

namespace {

struct ReportFlags {
  std::string figure, from, until, product, country, subject = "person", measure = "historic";
  std::string by = "channel", period = "month";
};

base::Result<base::Json> figure_of(crm::Figure figure, const ReportFlags& flags) {
  const bool quarters = flags.period == "quarter";
  if (flags.figure == "value") {
    return crm::value_figure(std::move(figure), *crm::measure_named(flags.measure));
  }
  if (flags.figure == "whale") return crm::whale_figure(std::move(figure));
  if (flags.figure == "rfm") return crm::rfm_figure(std::move(figure));
  if (flags.figure == "alive") return crm::alive_figure(std::move(figure));
  if (flags.figure == "two_by_two") return crm::two_by_two_figure(std::move(figure));
  if (flags.figure == "cohorts") return crm::cohorts_figure(std::move(figure), quarters);
  if (flags.figure == "retention") return crm::retention_figure(std::move(figure), quarters);
  if (flags.figure == "countries") return crm::countries_figure(std::move(figure));
  if (flags.figure == "next_offers") return crm::next_offers_figure(std::move(figure));
  return crm::profitability_figure(std::move(figure), *crm::profit_by_named(flags.by));
}

base::Result<std::optional<base::Date>> day_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  if (const auto date = base::parse_date(text)) return date;
  return base::refuse(base::ProblemKind::invalid, "insight.no_day",
                      "\"" + text + "\" is no day like 2026-03-01.");
}

base::Problem no_such(std::string_view what, const std::string& text) {
  return {.kind = base::ProblemKind::invalid,
          .code = "insight.no_such_filter",
          .message = fmt::format("\"{}\" is no {}.", text, what)};
}

int report(const CommandLine& line, const ReportFlags& flags) {
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  const auto settings = (*application)->platform().settings().current();
  crm::FigureFilter filter;
  const auto from = day_of(flags.from);
  if (!from) return fail(line, from.error());
  const auto until = day_of(flags.until);
  if (!until) return fail(line, until.error());
  filter.from = *from;
  filter.until = *until;
  if (filter.from && filter.until && *filter.until < *filter.from) {
    return fail(line, {.kind = base::ProblemKind::invalid,
                       .code = "insight.no_days",
                       .message = "--until must not be before --from."});
  }
  if (!flags.product.empty()) {
    filter.product = base::parse_id(flags.product);
    if (!filter.product) return fail(line, no_such("product's id", flags.product));
  }
  filter.country = flags.country;
  if (!filter.country.empty() && !crm::is_country_code(filter.country)) {
    return fail(line, no_such("code of a country, like ES", flags.country));
  }
  filter.companies = flags.subject == "company";
  filter.zone = settings->zone;
  filter.currency = settings->currency;
  auto figure = crm::Figure::of((*application)->road(),
                                entity::program({.kind = "report", .id = {}}), filter);
  if (!figure) return fail(line, figure.error());
  const auto json = figure_of(*std::move(figure), flags);
  if (!json) return fail(line, json.error());
  if ((*json)["as_of"].is_null()) {
    std::fputs("rapport: Nothing has been computed yet: run `rapport insight score`.\n", stderr);
  }
  const auto text = line.json ? base::to_text(*json) + "\n" : figure_csv(*json);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return exit_done;
}

}  // namespace

void add_insight_report(CLI::App& insight, CommandLine& line) {
  auto flags = std::make_shared<ReportFlags>();
  auto* command = insight.add_subcommand(
      "report", "Prints a figure of all customers as CSV (with --json: as the API gives it).");
  command->add_option("figure", flags->figure, "Which.")
      ->required()
      ->check(CLI::IsMember({"value", "whale", "rfm", "alive", "two_by_two", "cohorts", "retention",
                             "profitability", "next_offers", "countries"}));
  command->add_option("--from", flags->from, "Customers with an order on this day or later.")
      ->type_name("DATE");
  command->add_option("--until", flags->until, "Customers with an order on this day or earlier.")
      ->type_name("DATE");
  command->add_option("--product", flags->product, "Customers who bought this product: its id.")
      ->type_name("ID");
  command->add_option("--country", flags->country, "Customers in this country: ES.");
  command->add_option("--subject", flags->subject, "Of persons or of companies.")
      ->check(CLI::IsMember({"person", "company"}));
  command->add_option("--measure", flags->measure, "Of value.")
      ->check(CLI::IsMember({"historic", "expected", "profit"}));
  command->add_option("--by", flags->by, "Of profitability.")
      ->check(CLI::IsMember({"customer_country", "channel", "month", "lifecycle", "rfm_cell"}));
  command->add_option("--period", flags->period, "Of cohorts and retention.")
      ->check(CLI::IsMember({"month", "quarter"}));
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback([&line, flags] { line.run = [&line, flags] { return report(line, *flags); }; });
}

}  // namespace rapport::server
