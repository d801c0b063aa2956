// A mapping says what a file's columns mean: which records each row makes or changes, how they are
// recognised, which field takes which value. It is written in YAML or JSON, the same tree:
//
//   objects:
//     - object: person
//       key: {external: shop, of: [customer]}
//       fields: {number: customer, name.family: {column: surname}}
//     - object: order
//       key: {external: shop, of: [invoice]}
//       fields:
//         person: {link: person}
//         placed_at: {column: date, date: dd.MM.yyyy}
//         kind: {if: {column: invoice, starts_with: C}, then: return, else: order}
//         total: {product: [quantity, price], sum: true, currency: GBP}
//
// The last object (or the one with `main: true`) is the row's main object: the row counts by what
// became of it. Records of an earlier object that several rows name take the first value of each
// field; differing ones are reported.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/decimal.hpp"
#include "base/problem.hpp"
#include "entity/request/request.hpp"
#include "entity/types/field_type.hpp"
#include "platform/exchange/csv/dialect.hpp"

namespace rapport::platform {

struct MappingLimits {
  std::size_t bytes_max = 256 << 10;
  std::size_t objects_max = 20;
  std::size_t fields_max = 500;
  int depth_max = 12;  // of conditions and branches
};

struct ColumnRef {
  std::string name;
  int line = 0;    // in the mapping's text
  int index = -1;  // in the file's rows, once bound
};

struct Condition {
  enum class Is {
    all,
    any,
    negated,
    empty,
    filled,
    equals,
    one_of,
    starts_with,
    contains,
    less,
    at_most,
    more,
    at_least
  };
  Is is = Is::filled;
  ColumnRef column;
  std::vector<std::string> texts;  // of equals, one_of, starts_with, contains
  base::Decimal number;            // of less, at_most, more, at_least
  std::vector<Condition> parts;    // of all, any, negated
};

// Where a field's value comes from, and what is done to it on the way, in this order.
struct ValueSpec {
  enum class From { column, joined, text, constant, product, link, branch };
  From from = From::column;
  std::vector<ColumnRef> columns;    // of column, joined, product; of text: in its {braces}
  std::string separator = " ";       // of joined
  std::vector<std::string> pieces;   // of text: what stands between the columns; constant: the one
  std::vector<std::string> links;    // of link: the first of these the row makes
  std::vector<Condition> condition;  // of branch: one
  std::vector<ValueSpec> branches;   // of branch: then, else
  std::vector<std::pair<std::string, std::string>> values;  // texts replaced as a whole
  bool country = false;  // a country's name or code becomes its ISO code
  std::string remove;    // characters to leave out: thousands separators, currency signs
  std::string date;      // how dates and times are written: "dd.MM.yyyy HH:mm"
  std::string currency;  // of money; empty: as the forms say
  std::vector<ColumnRef> currency_column;  // none or one
  std::vector<ValueSpec> otherwise;        // none or one: where the value is empty
  bool sum = false;                        // of a parent: the sum over its rows
};

struct FieldSpec {
  std::string field;  // "placed_at"
  std::string part;   // "country" of "address.country"; empty: the whole
  ValueSpec value;
  entity::Collision collision = entity::Collision::overwrite;
  int line = 0;
};

struct KeySpec {
  entity::Key::Kind kind = entity::Key::Kind::external;
  std::string name;  // external: source; identity: kind; field: its name
  std::vector<ColumnRef> columns;
  bool occurrence = false;  // the n-th row with these very values
};

struct ObjectSpec {
  std::string object;
  std::string as;  // what links call it; the object's name unless said
  entity::Upsert::Mode mode = entity::Upsert::Mode::upsert;
  std::vector<Condition> when;  // none or one: only rows that meet it make this object
  std::vector<KeySpec> keys;
  std::vector<FieldSpec> fields;
  int line = 0;
};

struct RowRule {     // a report where it is met, a check where it must be met
  std::string name;  // of a report; of a check its sentence
  Condition is;
};

// What is stated here is believed; what is not is recognised.
struct FileSpec {
  std::optional<Encoding> encoding;
  std::optional<char> delimiter, quote;
  std::optional<Escape> escape;
  std::optional<bool> header;
  std::vector<std::vector<std::string>> layouts;  // names of the columns, by how many there are
};

struct Mapping {
  std::string name;
  FileSpec file;
  entity::TextForms forms;
  std::vector<ObjectSpec> objects;
  std::size_t main = 0;  // which of the objects a row counts by
  std::vector<RowRule> reports;
  std::vector<RowRule> checks;
};

// Reads YAML or JSON. A problem names the line and what was expected: `mapping.malformed`.
[[nodiscard]] base::Result<Mapping> parse_mapping(std::string_view text,
                                                  const MappingLimits& limits = {});

// Finds objects, fields and links in the catalog, and the columns in the file; fills in the
// indices. All problems at once, as field problems: `mapping.unknown_field`,
// `mapping.unknown_column` …
[[nodiscard]] base::Result<Mapping> bind_mapping(Mapping mapping, const entity::Catalog& catalog,
                                                 const std::vector<std::string>& columns);

// Every column the mapping names.
void for_each_column(Mapping& mapping, const std::function<void(ColumnRef&)>& visit);

}  // namespace rapport::platform
