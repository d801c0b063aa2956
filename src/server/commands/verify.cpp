#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <set>

#include "base/json.hpp"
#include "entity/road.hpp"
#include "server/commands/command_line.hpp"
#include "store/queries.hpp"

namespace rapport::server {

namespace {

using entity::ObjectType;

const store::Statement snapshot_statement = store::queries("verify")["one_snapshot"];
const store::Statement columns_statement = store::queries("verify")["columns"];
const store::Statement counted_statement = store::queries("verify")["counted"];
const store::Statement out_of_step_statement = store::queries("verify")["out_of_step"];
const store::Statement lost_statement = store::queries("verify")["lost"];
const store::Statement beside_statement = store::queries("verify")["beside_missing"];
const store::Statement identities_statement = store::queries("verify")["identities_missing"];

// What does not agree, in sentences; and what there is.
struct Report {
  std::vector<std::string> faults;
  base::Json objects = base::Json::object();
};

class Verification {
 public:
  Verification(store::Transaction& transaction, const entity::Catalog& catalog)
      : transaction_(transaction), catalog_(catalog) {}

  base::Result<Report> run() {
    if (auto begun = ask(snapshot_statement, {}); !begun) return std::unexpected(begun.error());
    for (const auto& object : catalog_.objects())
      for (auto step : {&Verification::agree, &Verification::count, &Verification::versions,
                        &Verification::lost, &Verification::beside, &Verification::identities})
        if (auto done = (this->*step)(object); !done) return std::unexpected(done.error());
    return std::move(report_);
  }

 private:
  base::Result<store::Rows> ask(const store::Statement& statement, const store::Params& params) {
    auto rows = transaction_.run(statement, params);
    if (!rows) return std::unexpected(store::as_problem(rows.error()));
    return *rows;
  }

  void fault(std::string sentence) { report_.faults.push_back(std::move(sentence)); }

  base::Result<void> agree(const ObjectType& object) {
    auto own = columns(object, object.plural, false);
    if (!own || !object.has_beside()) return own;
    return columns(object, entity::beside_table(object.plural), true);
  }

  base::Result<void> columns(const ObjectType& object, const std::string& table, bool beside) {
    auto rows = ask(columns_statement, store::Params().text(table));
    if (!rows) return std::unexpected(rows.error());
    std::set<std::string, std::less<>> there;
    for (std::size_t i = 0; i < rows->size(); ++i) there.emplace(rows->text(i, 0));
    if (there.empty()) fault(fmt::format("There is no table {}.", table));
    for (const auto& field : object.fields) {
      if (field.beside != beside) continue;
      for (const auto& part : entity::columns_of(field.type)) {
        auto column = field.name + std::string(part.suffix);
        // The program's own fields (created_by) are named as their columns are.
        if (!there.contains(column) && !(field.system && there.contains(field.name)))
          fault(fmt::format("Table {} has no column {}.", table, column));
      }
    }
    return {};
  }

  base::Result<void> count(const ObjectType& object) {
    auto rows = ask(counted_statement, store::Params().text(object.plural));
    if (!rows) return std::unexpected(rows.error());
    report_.objects[object.plural] = {{"records", rows->integer(0, 0)},
                                      {"in_bin", rows->integer(0, 1)}};
    return {};
  }

  base::Result<void> versions(const ObjectType& object) {
    auto rows = ask(out_of_step_statement,
                    store::Params().text(object.plural).text(object.name).boolean(object.torrent));
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t i = 0; i < rows->size(); ++i)
      fault(fmt::format("{} {} is at version {}, its last change at {}.", object.label_one,
                        rows->text(i, 0), rows->text(i, 1),
                        rows->is_null(i, 2) ? "none" : rows->text(i, 2)));
    return {};
  }

  base::Result<void> lost(const ObjectType& object) {
    if (object.torrent) return {};
    auto rows = ask(lost_statement, store::Params().text(object.plural).text(object.name));
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t i = 0; i < rows->size(); ++i)
      fault(fmt::format("{} {} is in the change log and not in its table.", object.label_one,
                        rows->text(i, 0)));
    return {};
  }

  base::Result<void> beside(const ObjectType& object) {
    if (!object.has_beside()) return {};
    auto rows = ask(beside_statement, store::Params().text(object.plural));
    if (!rows) return std::unexpected(rows.error());
    for (std::size_t i = 0; i < rows->size(); ++i)
      fault(fmt::format("{} {} has no row in the table {}.", object.label_one, rows->text(i, 0),
                        entity::beside_table(object.plural)));
    return {};
  }

  base::Result<void> identities(const ObjectType& object) {
    if (object.name != "person") return {};
    for (const auto& field : object.fields) {
      if (field.identity.empty()) continue;
      auto rows = ask(identities_statement, store::Params().text(field.name).text(field.identity));
      if (!rows) return std::unexpected(rows.error());
      for (std::size_t i = 0; i < rows->size(); ++i)
        fault(fmt::format("The {} of person {} is not among the identities.", field.label,
                          rows->text(i, 0)));
    }
    return {};
  }

  store::Transaction& transaction_;
  const entity::Catalog& catalog_;
  Report report_;
};

void print(const CommandLine& line, const Report& report) {
  if (line.json) {
    base::Json json{
        {"ok", report.faults.empty()}, {"objects", report.objects}, {"faults", report.faults}};
    std::printf("%s\n", base::to_text(json).c_str());
    return;
  }
  for (const auto& [plural, counts] : report.objects.items())
    std::printf("%-16s %10lld records, %lld in the bin\n", plural.c_str(),
                counts["records"].get<long long>(), counts["in_bin"].get<long long>());
  for (const auto& fault : report.faults) std::printf("%s\n", fault.c_str());
  std::printf(report.faults.empty() ? "All agrees.\n" : "%zu faults.\n", report.faults.size());
}

int verify(const CommandLine& line) {
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto transaction = (*application)->pool().begin(store::Mode::read_only);
  if (!transaction) return fail(line, transaction.error());
  auto catalog = (*application)->road().catalog();
  auto report = Verification(*transaction, *catalog).run();
  if (!report) return fail(line, report.error());
  print(line, *report);
  return report->faults.empty() ? exit_done : exit_failed;
}

}  // namespace

void add_verify(CLI::App& program, CommandLine& line) {
  auto* command = program.add_subcommand(
      "verify", "Compares the database with the catalog and the change log.");
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback([&line] { line.run = [&line] { return verify(line); }; });
}

}  // namespace rapport::server
