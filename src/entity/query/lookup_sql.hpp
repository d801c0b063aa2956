// What gather asks of the database: whom keys name, and the records a work looks at.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "entity/gather/draft.hpp"
#include "entity/query/select_sql.hpp"

namespace rapport::entity {

// Columns: the key's value, the id it names, whether another cause than the draft's gave it the key
// and may still take it back.
[[nodiscard]] SqlText key_sql(const Draft& draft, const KeySource& source, const KeyTable& table);

// Columns: id, version, in the bin, readable, writable, then the columns of the slots.
[[nodiscard]] SqlText records_sql(const Draft& draft, const ObjectDraft& objects);

// The ids among those to be purged that records of another type (or of the same) point at by
// `link`, other than records that this work purges, too.
[[nodiscard]] SqlText uses_sql(const ObjectDraft& purged, const ObjectType& by, const Field& link,
                               const ObjectDraft* by_draft);

// A PostgreSQL array literal, built up value by value.
class ArrayText {
 public:
  void add(std::string_view value);
  void add_id(const base::Id& id);
  void add_null();
  [[nodiscard]] std::string finish() &&;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  void separate();
  std::string text_ = "{";
  std::size_t size_ = 0;
};

}  // namespace rapport::entity
