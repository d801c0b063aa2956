// The catalog as it is applied in the database. At start it takes in what the object files added;
// while the program runs it gives requests their snapshot, holds the catalog still for each write,
// and adds custom fields and object types.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/catalog/catalog_source.hpp"
#include "entity/catalog/ddl.hpp"
#include "entity/catalog/evolution.hpp"
#include "store/database.hpp"
#include "store/listener.hpp"

namespace rapport::entity {

class CatalogStore final : public CatalogSource {
 public:
  // How long a change of the catalog waits for the writes that are under way, and then for a table
  // of its own. Others queue behind a table that is waited for, so at run time that is short.
  struct Waits {
    std::string_view writes, tables;
  };
  static constexpr Waits at_start{"30s", "30s"};
  static constexpr Waits at_run_time{"3s", "1s"};

  // Applies what the object types add to the database. Refuses where something would be lost
  // (`catalog.needs_migration`, with the SQL that a migration could begin with) or where rows are
  // in the way (`catalog.rows_in_the_way`). The tables of migration 0010 must be there.
  static base::Result<std::unique_ptr<CatalogStore>> open(store::Pool& pool,
                                                          std::vector<ObjectType> standard);

  // Reloads whenever any process has changed the catalog, so that reading sees a new field too
  // (writing finds out by itself). Takes a connection of its own.
  void follow(const std::string& conninfo);

  // CatalogSource.
  [[nodiscard]] std::shared_ptr<const Catalog> snapshot() const override;
  [[nodiscard]] store::Statement assertion() const override;
  base::Result<void> reload() override;
  [[nodiscard]] std::optional<Sentence> sentence(const Catalog& catalog, const ObjectType& object,
                                                 std::string_view constraint) const override;

  // Custom fields and object types, their names beginning with x_: real columns and tables, made
  // while others work. `unavailable` where the table stays in use for too long.
  base::Result<void> add_field(std::string_view object_name, Field field);
  base::Result<void> add_object(ObjectType object);

 private:
  using Plan = std::function<base::Result<Reconciled>(const std::vector<ObjectType>&)>;
  enum class Lock { none, exclusive };

  explicit CatalogStore(store::Pool& pool) : pool_(pool) {}
  base::Result<void> change(const Waits& waits, const Plan& plan);
  // False: something is to be done, which needs the exclusive lock.
  base::Result<bool> try_change(Lock lock, const Waits& waits, const Plan& plan);
  void keep(std::shared_ptr<const Catalog> catalog);

  store::Pool& pool_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Catalog> snapshot_;
  std::unique_ptr<store::Listener> listener_;  // last: it calls back until it is gone
};

}  // namespace rapport::entity
