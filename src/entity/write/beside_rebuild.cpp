#include "entity/write/beside_rebuild.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>

#include "base/log.hpp"
#include "entity/plan/columns.hpp"
#include "entity/types/field_type.hpp"
#include "store/short_locks.hpp"

namespace rapport::entity {

namespace {

using base::Result;

constexpr store::Statement no_timeout{"beside.no_timeout", "set local statement_timeout = 0"};

class Rebuild {
 public:
  Rebuild(const Catalog& catalog, const ObjectType& object, std::vector<const Field*> fields)
      : catalog_(catalog), fields_(std::move(fields)), table_(beside_table(object.plural)) {
    std::set<std::string> written;
    for (const Field* field : fields_) {
      for (const Column& column : table_columns(*field)) {
        staged_ += ", " + quoted_name(column.name);
        columns_ += fmt::format(", case when w.id is null then b.{0} else w.{0} end",
                                quoted_name(column.name));
      }
      written.insert(field->name);
    }
    names_ = staged_;
    for (const Field& field : object.fields) {
      if (!field.beside || written.contains(field.name)) continue;
      for (const Column& column : table_columns(field)) {
        names_ += ", " + quoted_name(column.name);
        columns_ += ", b." + quoted_name(column.name);
      }
    }
  }

  // These give true, but for swap, which gives false where the tables were in use all the time.
  Result<bool> build(store::Transaction& tx, const std::function<bool(BesideRow&)>& next) {
    send_catalog_assertion(tx, catalog_);
    tx.send(no_timeout);
    // The rows that are staged are put beside the old ones in memory, not in parts on disk.
    tx.send({"beside.work_mem", "set local work_mem = '128MB'"});
    const auto since =
        tx.run({"beside.since", "select pg_snapshot_xmin(pg_current_snapshot())::text"});
    if (!since) return failed(since.error());
    since_ = since->text(0, 0);
    if (auto done = stage(tx, next); !done) return done;
    const std::string fill = fmt::format(
        "insert into {0} (id{1}) select b.id{2} from {3} b left join beside_stage w on w.id = b.id",
        quoted_name(table_ + "_next"), names_, columns_, quoted_name(table_));
    if (auto done = call(tx, "select beside_next_begin($1)"); !done) return done;
    if (auto done = run(tx, {"beside.fill", fill}, {}); !done) return done;
    return call(tx, "select beside_next_index($1)");
  }

  Result<bool> swap(store::Transaction& tx, base::Duration wait_max) {
    send_catalog_assertion(tx, catalog_);
    tx.send(no_timeout);
    const auto swapped = store::with_short_locks(tx, wait_max, [&]() -> store::Done {
      const auto done = tx.run({"beside.swap", "select beside_next_swap($1, $2::xid8)"},
                               store::Params().text(table_).text(since_));
      if (!done) return std::unexpected(done.error());
      return {};
    });
    if (!swapped) return failed(swapped.error());
    return *swapped;
  }

  Result<bool> validate(store::Transaction& tx) {
    tx.send(no_timeout);
    return call(tx, "select beside_next_validate($1)");
  }

  Result<bool> give_up(store::Transaction& tx) { return call(tx, "select beside_next_drop($1)"); }

 private:
  static std::unexpected<base::Problem> failed(const store::DatabaseError& error) {
    return std::unexpected(store::as_problem(error));
  }

  static Result<bool> run(store::Transaction& tx, const store::Statement& statement,
                          const store::Params& params) {
    const auto done = tx.run(statement, params);
    if (!done) return failed(done.error());
    return true;
  }

  Result<bool> call(store::Transaction& tx, std::string_view function) const {
    return run(tx, {"beside.rebuild", function}, store::Params().text(table_));
  }

  Result<bool> stage(store::Transaction& tx, const std::function<bool(BesideRow&)>& next) {
    const std::string made = fmt::format(
        "create temporary table beside_stage on commit drop as select id{} from {} "
        "limit 0",
        staged_, quoted_name(table_));
    if (auto done = run(tx, {"beside.stage", made}, {}); !done) return done;
    std::optional<base::Problem> wrong;
    BesideRow row;
    std::vector<std::optional<std::string>> cells;
    const auto copied = tx.copy_in(fmt::format("copy beside_stage (id{}) from stdin", staged_),
                                   [&](std::string& out) {
                                     if (wrong || !next(row)) return;
                                     wrong = put(out, row, cells);
                                   });
    if (wrong) return std::unexpected(*std::move(wrong));
    if (!copied) return failed(copied.error());
    return true;
  }

  std::optional<base::Problem> put(std::string& out, const BesideRow& row,
                                   std::vector<std::optional<std::string>>& cells) {
    store::CopyRow line(out);
    line.id(row.record);
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      if (row.values.size() != fields_.size() || !fits(fields_[i]->type, row.values[i])) {
        return base::refuse(base::ProblemKind::internal, "beside.wrong_type",
                            fmt::format("“{}” does not take this value.", fields_[i]->label))
            .error();
      }
      cells.clear();
      append_cells(*fields_[i], row.values[i], cells);
      for (const auto& cell : cells) {
        if (cell) {
          line.text(*cell);
        } else {
          line.null();
        }
      }
    }
    line.end();
    return std::nullopt;
  }

  const Catalog& catalog_;
  std::vector<const Field*> fields_;
  std::string table_;
  std::string staged_, names_, columns_;  // ", name" of what is staged; of all; ", value" of all
  std::string since_;                     // oldest transaction under way at the beginning
};

base::Result<void> committed(store::Transaction& tx) {
  const auto done = tx.commit();
  if (!done) return std::unexpected(store::as_problem(done.error()));
  return {};
}

}  // namespace

// Three transactions: what the first has made is on disk before the second takes the old table
// away, which is a matter of names; the third reads all rows once more, while others use them.
Result<bool> rebuild_beside(store::Pool& pool, const Catalog& catalog, std::string_view object_name,
                            const std::vector<std::string>& names,
                            const std::function<bool(BesideRow&)>& next,
                            const RebuildOptions& options) {
  const ObjectType* object = catalog.find(object_name);
  auto fields = fields_beside(object, object_name, names);
  if (!fields) return std::unexpected(std::move(fields.error()));
  Rebuild rebuild(catalog, *object, *fields);
  const auto in_one = [&](const auto& step) -> Result<bool> {
    auto tx = pool.begin(store::Mode::read_write);
    if (!tx) return std::unexpected(std::move(tx.error()));
    auto done = step(*tx);
    if (!done || !*done) return done;
    if (auto kept = committed(*tx); !kept) return std::unexpected(std::move(kept.error()));
    return true;
  };
  if (auto built = in_one([&](auto& tx) { return rebuild.build(tx, next); }); !built) return built;
  auto swapped = [&]() -> Result<bool> {
    if (auto may = options.may_swap(); !may) return std::unexpected(std::move(may.error()));
    return in_one([&](auto& tx) { return rebuild.swap(tx, options.wait_max); });
  }();
  if (swapped && *swapped) return in_one([&](auto& tx) { return rebuild.validate(tx); });
  if (auto given_up = in_one([&](auto& tx) { return rebuild.give_up(tx); }); !given_up) {
    base::log_warning("a table beside records stays until the next is made: " +
                      given_up.error().message);
  }
  return swapped;
}

}  // namespace rapport::entity
