// Writes the fields kept beside records (`beside: true` in object files): what a listener or a job
// reckons for many records at once. They are projections: no version, no history, no rules, and no
// policy; the row beside a record is there from the moment the record is.
//
//   auto scores = BesideWriter::of(tx, *road.catalog(), "person", {"lifetime_value", "scored_at"});
//   for (…) scores->add(person, {money, now});
//   auto differed = scores->finish();
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/problem.hpp"
#include "base/value.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/query/lookup_sql.hpp"
#include "store/database.hpp"

namespace rapport::entity {

class BesideWriter {
 public:
  static constexpr std::size_t rows_a_statement = 5000;

  // Refuses an object type or a field that is not there or not kept beside (`beside.unknown`).
  // Asserts the catalog's version, as every write does: where it moved on, the first answer is a
  // problem of which `catalog_changed` is true. Catalog and transaction must outlive it.
  [[nodiscard]] static base::Result<BesideWriter> of(store::Transaction& tx, const Catalog& catalog,
                                                     std::string_view object,
                                                     const std::vector<std::string>& fields);

  // A value a field, in the order they were named; an empty one clears. A value of another type
  // than its field's is refused (`beside.wrong_type`). Name a record once: of two rows for it,
  // either may stay. Full sets travel by the way; the rows of one are locked in the order of their
  // ids, so whoever adds more than `rows_a_statement` adds them in that order, too.
  [[nodiscard]] base::Result<void> add(const base::Id& record, std::span<const base::Value> values);

  // Sends what is left and gives the number of rows that differed and so were written; rows of
  // records that are not there any more are not. Does not commit.
  [[nodiscard]] base::Result<std::int64_t> finish();

 private:
  BesideWriter(store::Transaction& tx, const ObjectType& object, std::vector<const Field*> fields);
  base::Result<void> send();

  store::Transaction* tx_;
  const ObjectType* object_;
  std::vector<const Field*> fields_;
  std::string name_, sql_;         // of the statement
  std::vector<ArrayText> arrays_;  // the ids, then one a column
  std::vector<store::Ticket> sent_;
  std::int64_t differed_ = 0;
};

// All of it at once.
struct BesideRow {
  base::Id record;
  std::vector<base::Value> values;
};
[[nodiscard]] base::Result<std::int64_t> write_beside(store::Transaction& tx,
                                                      const Catalog& catalog,
                                                      std::string_view object,
                                                      const std::vector<std::string>& fields,
                                                      std::span<const BesideRow> rows);

// Whether a write failed because the catalog moved on since the snapshot it was given; the same
// work may succeed with the present one.
[[nodiscard]] bool catalog_changed(const base::Problem& problem);

// For those who write beside in other ways. The fields of these names (`beside.unknown`), and the
// first statement of their transactions.
[[nodiscard]] base::Result<std::vector<const Field*>> fields_beside(
    const ObjectType* object, std::string_view object_name, const std::vector<std::string>& names);
store::Ticket send_catalog_assertion(store::Transaction& tx, const Catalog& catalog);

}  // namespace rapport::entity
