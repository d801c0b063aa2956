#include "store/migration.hpp"

#include <sodium.h>

#include <charconv>
#include <map>

#include "base/embedded.hpp"

namespace rapport::store {

using base::ProblemKind;
using base::refuse;

namespace {

// "Rapport" in ASCII; taken for as long as a migration runs.
constexpr const char* kLock = "select pg_advisory_xact_lock(23156417265398388)";

constexpr const char* kMakeTable = R"(
create table if not exists migrations (
  number     integer primary key,
  name       text not null,
  checksum   text not null,
  applied_at timestamptz not null default now()
))";

struct Applied {
  std::string name, checksum;
};

std::string checksum_of(std::string_view sql) {
  unsigned char hash[32];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(sql.data()),
                     sql.size(), nullptr, 0);
  char hex[sizeof hash * 2 + 1];
  sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
  return hex;
}

std::string shown(const Migration& migration) {
  return std::to_string(migration.number) + " (" + std::string(migration.name) + ")";
}

base::Problem failed(const Migration& migration, const DatabaseError& error) {
  base::Problem problem = as_problem(error);
  problem.message = "The migration " + shown(migration) + " failed. " + problem.message;
  if (!error.detail.empty()) problem.details += " " + error.detail;
  return problem;
}

// Under the lock: what another process has applied meanwhile is seen.
std::expected<std::map<int, Applied>, DatabaseError> read_applied(Transaction& tx) {
  // A migration may take longer than a request may, and waits for requests under way to end.
  tx.send({"migration.no_timeout", "set local statement_timeout = 0"});
  tx.send({"migration.lock_timeout", "set local lock_timeout = '60s'"});
  tx.send({"migration.lock", kLock});
  tx.send({"migration.table", kMakeTable});
  const Answer rows =
      tx.run({"migration.applied", "select number, name, checksum from migrations"});
  if (!rows) return std::unexpected(rows.error());
  std::map<int, Applied> applied;
  for (std::size_t row = 0; row < rows->size(); ++row) {
    applied.emplace(static_cast<int>(rows->integer(row, 0)),
                    Applied{std::string(rows->text(row, 1)), std::string(rows->text(row, 2))});
  }
  return applied;
}

base::Result<void> check(const std::map<int, Applied>& applied, std::span<const Migration> all) {
  std::map<int, const Migration*> known;
  for (const Migration& each : all) known.emplace(each.number, &each);
  for (const auto& [number, was] : applied) {
    const auto found = known.find(number);
    if (found == known.end()) {
      return refuse(ProblemKind::conflict, "store.migration_unknown",
                    "The database was made by a newer version of this program.",
                    "it has migration " + std::to_string(number) + " (" + was.name + ")",
                    "Run that version, or restore a backup that is older.");
    }
    if (checksum_of(found->second->sql) != was.checksum) {
      return refuse(ProblemKind::conflict, "store.migration_changed",
                    "The migration " + shown(*found->second) +
                        " is not the one that was applied to this database.",
                    {}, "An applied migration is never edited; write a new one.");
    }
  }
  return {};
}

base::Result<bool> apply(Pool& pool, const Migration& migration, std::span<const Migration> all) {
  auto tx = pool.begin(Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  const auto applied = read_applied(*tx);
  if (!applied) return std::unexpected(failed(migration, applied.error()));
  if (auto good = check(*applied, all); !good) return std::unexpected(good.error());
  if (applied->contains(migration.number)) return false;
  if (!applied->empty() && applied->rbegin()->first > migration.number) {
    return refuse(ProblemKind::conflict, "store.migration_late",
                  "The migration " + shown(migration) + " comes after one that is applied already.",
                  "applied: " + std::to_string(applied->rbegin()->first),
                  "Give it a higher number.");
  }
  if (const Done done = tx->script(migration.sql); !done) {
    return std::unexpected(failed(migration, done.error()));
  }
  tx->send(
      {"migration.record", "insert into migrations (number, name, checksum) values ($1, $2, $3)"},
      Params().integer(migration.number).text(migration.name).text(checksum_of(migration.sql)));
  if (const Done done = tx->commit(); !done)
    return std::unexpected(failed(migration, done.error()));
  return true;
}

}  // namespace

base::Result<std::vector<Migration>> embedded_migrations() {
  std::vector<Migration> all;
  for (const base::EmbeddedFile& file : base::embedded_migrations()) {
    std::string_view name = file.path.substr(file.path.rfind('/') + 1);
    name.remove_suffix(std::string_view(".sql").size());
    Migration migration{.number = 0, .name = {}, .sql = file.text};
    const auto [end, error] =
        std::from_chars(name.data(), name.data() + name.size(), migration.number);
    const auto digits = static_cast<std::size_t>(end - name.data());
    if (error != std::errc{} || digits != 4 || digits + 1 >= name.size() || name[digits] != '_') {
      return refuse(
          ProblemKind::internal, "store.migration_name",
          "The migration " + std::string(file.path) + " is not named like 0001_what_it_does.sql.");
    }
    migration.name = name.substr(digits + 1);
    all.push_back(migration);
  }
  return all;
}

base::Result<std::vector<int>> migrate(Pool& pool, std::span<const Migration> all) {
  for (std::size_t n = 1; n < all.size(); ++n) {
    if (all[n - 1].number < all[n].number) continue;
    return refuse(ProblemKind::internal, "store.migration_order",
                  "Two migrations have the number " + std::to_string(all[n].number) + ".");
  }
  std::vector<int> now;
  {
    // Mostly there is nothing to do, and one look says so.
    auto tx = pool.begin(Mode::read_write);
    if (!tx) return std::unexpected(tx.error());
    const auto applied = read_applied(*tx);
    if (!applied) return std::unexpected(as_problem(applied.error()));
    if (auto good = check(*applied, all); !good) return std::unexpected(good.error());
    if (const Done done = tx->commit(); !done) return std::unexpected(as_problem(done.error()));
    if (applied->size() == all.size()) return now;
  }
  for (const Migration& each : all) {
    const auto done = apply(pool, each, all);
    if (!done) return std::unexpected(done.error());
    if (*done) now.push_back(each.number);
  }
  return now;
}

}  // namespace rapport::store
