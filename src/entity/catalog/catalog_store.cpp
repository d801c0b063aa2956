#include "entity/catalog/catalog_store.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/log.hpp"
#include "entity/catalog/applied.hpp"
#include "entity/catalog/check_catalog.hpp"

namespace rapport::entity {
namespace {

using base::ProblemKind;
using base::Result;

// What people should read when a change of tables fails.
base::Problem alteration_problem(const store::DatabaseError& error, const std::string& statement) {
  base::Problem problem = store::as_problem(error);
  constexpr std::string_view lock_timeout = "55P03";
  if (error.sqlstate == lock_timeout) {
    problem.kind = ProblemKind::unavailable;
    problem.code = "catalog.busy";
    problem.message = "The table is in use; nothing was changed. Try again in a moment.";
  } else if (error.integrity_violation()) {
    problem.kind = ProblemKind::conflict;
    problem.code = "catalog.rows_in_the_way";
    problem.message = "Records that are there already break what the catalog now asks.";
    problem.hint = "Mend the records first, or let the field ask for less.";
  }
  problem.details = fmt::format("{} ({}) in: {}", error.message, error.sqlstate, statement);
  return problem;
}

Result<void> run_all(store::Transaction& tx, const std::vector<std::string>& statements) {
  for (const auto& sql : statements) {
    const auto done = tx.run({"catalog.alter", sql});
    if (!done) return std::unexpected(alteration_problem(done.error(), sql));
    base::log_debug("catalog: " + sql);
  }
  return {};
}

// Renames tables and columns, in the database and in the list of its pieces.
std::vector<std::string> renaming(const std::vector<Rename>& renames, AppliedCatalog& applied) {
  std::vector<std::string> statements;
  for (const Rename& rename : renames) {
    const std::string table = quoted(rename.table);
    if (rename.from.empty()) {
      statements.push_back(fmt::format("alter table {} rename to {}", table, quoted(rename.to)));
      auto moved = applied.pieces.extract(rename.table);
      if (moved.empty()) continue;
      moved.key() = rename.to;
      for (Piece& piece : moved.mapped()) {
        if (piece.kind != Piece::Kind::key) continue;
        const std::string name = rename.to + "_pkey";
        statements.push_back(
            fmt::format("alter index {} rename to {}", quoted(piece.name), quoted(name)));
        piece.name = name;
      }
      applied.pieces.insert(std::move(moved));
      continue;
    }
    statements.push_back(fmt::format("alter table {} rename column {} to {}", table,
                                     quoted(rename.from), quoted(rename.to)));
    for (Piece& piece : applied.pieces[rename.table]) {
      if (piece.kind == Piece::Kind::column && piece.name == rename.from) piece.name = rename.to;
    }
  }
  return statements;
}

struct Planned {
  std::shared_ptr<const Catalog> catalog;
  AppliedCatalog next;
  std::vector<std::string> statements;
  bool changed = false;
};

Result<Planned> planned(const AppliedCatalog& applied, const Reconciled& reconciled) {
  Planned plan;
  auto catalog = Catalog::of(reconciled.objects, applied.version);
  if (!catalog) return std::unexpected(std::move(catalog.error()));
  AppliedCatalog before = applied;
  plan.statements = renaming(reconciled.renames, before);
  plan.next.rows = rows_of((*catalog)->objects());
  std::vector<std::string> links;
  for (const ObjectType& object : (*catalog)->objects()) {
    for (const TableOf which : {TableOf::records, TableOf::beside}) {
      const bool beside = which == TableOf::beside;
      const std::string table = beside ? beside_table(object.plural) : object.plural;
      auto after = beside ? beside_pieces_of(**catalog, object) : pieces_of(**catalog, object);
      auto alteration = alteration_of(object, which, before.pieces[table], after);
      if (!alteration) return std::unexpected(std::move(alteration.error()));
      std::ranges::move(alteration->statements, std::back_inserter(plan.statements));
      std::ranges::move(alteration->links, std::back_inserter(links));
      if (!after.empty()) plan.next.pieces[table] = std::move(after);
    }
  }
  std::ranges::move(links, std::back_inserter(plan.statements));
  plan.changed = !plan.statements.empty() || plan.next.rows != applied.rows;
  plan.next.version = applied.version + (plan.changed ? 1 : 0);
  plan.catalog = *std::move(catalog);
  return plan;
}

}  // namespace

Result<std::unique_ptr<CatalogStore>> CatalogStore::open(store::Pool& pool,
                                                         std::vector<ObjectType> standard) {
  for (ObjectType& object : standard) complete(object);
  std::unique_ptr<CatalogStore> store(new CatalogStore(pool));
  const Plan plan = [&](const std::vector<ObjectType>& applied) {
    return reconciled(standard, applied);
  };
  auto done = store->change(at_start, plan);
  if (!done) return std::unexpected(std::move(done.error()));
  return store;
}

Result<void> CatalogStore::change(const Waits& waits, const Plan& plan) {
  // Mostly a start finds nothing to do, and need not wait for anybody.
  for (const Lock lock : {Lock::none, Lock::exclusive}) {
    auto done = try_change(lock, waits, plan);
    if (!done) return std::unexpected(std::move(done.error()));
    if (*done) return {};
  }
  return {};
}

Result<bool> CatalogStore::try_change(Lock lock, const Waits& waits, const Plan& plan) {
  auto tx = pool_.begin(store::Mode::read_write);
  if (!tx) return std::unexpected(std::move(tx.error()));
  if (lock == Lock::exclusive) {
    const std::string sql = "select pg_advisory_xact_lock(1382117488, 1)";
    const auto wait = [&](std::string_view timeout) {
      const std::string set = fmt::format("set local lock_timeout = '{}'", timeout);
      tx->send({"catalog.lock_timeout", set});
    };
    tx->send({"catalog.no_timeout", "set local statement_timeout = 0"});
    wait(waits.writes);
    const auto locked = tx->run({"catalog.lock", sql});
    if (!locked) return std::unexpected(alteration_problem(locked.error(), sql));
    wait(waits.tables);
  }
  auto applied = read_applied(*tx);
  if (!applied) return std::unexpected(std::move(applied.error()));
  auto objects = objects_of(*applied);
  if (!objects) return std::unexpected(std::move(objects.error()));
  auto wanted = plan(*objects);
  if (!wanted) return std::unexpected(std::move(wanted.error()));
  auto next = planned(*applied, *wanted);
  if (!next) return std::unexpected(std::move(next.error()));
  if (next->changed) {
    if (lock == Lock::none) return false;
    auto altered = run_all(*tx, next->statements);
    if (altered) altered = write_applied(*tx, next->next);
    if (!altered) return std::unexpected(std::move(altered.error()));
    // The same object types under the version that is now in the database.
    auto catalog = Catalog::of(next->catalog->objects(), next->next.version);
    if (!catalog) return std::unexpected(std::move(catalog.error()));
    next->catalog = *std::move(catalog);
  }
  const auto done = tx->commit();
  if (!done) return std::unexpected(store::as_problem(done.error()));
  if (next->changed) {
    base::log_info(fmt::format("catalog: version {} applied by {} statements", next->next.version,
                               next->statements.size()));
  }
  keep(std::move(next->catalog));
  return true;
}

void CatalogStore::keep(std::shared_ptr<const Catalog> catalog) {
  const std::scoped_lock lock(mutex_);
  // Two threads may have read it; the older reading must not win.
  if (snapshot_ == nullptr || snapshot_->version() <= catalog->version()) {
    snapshot_ = std::move(catalog);
  }
}

std::shared_ptr<const Catalog> CatalogStore::snapshot() const {
  const std::scoped_lock lock(mutex_);
  return snapshot_;
}

store::Statement CatalogStore::assertion() const {
  return {"catalog.assert", "select catalog_assert($1)"};
}

Result<void> CatalogStore::reload() {
  auto tx = pool_.begin(store::Mode::read_only);
  if (!tx) return std::unexpected(std::move(tx.error()));
  auto applied = read_applied(*tx);
  if (!applied) return std::unexpected(std::move(applied.error()));
  auto objects = objects_of(*applied);
  if (!objects) return std::unexpected(std::move(objects.error()));
  auto catalog = Catalog::of(*std::move(objects), applied->version);
  if (!catalog) return std::unexpected(std::move(catalog.error()));
  keep(*std::move(catalog));
  return {};
}

void CatalogStore::follow(const std::string& conninfo) {
  const auto read_again = [this] {
    const auto done = reload();
    if (!done) base::log_warning("catalog: cannot be read again: " + done.error().message);
  };
  listener_ = std::make_unique<store::Listener>(
      conninfo, std::vector<std::string>{"catalog"},
      store::Listener::Callbacks{
          .notified = [read_again](std::string_view, std::string_view) { read_again(); },
          .connected = read_again});
}

std::optional<Sentence> CatalogStore::sentence(const Catalog& catalog, const ObjectType& object,
                                               std::string_view constraint) const {
  return sentence_of(catalog, object, constraint);
}

Result<void> CatalogStore::add_field(std::string_view object_name, Field field) {
  field.custom = true;
  const Plan plan = [&](const std::vector<ObjectType>& applied) -> Result<Reconciled> {
    Reconciled wanted{applied, {}};
    const auto object = std::ranges::find(wanted.objects, object_name, &ObjectType::name);
    if (object == wanted.objects.end()) {
      return base::refuse(ProblemKind::not_found, "catalog.unknown_object",
                          fmt::format("There is no object type “{}”.", object_name));
    }
    if (object->find(field.name) != nullptr) {
      return base::refuse(
          ProblemKind::conflict, "catalog.field_exists",
          fmt::format("“{}” has a field “{}” already.", object->label_one, field.name));
    }
    object->fields.push_back(field);
    complete(*object);
    if (auto faults = undeclared_in(*object); !faults.empty()) {
      return base::refuse_field(faults[0].code, faults[0].field, faults[0].message);
    }
    return wanted;
  };
  return change(at_run_time, plan);
}

Result<void> CatalogStore::add_object(ObjectType object) {
  object.custom = true;
  complete(object);
  if (auto faults = undeclared_in(object); !faults.empty()) {
    return base::refuse_field(faults[0].code, faults[0].field, faults[0].message);
  }
  const Plan plan = [&](const std::vector<ObjectType>& applied) -> Result<Reconciled> {
    if (std::ranges::find(applied, object.name, &ObjectType::name) != applied.end()) {
      return base::refuse(ProblemKind::conflict, "catalog.object_exists",
                          fmt::format("There is an object type “{}” already.", object.name));
    }
    Reconciled wanted{applied, {}};
    wanted.objects.push_back(object);
    return wanted;
  };
  return change(at_run_time, plan);
}

}  // namespace rapport::entity
