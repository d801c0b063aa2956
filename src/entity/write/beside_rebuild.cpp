#include "entity/write/beside_rebuild.hpp"

#include <fmt/format.h>

#include <optional>
#include <set>
#include <utility>

#include "entity/plan/columns.hpp"
#include "entity/types/field_type.hpp"
#include "store/short_locks.hpp"

namespace rapport::entity {

namespace {

using base::Result;

class Rebuild {
 public:
  Rebuild(store::Transaction& tx, const ObjectType& object, std::vector<const Field*> fields)
      : tx_(tx), fields_(std::move(fields)), table_(beside_table(object.plural)) {
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

  Result<void> build(const Catalog& catalog, const std::function<bool(BesideRow&)>& next) {
    send_catalog_assertion(tx_, catalog);
    tx_.send({"beside.no_timeout", "set local statement_timeout = 0"});
    // The rows that are staged are put beside the old ones in memory, not in parts on disk.
    tx_.send({"beside.work_mem", "set local work_mem = '128MB'"});
    const auto since =
        tx_.run({"beside.since", "select pg_snapshot_xmin(pg_current_snapshot())::text"});
    if (!since) return std::unexpected(store::as_problem(since.error()));
    since_ = since->text(0, 0);
    if (auto done = stage(next); !done) return done;
    const std::string fill = fmt::format(
        "insert into {0} (id{1}) select b.id{2} from {3} b left join beside_stage w on w.id = b.id",
        quoted_name(table_ + "_next"), names_, columns_, quoted_name(table_));
    if (auto done = call("select beside_next_begin($1)"); !done) return done;
    if (auto done = run({"beside.fill", fill}, {}); !done) return done;
    return call("select beside_next_index($1)");
  }

  // False: the tables were in use all the time.
  Result<bool> swap(base::Duration wait_max) {
    const auto swapped = store::with_short_locks(tx_, wait_max, [this]() -> store::Done {
      const auto done = tx_.run({"beside.swap", "select beside_next_swap($1, $2::xid8)"},
                                store::Params().text(table_).text(since_));
      if (!done) return std::unexpected(done.error());
      return {};
    });
    if (!swapped) return failed(swapped.error());
    return *swapped;
  }

  Result<void> validate() { return call("select beside_next_validate($1)"); }

 private:
  static std::unexpected<base::Problem> failed(const store::DatabaseError& error) {
    return std::unexpected(store::as_problem(error));
  }

  Result<void> run(const store::Statement& statement, const store::Params& params) {
    const auto done = tx_.run(statement, params);
    if (!done) return failed(done.error());
    return {};
  }

  Result<void> call(std::string_view function) {
    return run({"beside.rebuild", function}, store::Params().text(table_));
  }

  Result<void> stage(const std::function<bool(BesideRow&)>& next) {
    const std::string made = fmt::format(
        "create temporary table beside_stage on commit drop as select id{} from {} "
        "limit 0",
        staged_, quoted_name(table_));
    if (auto done = run({"beside.stage", made}, {}); !done) return done;
    std::optional<base::Problem> wrong;
    BesideRow row;
    std::vector<std::optional<std::string>> cells;
    const auto copied = tx_.copy_in(fmt::format("copy beside_stage (id{}) from stdin", staged_),
                                    [&](std::string& out) {
                                      if (wrong || !next(row)) return;
                                      wrong = put(out, row, cells);
                                    });
    if (wrong) return std::unexpected(*std::move(wrong));
    if (!copied) return failed(copied.error());
    return {};
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

  store::Transaction& tx_;
  std::vector<const Field*> fields_;
  std::string table_;
  std::string staged_, names_, columns_;  // ", name" of what is staged; of all; ", value" of all
  std::string since_;                     // oldest transaction under way at the beginning
};

}  // namespace

Result<bool> rebuild_beside(store::Pool& pool, const Catalog& catalog, std::string_view object_name,
                            const std::vector<std::string>& names,
                            const std::function<bool(BesideRow&)>& next,
                            const RebuildOptions& options) {
  const ObjectType* object = catalog.find(object_name);
  auto fields = fields_beside(object, object_name, names);
  if (!fields) return std::unexpected(std::move(fields.error()));
  auto tx = pool.begin(store::Mode::read_write);
  if (!tx) return std::unexpected(std::move(tx.error()));
  Rebuild rebuild(*tx, *object, *fields);
  if (auto built = rebuild.build(catalog, next); !built) {
    return std::unexpected(std::move(built.error()));
  }
  if (auto may = options.may_swap(); !may) return std::unexpected(std::move(may.error()));
  const auto swapped = rebuild.swap(options.wait_max);
  if (!swapped || !*swapped) return swapped;
  if (const auto done = tx->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  auto after = pool.begin(store::Mode::read_write);
  if (!after) return std::unexpected(std::move(after.error()));
  after->send({"beside.no_timeout", "set local statement_timeout = 0"});
  if (auto valid = Rebuild(*after, *object, *fields).validate(); !valid) {
    return std::unexpected(std::move(valid.error()));
  }
  if (const auto done = after->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  return true;
}

}  // namespace rapport::entity
