// One row of the file, shaped by a bound mapping into the records it makes. Pure: no database.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/request/request.hpp"
#include "platform/exchange/csv/reader.hpp"
#include "platform/exchange/mapping/mapping.hpp"

namespace rapport::platform {

struct RowProblem {
  std::string column;  // empty: the row as a whole
  std::string reason;  // a sentence
};

// What one row makes of one object of the mapping.
struct ShapedRecord {
  bool made = false;     // false where `when` is not met
  entity::Item item;     // without pointer
  std::string identity;  // of its first key; the same in all rows that name this record
};

struct ShapedRow {
  std::vector<ShapedRecord> records;  // one an object of the mapping
  std::vector<RowProblem> problems;   // not empty: the row is rejected
};

class RowShaper {
 public:
  // Both must outlive the shaper; the mapping is bound.
  RowShaper(const Mapping& mapping, const entity::Catalog& catalog);

  // `occurrences`: which time each counted key comes, by object; 1 where it is not said.
  void shape(const CsvRow& row, const std::vector<int>& occurrences, ShapedRow& out) const;
  // The composed text of an object's first counted key, for counting; empty where the row does not
  // make the object, or it has none.
  [[nodiscard]] std::string counted_key(const CsvRow& row, std::size_t object) const;
  [[nodiscard]] bool counts_occurrences() const;
  // Whether the row meets a condition.
  [[nodiscard]] static bool meets(const CsvRow& row, const Condition& condition);

  [[nodiscard]] const Mapping& mapping() const { return mapping_; }
  [[nodiscard]] const entity::ObjectType& type(std::size_t object) const { return *types_[object]; }
  // The column a field's value comes from, for reasons; empty where none.
  [[nodiscard]] std::string column_of(std::size_t object, std::string_view field) const;

 private:
  using Problems = std::vector<RowProblem>;
  void record(const CsvRow& row, std::size_t object, int occurrence, ShapedRow& out) const;
  void keys(const CsvRow& row, const ObjectSpec& spec, int occurrence, ShapedRecord& record,
            Problems& problems) const;
  void field(const CsvRow& row, std::size_t object, std::size_t n, ShapedRow& out) const;
  bool input(const CsvRow& row, const entity::Field& field, const ValueSpec& value,
             const ShapedRow& made, entity::Input& out, RowProblem& problem) const;
  bool product(const CsvRow& row, const entity::Field& field, const ValueSpec& value,
               base::Value& out, RowProblem& problem) const;
  bool text(const CsvRow& row, const ValueSpec& value, std::string& out, RowProblem& problem) const;
  const entity::TextForms& forms(const CsvRow& row, const ValueSpec& value,
                                 entity::TextForms& own) const;
  void put_part(ShapedRecord& record, const entity::Field& field, const FieldSpec& spec,
                std::string text) const;

  const Mapping& mapping_;
  std::vector<const entity::ObjectType*> types_;
  std::vector<std::vector<const entity::Field*>> fields_;  // by object, in the mapping's order
};

}  // namespace rapport::platform
