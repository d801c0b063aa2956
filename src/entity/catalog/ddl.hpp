// Tables made of object types: real typed columns, named constraints, indexes. What a table should
// be is a list of pieces; what has to be done is the difference between two lists.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/catalog/catalog_source.hpp"

namespace rapport::entity {

// One part of a table. Its definition is SQL that follows the name; equal definitions need nothing.
struct Piece {
  enum class Kind { column, key, check, unique, index, link };
  Kind kind = Kind::column;
  std::string name;        // of the column, constraint or index: "persons_company_link"
  std::string field;       // whose it is; empty: the record's as a whole
  std::string definition;  // "text not null", "check (…)", "(\"name\", \"id\") where …"
  friend bool operator==(const Piece&, const Piece&) = default;
};

[[nodiscard]] std::string_view name_of(Piece::Kind kind);
[[nodiscard]] std::optional<Piece::Kind> piece_kind_named(std::string_view name);

// Definition of a column that a migration altered: taken as it is.
inline constexpr std::string_view altered_by_hand = "?";

[[nodiscard]] std::vector<Piece> pieces_of(const Catalog& catalog, const ObjectType& object);
// Of the table of the fields kept beside the records; empty where there are none.
[[nodiscard]] std::vector<Piece> beside_pieces_of(const Catalog& catalog, const ObjectType& object);

// The statements of one table, links apart: they wait until every table is there.
struct Alteration {
  std::vector<std::string> statements;
  std::vector<std::string> links;
};

// Of the object's own table, or of that beside it. `before` empty: the table is made, the one
// beside with a row for each record there is. `after` empty: its last field went, and so does it.
// A dropped column or a changed type is refused: by then `reconciled` (evolution.hpp) has said so
// in the words of fields.
enum class TableOf { records, beside };
[[nodiscard]] base::Result<Alteration> alteration_of(const ObjectType& object, TableOf table,
                                                     const std::vector<Piece>& before,
                                                     const std::vector<Piece>& after);

// The user's sentence for a broken constraint or unique index of the object's table, or of that
// beside it.
[[nodiscard]] std::optional<Sentence> sentence_of(const Catalog& catalog, const ObjectType& object,
                                                  std::string_view constraint);

// Tables that carry a person's key: those of object types, and the engine's own.
struct PersonTable {
  std::string table;
  std::string column;
};
[[nodiscard]] std::vector<PersonTable> person_tables(const Catalog& catalog);

// "persons" → "\"persons\""; names come from the catalog and hold no quotes.
[[nodiscard]] std::string quoted(std::string_view name);

}  // namespace rapport::entity
