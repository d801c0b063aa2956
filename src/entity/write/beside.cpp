#include "entity/write/beside.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "entity/catalog/catalog_source.hpp"
#include "entity/plan/columns.hpp"
#include "entity/query/select_sql.hpp"

namespace rapport::entity {

namespace {

// Answers of statements that travelled are read behind so many, so that no more than these are
// under way.
constexpr std::size_t under_way_max = 4;

base::Result<store::Rows> answer_of(store::Transaction& tx, store::Ticket ticket) {
  auto rows = tx.take(ticket);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  return *std::move(rows);
}

// Only rows that differ are written: most scores stay as they are from day to day, and each written
// row costs an entry in every index beside.
std::string update_sql(const ObjectType& object, const std::vector<const Field*>& fields) {
  std::string arrays = "$1::uuid[]";
  std::string names = "id";
  std::string sets;
  std::string old_values;
  std::string new_values;
  int parameter = 1;
  for (const Field* field : fields) {
    for (const Column& column : table_columns(*field)) {
      const std::string name = quoted_name(column.name);
      // unnest would take an array of arrays apart, so these travel as text.
      const bool of_arrays = column.sql_type.ends_with("[]");
      arrays += fmt::format(", ${}::{}[]", ++parameter, of_arrays ? "text" : column.sql_type);
      names += ", " + name;
      const std::string value =
          of_arrays ? fmt::format("w.{}::{}", name, column.sql_type) : "w." + name;
      sets += fmt::format("{}{} = {}", sets.empty() ? "" : ", ", name, value);
      old_values += (old_values.empty() ? "b." : ", b.") + name;
      new_values += (new_values.empty() ? "" : ", ") + value;
    }
  }
  // Rows are locked in the order of their ids, so that two writers of the same rows wait and do not
  // deadlock.
  return fmt::format(
      "with w ({0}) as (select * from unnest({1})), "
      "l as (select b.id from {2} b join w on w.id = b.id "
      "where row({3}) is distinct from row({4}) order by b.id for no key update of b) "
      "update {2} b set {5} from w, l where b.id = l.id and w.id = l.id",
      names, arrays, quoted_name(beside_table(object.plural)), old_values, new_values, sets);
}

}  // namespace

BesideWriter::BesideWriter(store::Transaction& tx, const ObjectType& object,
                           std::vector<const Field*> fields)
    : tx_(&tx),
      object_(&object),
      fields_(std::move(fields)),
      name_("beside." + object.plural),
      sql_(update_sql(object, fields_)) {}

base::Result<std::vector<const Field*>> fields_beside(const ObjectType* object,
                                                      std::string_view object_name,
                                                      const std::vector<std::string>& names) {
  std::vector<const Field*> fields;
  for (const std::string& name : names) {
    const Field* field = object == nullptr ? nullptr : object->find(name);
    if (field == nullptr || !field->beside) {
      return base::refuse(base::ProblemKind::internal, "beside.unknown",
                          fmt::format("No field “{}” is kept beside “{}”.", name, object_name));
    }
    fields.push_back(field);
  }
  if (fields.empty()) {
    return base::refuse(base::ProblemKind::internal, "beside.unknown",
                        fmt::format("No field beside “{}” is named.", object_name));
  }
  return fields;
}

store::Ticket send_catalog_assertion(store::Transaction& tx, const Catalog& catalog) {
  return tx.send({"catalog.assert", "select catalog_assert($1)"},
                 store::Params().integer(catalog.version()));
}

bool catalog_changed(const base::Problem& problem) {
  return problem.details.starts_with(sqlstate_catalog_changed);
}

base::Result<BesideWriter> BesideWriter::of(store::Transaction& tx, const Catalog& catalog,
                                            std::string_view object_name,
                                            const std::vector<std::string>& names) {
  const ObjectType* object = catalog.find(object_name);
  auto fields = fields_beside(object, object_name, names);
  if (!fields) return std::unexpected(std::move(fields.error()));
  send_catalog_assertion(tx, catalog);
  // The statement reads the table under a weaker lock before it writes under this one: a rebuild
  // that changes the tables' places in between would wait for the former and keep us from the
  // latter.
  tx.send(
      {"beside.lock." + object->plural, fmt::format("lock table {} in row exclusive mode",
                                                    quoted_name(beside_table(object->plural)))});
  return BesideWriter(tx, *object, *std::move(fields));
}

base::Result<void> BesideWriter::add(const base::Id& record, std::span<const base::Value> values) {
  const bool whole = values.size() == fields_.size();
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    if (whole && fits(fields_[i]->type, values[i])) continue;
    return base::refuse(base::ProblemKind::internal, "beside.wrong_type",
                        fmt::format("“{}” does not take this value.", fields_[i]->label));
  }
  std::size_t at = 0;
  const auto next = [&]() -> ArrayText& {
    if (at == arrays_.size()) arrays_.emplace_back();
    return arrays_[at++];
  };
  next().add_id(record);
  std::vector<std::optional<std::string>> cells;
  for (std::size_t i = 0; i < fields_.size(); ++i) {
    cells.clear();
    append_cells(*fields_[i], values[i], cells);
    for (const auto& cell : cells) {
      ArrayText& array = next();
      if (cell) {
        array.add(*cell);
      } else {
        array.add_null();
      }
    }
  }
  return arrays_.front().size() < rows_a_statement ? base::Result<void>{} : send();
}

base::Result<void> BesideWriter::send() {
  std::vector<std::optional<std::string>> parameters;
  parameters.reserve(arrays_.size());
  for (ArrayText& array : arrays_) parameters.emplace_back(std::move(array).finish());
  arrays_.clear();
  sent_.push_back(tx_->send({name_, sql_}, to_params(parameters)));
  if (sent_.size() < under_way_max) return {};
  auto rows = answer_of(*tx_, sent_.front());
  if (!rows) return std::unexpected(std::move(rows.error()));
  differed_ += rows->affected();
  sent_.erase(sent_.begin());
  return {};
}

base::Result<std::int64_t> BesideWriter::finish() {
  if (!arrays_.empty()) {
    if (auto done = send(); !done) return std::unexpected(std::move(done.error()));
  }
  for (const store::Ticket ticket : sent_) {
    auto rows = answer_of(*tx_, ticket);
    if (!rows) return std::unexpected(std::move(rows.error()));
    differed_ += rows->affected();
  }
  sent_.clear();
  return std::exchange(differed_, 0);
}

base::Result<std::int64_t> write_beside(store::Transaction& tx, const Catalog& catalog,
                                        std::string_view object,
                                        const std::vector<std::string>& fields,
                                        std::span<const BesideRow> rows) {
  auto writer = BesideWriter::of(tx, catalog, object, fields);
  if (!writer) return std::unexpected(std::move(writer.error()));
  for (const BesideRow& row : rows) {
    if (auto added = writer->add(row.record, row.values); !added) {
      return std::unexpected(std::move(added.error()));
    }
  }
  return writer->finish();
}

}  // namespace rapport::entity
