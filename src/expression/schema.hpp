// What the language must know of the object types it speaks about. The catalog implements it; the
// language itself knows no record.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::expression {

enum class Type {
  text,
  integer,
  decimal,
  percent,
  money,
  boolean,
  date,
  instant,
  choice,   // one of `choices`
  choices,  // a set of them
  id,       // the record's own id, or a link's target: compared with an id or `me`
  json      // not comparable; `is empty` only
};

struct Field {
  std::string id;    // stable under renames; stored trees hold it
  std::string name;  // as written: "name", "address.city"
  Type type = Type::text;
  std::string column;           // SQL column, unquoted
  std::string currency_column;  // of money
  // The table beside the object's own that has the column, a row a record, under the record's id;
  // empty: it stands in the object's own.
  std::string beside;
  std::vector<std::string> choices;
  std::string link_to;        // object the id points at, or empty
  bool is_user = false;       // an id of a user: may be compared with `me`
  bool ignores_case = false;  // e-mail: kept folded, literals are folded too
};

struct Object {
  std::string name;   // "person"
  std::string table;  // "persons"
  std::vector<Field> fields;
};

class Schema {
 public:
  virtual ~Schema() = default;
  // nullptr where there is none.
  [[nodiscard]] virtual const Object* find_object(std::string_view name) const = 0;
  [[nodiscard]] virtual const Field* find_field(std::string_view object,
                                                std::string_view field_name) const = 0;
  [[nodiscard]] virtual const Field* find_field_by_id(std::string_view object,
                                                      std::string_view field_id) const = 0;
};

}  // namespace rapport::expression
