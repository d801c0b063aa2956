// `rapport insight rules`: what is bought together, from a file of baskets.
#include <fmt/core.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <limits>
#include <memory>
#include <unordered_map>

#include "analytics/baskets/rules.hpp"
#include "base/json_writer.hpp"
#include "server/commands/column_file.hpp"
#include "server/commands/insight.hpp"

namespace rapport::server {

namespace {

constexpr std::size_t rules_shown = 20;  // to a person; a program gets all

struct RulesFlags {
  std::string file;
  analytics::RuleOptions options;
};

struct BasketFile {
  analytics::Baskets baskets;
  std::vector<std::string> labels;  // by item
};

// Spreadsheets fill short rows up with empty cells: an empty cell is no item, and a row of nothing
// else no basket.
base::Result<BasketFile> read_baskets(const std::string& path) {
  auto file = ColumnFile::open(path, {}, ',');
  if (!file) return std::unexpected(file.error());
  BasketFile result;
  std::unordered_map<std::string, analytics::Item> known;
  std::vector<analytics::Item> items;
  ColumnFile::Cells cells;
  while (true) {
    const auto more = file->next(cells);
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
    items.clear();
    for (const std::string_view cell : cells) {
      if (cell.empty()) continue;
      const auto next = static_cast<analytics::Item>(result.labels.size());
      const auto [at, added] = known.try_emplace(std::string(cell), next);
      if (added) result.labels.emplace_back(cell);
      items.push_back(at->second);
    }
    if (!items.empty()) result.baskets.add(items);
  }
  if (result.baskets.empty())
    return base::refuse(base::ProblemKind::invalid, "insight.no_rows", path + " has no baskets.");
  return result;
}

// Why there can be no rule, where the file itself is the reason: items parted by something else
// than commas make baskets of one item each.
std::string note_of(const BasketFile& file) {
  if (file.baskets.lines() > file.baskets.size()) return {};
  return "No basket holds two different items. A basket is a line, its items separated by commas.";
}

void print_json(const analytics::Rules& found, const BasketFile& file) {
  const auto& labels = file.labels;
  std::string out;
  base::JsonWriter writer(out);
  writer.begin_object();
  writer.key("count");
  writer.number(static_cast<std::int64_t>(found.rules.size()));
  writer.key("rules");
  writer.begin_array();
  for (const analytics::Rule& rule : found.rules) {
    writer.begin_object();
    writer.key("if");
    writer.begin_array();
    for (const analytics::Item item : rule.when) writer.string(labels[item]);
    writer.end_array();
    writer.key("then");
    writer.string(labels[rule.then]);
    writer.key("support");
    writer.raw(json_number(rule.support));
    writer.key("confidence");
    writer.raw(json_number(rule.confidence));
    writer.key("lift");
    writer.raw(json_number(rule.lift));
    writer.end_object();
  }
  writer.end_array();
  if (const auto note = note_of(file); !note.empty()) {
    writer.key("note");
    writer.string(note);
  }
  writer.end_object();
  fmt::print("{}\n", out);
}

void print_text(const analytics::Rules& found, const BasketFile& file) {
  const auto& labels = file.labels;
  fmt::print("{} rule{} in {} baskets, {} frequent sets.\n", found.rules.size(),
             found.rules.size() == 1 ? "" : "s", found.baskets, found.frequent_sets);
  if (const auto note = note_of(file); !note.empty()) fmt::print("{}\n", note);
  if (found.rules.empty()) return;
  fmt::print("{:>8}  {:>10}  {:>8}  {:>8}\n", "lift", "confidence", "support", "baskets");
  for (std::size_t i = 0; i < std::min(found.rules.size(), rules_shown); ++i) {
    const analytics::Rule& rule = found.rules[i];
    std::vector<std::string_view> when;
    when.reserve(rule.when.size());
    for (const analytics::Item item : rule.when) when.emplace_back(labels[item]);
    fmt::print("{:>8.3f}  {:>8.1f} %  {:>6.2f} %  {:>8}  {} -> {}\n", rule.lift,
               100 * rule.confidence, 100 * rule.support, rule.together, fmt::join(when, " + "),
               labels[rule.then]);
  }
  if (found.rules.size() > rules_shown)
    fmt::print("These lift most; --json gives the other {}, too.\n",
               found.rules.size() - rules_shown);
}

int show_rules(const CommandLine& line, const RulesFlags& flags) {
  const auto file = read_baskets(flags.file);
  if (!file) return fail(line, file.error());
  const auto found = analytics::find_rules(file->baskets, flags.options);
  if (!found) return fail(line, found.error());
  (line.json ? print_json : print_text)(*found, *file);
  return exit_done;
}

}  // namespace

void add_insight_rules(CLI::App& insight, CommandLine& line) {
  auto flags = std::make_shared<RulesFlags>();
  auto* command = insight.add_subcommand(
      "rules", "What is bought together: rules with support, confidence and lift, from a file.");
  command->add_option("--baskets", flags->file, "One basket a line, items separated by commas.")
      ->type_name("FILE")
      ->required();
  command
      ->add_option("--support", flags->options.support,
                   "Least share of the baskets that hold all of a rule, above 0 to 1.")
      ->type_name("SHARE")
      ->required();
  command
      ->add_option("--confidence", flags->options.confidence,
                   "Least share, of the baskets with its left side, that have its right one.")
      ->type_name("SHARE")
      ->required();
  command
      ->add_option("--items", flags->options.items_max,
                   "Most items of a rule, both sides together; 2 or more. [10]")
      ->type_name("N")
      ->check(CLI::Range(2U, std::numeric_limits<unsigned>::max()).description(""));
  add_json_flag(*command, line);
  command->callback(
      [&line, flags] { line.run = [&line, flags] { return show_rules(line, *flags); }; });
}

}  // namespace rapport::server
