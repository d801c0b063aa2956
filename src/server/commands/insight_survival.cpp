// `rapport insight survival`: how long customers stay, from a file with a row a customer.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <map>
#include <memory>

#include "analytics/contract/survival.hpp"
#include "base/json_writer.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/types/field_type.hpp"
#include "server/commands/column_file.hpp"
#include "server/commands/insight.hpp"

namespace rapport::server {

namespace {

constexpr std::size_t points_shown = 25;  // of a curve, to a person; a program gets all

struct SurvivalFlags {
  std::string file, time, ended, by;
};

struct StayFile {
  std::vector<double> time;
  std::vector<std::uint8_t> ended;
  std::vector<std::uint32_t> group;  // of each row; empty without --by
  std::vector<std::string> groups;   // by name, ascending

  [[nodiscard]] analytics::Stays stays() const { return {.time = time, .ended = ended}; }
};

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return {};
  return value;
}

// Yes and no as an import reads them, and 1.0 and 0.0, as tables of numbers are written.
std::optional<bool> yes_or_no(std::string_view text) {
  static const entity::Field field = [] {
    entity::Field yes_no;
    yes_no.type = entity::FieldType::boolean;
    return yes_no;
  }();
  if (const auto value = number(text); value == 1 || value == 0) return value == 1;
  const auto value = entity::value_from_text(field, text, {});
  if (!value || !std::holds_alternative<bool>(*value)) return {};
  return std::get<bool>(*value);
}

// Groups in the order of their names, whatever that of the rows is.
void order_groups(StayFile& file, const std::map<std::string, std::uint32_t>& seen) {
  std::vector<std::uint32_t> place(seen.size());
  for (const auto& [name, at] : seen) {
    place[at] = static_cast<std::uint32_t>(file.groups.size());
    file.groups.push_back(name);
  }
  for (std::uint32_t& group : file.group) group = place[group];
}

base::Result<StayFile> read_stays(const SurvivalFlags& flags) {
  std::vector<std::string> columns{flags.time, flags.ended};
  if (!flags.by.empty()) columns.push_back(flags.by);
  auto file = ColumnFile::open(flags.file, columns);
  if (!file) return std::unexpected(file.error());
  StayFile result;
  std::map<std::string, std::uint32_t> seen;
  ColumnFile::Cells cells;
  while (true) {
    const auto more = file->next(cells);
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    const auto time = number(cells[0]);
    if (!time || *time < 0)
      return std::unexpected(file->bad_cell(
          0, cells[0], "a number of 0 or more",
          "Times are numbers in one unit, with a point before their fractions: 6.5."));
    const auto ended = yes_or_no(cells[1]);
    if (!ended) return std::unexpected(file->bad_cell(1, cells[1], "yes or no, 1 or 0"));
    result.time.push_back(*time);
    result.ended.push_back(*ended ? 1 : 0);
    if (flags.by.empty()) continue;
    const auto next = static_cast<std::uint32_t>(seen.size());
    result.group.push_back(seen.try_emplace(std::string(cells[2]), next).first->second);
    if (seen.size() > analytics::log_rank_groups_max)
      return base::refuse(base::ProblemKind::too_large, "insight.too_many_groups",
                          fmt::format("Column \"{}\" has more than {} different values.", flags.by,
                                      analytics::log_rank_groups_max),
                          {}, "Group by a column with few.");
  }
  if (result.time.empty())
    return base::refuse(base::ProblemKind::invalid, "insight.no_rows",
                        flags.file + " has no rows below its first.");
  order_groups(result, seen);
  return result;
}

struct Survival {
  std::vector<analytics::SurvivalCurve> curves;  // of each group, or the one of all
  std::optional<analytics::LogRank> log_rank;
  std::string note;  // why there is no test, though groups were asked for
};

base::Result<Survival> survival_of(const StayFile& file) {
  Survival result;
  std::vector<StayFile> own(std::max<std::size_t>(file.groups.size(), 1));
  for (std::size_t i = 0; i < file.time.size(); ++i) {
    StayFile& group = own[file.group.empty() ? 0 : file.group[i]];
    group.time.push_back(file.time[i]);
    group.ended.push_back(file.ended[i]);
  }
  for (const StayFile& group : own) {
    auto curve = analytics::kaplan_meier(group.stays());
    if (!curve) return std::unexpected(curve.error());
    result.curves.push_back(std::move(*curve));
  }
  if (file.groups.empty()) return result;
  auto test =
      analytics::log_rank(file.stays(), file.group, static_cast<std::uint32_t>(file.groups.size()));
  if (test)
    result.log_rank = std::move(*test);
  else if (test.error().code == "analytics.one_group" ||
           test.error().code == "analytics.nothing_to_compare")
    result.note = test.error().message;
  else
    return std::unexpected(test.error());
  return result;
}

void write_curve(base::JsonWriter& writer, const std::string* name,
                 const analytics::SurvivalCurve& curve) {
  writer.begin_object();
  writer.key("group");
  name ? writer.string(*name) : writer.null();
  writer.key("points");
  writer.begin_array();
  for (const analytics::SurvivalPoint& point : curve.points) {
    writer.begin_object();
    writer.key("time");
    writer.raw(json_number(point.time));
    writer.key("at_risk");
    writer.number(static_cast<std::int64_t>(point.at_risk));
    writer.key("survival");
    writer.raw(json_number(point.survival));
    writer.key("low");
    writer.raw(json_number(point.low));
    writer.key("high");
    writer.raw(json_number(point.high));
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
}

void print_json(const StayFile& file, const Survival& found) {
  std::string out;
  base::JsonWriter writer(out);
  writer.begin_object();
  writer.key("groups");
  writer.begin_array();
  for (std::size_t i = 0; i < found.curves.size(); ++i)
    write_curve(writer, file.groups.empty() ? nullptr : &file.groups[i], found.curves[i]);
  writer.end_array();
  writer.key("log_rank");
  if (found.log_rank) {
    writer.begin_object();
    writer.key("chi2");
    writer.raw(json_number(found.log_rank->chi_square));
    writer.key("df");
    writer.number(found.log_rank->degrees);
    writer.key("p");
    writer.raw(json_number(found.log_rank->p));
    writer.end_object();
  } else {
    writer.null();
  }
  if (!found.note.empty()) {
    writer.key("note");
    writer.string(found.note);
  }
  writer.end_object();
  fmt::print("{}\n", out);
}

void print_curve(const std::string* name, const analytics::SurvivalCurve& curve) {
  fmt::print("{}{} customer{}, {} left; ", name ? (name->empty() ? "(empty)" : *name) + ": " : "",
             curve.customers, curve.customers == 1 ? "" : "s", curve.ended);
  if (const auto median = curve.median())
    fmt::print("half of them by {}.\n", *median);
  else
    fmt::print("more than half stay throughout.\n");
  fmt::print("{:>10}  {:>8}  {:>10}  {}\n", "time", "at risk", "still there", "95 % interval");
  // As many points as one can read, spread evenly, the last among them.
  const std::size_t all = curve.points.size(), shown = std::min(all, points_shown);
  for (std::size_t i = 1; i <= shown; ++i) {
    const analytics::SurvivalPoint& point = curve.points[all * i / shown - 1];
    fmt::print("{:>10}  {:>8}  {:>9.2f} %  ", point.time, point.at_risk, 100 * point.survival);
    if (point.low && point.survival < 1)
      fmt::print("{:.2f} to {:.2f} %\n", 100 * *point.low, 100 * *point.high);
    else
      fmt::print("none: {} left\n", point.survival < 1 ? "nobody is" : "nobody has");
  }
  if (shown < all) fmt::print("These are {} of {} times; --json gives all.\n", shown, all);
  fmt::print("\n");
}

void print_text(const StayFile& file, const Survival& found) {
  for (std::size_t i = 0; i < found.curves.size(); ++i)
    print_curve(file.groups.empty() ? nullptr : &file.groups[i], found.curves[i]);
  if (!found.note.empty()) fmt::print("{}\n", found.note);
  if (!found.log_rank) return;
  const auto& test = *found.log_rank;
  for (std::size_t i = 0; i < test.groups.size(); ++i)
    fmt::print("{}: {} left, {:.1f} expected if all groups were alike.\n",
               file.groups[i].empty() ? "(empty)" : file.groups[i], test.groups[i].observed,
               test.groups[i].expected);
  const std::string p = test.p > 0 ? fmt::format("= {:.3g}", test.p) : "below 1e-300";
  fmt::print("Log-rank test: chi-square {:.3f} with {} degree{} of freedom, p {}.\n",
             test.chi_square, test.degrees, test.degrees == 1 ? "" : "s", p);
}

int show_survival(const CommandLine& line, const SurvivalFlags& flags) {
  const auto file = read_stays(flags);
  if (!file) return fail(line, file.error());
  const auto found = survival_of(*file);
  if (!found) return fail(line, found.error());
  (line.json ? print_json : print_text)(*file, *found);
  return exit_done;
}

}  // namespace

void add_insight_survival(CLI::App& insight, CommandLine& line) {
  auto flags = std::make_shared<SurvivalFlags>();
  auto* command = insight.add_subcommand(
      "survival", "How long customers stay: the share still there by time, from a file.");
  command->add_option("--file", flags->file, "A row a customer, with a first row of names.")
      ->type_name("FILE")
      ->required();
  command->add_option("--time", flags->time, "How long the customer has stayed, in any unit.")
      ->type_name("COLUMN")
      ->required();
  command
      ->add_option("--event", flags->ended,
                   "Whether the customer left then (yes, 1) or is still there (no, 0).")
      ->type_name("COLUMN")
      ->required();
  command->add_option("--by", flags->by, "Compare the groups that this column makes.")
      ->type_name("COLUMN");
  add_json_flag(*command, line);
  command->callback(
      [&line, flags] { line.run = [&line, flags] { return show_survival(line, *flags); }; });
}

}  // namespace rapport::server
