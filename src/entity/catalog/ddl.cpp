#include "entity/catalog/ddl.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace rapport::entity {
namespace {

using Kind = Piece::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 6> kinds{{{Kind::column, "column"},
                                                                  {Kind::key, "key"},
                                                                  {Kind::check, "check"},
                                                                  {Kind::unique, "unique"},
                                                                  {Kind::index, "index"},
                                                                  {Kind::link, "link"}}};

const Piece* same(const std::vector<Piece>& pieces, const Piece& wanted) {
  const auto found = std::ranges::find_if(pieces, [&](const Piece& piece) {
    return piece.kind == wanted.kind && piece.name == wanted.name;
  });
  return found == pieces.end() ? nullptr : &*found;
}

bool is_constraint(Kind kind) {
  return kind == Kind::key || kind == Kind::check || kind == Kind::link;
}

std::string type_in(std::string_view definition) {
  constexpr std::string_view not_null = " not null";
  if (definition.ends_with(not_null)) definition.remove_suffix(not_null.size());
  return std::string(definition);
}

// The default of a field as SQL for the rows that are there already; texts doubled in quotes.
std::string default_of(const Field& field, const std::string& column) {
  std::vector<std::optional<std::string>> cells;
  append_cells(field, field.default_value, cells);
  const auto columns = columns_of(field.type);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (column_name(field, columns[i]) != column || !cells[i]) continue;
    std::string literal;
    for (const char c : *cells[i]) literal += c == '\'' ? "''" : std::string(1, c);
    // The type without its collation, which a cast does not take.
    const auto type = columns[i].sql_type.substr(0, columns[i].sql_type.find(" collate"));
    return fmt::format("'{}'::{}", literal, type);
  }
  return {};
}

class Altering {
 public:
  Altering(const ObjectType& object, TableOf table, const std::vector<Piece>& before,
           const std::vector<Piece>& after)
      : object_(object),
        before_(before),
        after_(after),
        beside_(table == TableOf::beside),
        table_(quoted(beside_ ? beside_table(object.plural) : object.plural)) {}

  base::Result<Alteration> made() {
    if (after_.empty()) {
      if (!before_.empty()) say(fmt::format("drop table {}", table_));
      return std::move(alteration_);
    }
    if (before_.empty()) {
      make_table();
    } else {
      for (const Piece& piece : before_) drop_where_gone(piece);
      for (const Piece& piece : after_) {
        if (piece.kind == Kind::column) alter_column(piece);
      }
    }
    for (const Piece& piece : after_) add_where_new(piece);
    if (!refusal_.empty()) {
      return base::refuse(base::ProblemKind::conflict, "catalog.needs_migration", refusal_);
    }
    return std::move(alteration_);
  }

 private:
  void say(std::string statement) { alteration_.statements.push_back(std::move(statement)); }

  void make_table() {
    std::string body;
    for (const Piece& piece : after_) {
      if (piece.kind == Kind::column) {
        body +=
            fmt::format("{}{} {}", body.empty() ? "" : ", ", quoted(piece.name), piece.definition);
      } else if (piece.kind == Kind::key || piece.kind == Kind::check) {
        body += fmt::format(", constraint {} {}", quoted(piece.name), piece.definition);
      }
    }
    say(fmt::format("create table {} ({})", table_, body));
    if (beside_) {
      say(fmt::format("insert into {} (\"id\") select \"id\" from {}", table_,
                      quoted(object_.plural)));
    }
  }

  void drop_where_gone(const Piece& piece) {
    const Piece* now = same(after_, piece);
    if (now != nullptr && now->definition == piece.definition) return;
    if (piece.kind == Kind::column) {
      if (now == nullptr) refuse(piece, "is gone");
      return;
    }
    if (piece.kind == Kind::key) return refuse(piece, "has changed");
    // A migration that dropped the column has dropped these with it.
    if (is_constraint(piece.kind)) {
      say(fmt::format("alter table {} drop constraint if exists {}", table_, quoted(piece.name)));
    } else {
      say(fmt::format("drop index if exists {}", quoted(piece.name)));
    }
  }

  void alter_column(const Piece& piece) {
    const Piece* was = same(before_, piece);
    const std::string column = quoted(piece.name);
    if (was == nullptr) {
      const Field* field = object_.find(piece.field);
      const std::string value = field == nullptr ? "" : default_of(*field, piece.name);
      // Rows that are there take the default at once; new ones get theirs from the program.
      say(fmt::format("alter table {} add column {} {}{}", table_, column, piece.definition,
                      value.empty() ? "" : " default " + value));
      if (!value.empty()) {
        say(fmt::format("alter table {} alter column {} drop default", table_, column));
      }
      return;
    }
    if (was->definition == piece.definition || was->definition == altered_by_hand) return;
    if (type_in(was->definition) != type_in(piece.definition)) return refuse(piece, "has changed");
    say(fmt::format("alter table {} alter column {} {} not null", table_, column,
                    piece.definition.ends_with(" not null") ? "set" : "drop"));
  }

  void add_where_new(const Piece& piece) {
    const Piece* was = same(before_, piece);
    if (was != nullptr && was->definition == piece.definition) return;
    const std::string name = quoted(piece.name);
    switch (piece.kind) {
      case Kind::column:
      case Kind::key:
        return;
      case Kind::check:
        if (before_.empty()) return;  // made with the table
        return say(fmt::format("alter table {} add constraint {} {}{}", table_, name,
                               piece.definition, spares_what_is_there(piece) ? " not valid" : ""));
      case Kind::unique:
      case Kind::index:
        return say(fmt::format("create {}index {} on {} {}",
                               piece.kind == Kind::unique ? "unique " : "", name, table_,
                               piece.definition));
      case Kind::link:
        alteration_.links.push_back(
            fmt::format("alter table {} add constraint {} {}", table_, name, piece.definition));
    }
  }

  // Bounds that a later version of the program sets hold for what is written from then on: values
  // from before must not keep it from starting. Whoever bounds a field of his own is told of them.
  [[nodiscard]] bool spares_what_is_there(const Piece& piece) const {
    const Field* field = object_.find(piece.field);
    const bool own = object_.custom || (field != nullptr && field->custom);
    return !beside_ && !own && piece.name.ends_with("_bounds");
  }

  void refuse(const Piece& piece, std::string_view what) {
    refusal_ += fmt::format("{} {} of {} {}: it needs a named migration. ", name_of(piece.kind),
                            piece.name, object_.plural, what);
  }

  const ObjectType& object_;
  const std::vector<Piece>& before_;
  const std::vector<Piece>& after_;
  bool beside_;
  std::string table_;
  Alteration alteration_;
  std::string refusal_;
};

// "Another person has this e-mail already."
Sentence sentence_for(const Catalog& catalog, const ObjectType& object, const Piece& piece) {
  const Field* field = object.find(piece.field);
  const std::string label = field == nullptr ? piece.field : field->label;
  if (piece.kind == Kind::unique) {
    for (const Unique& unique : object.uniques) {
      if (piece.name.find("_" + unique.name + "_") != std::string::npos && !unique.says.empty()) {
        return {piece.field, "write.not_unique", unique.says};
      }
    }
    return {piece.field, "write.not_unique",
            fmt::format("Another record of {} has this {} already, perhaps in the bin.",
                        object.label_many, label)};
  }
  if (piece.kind == Kind::key) {
    return {"id", "write.not_unique", "A record with this id is there already."};
  }
  if (piece.kind == Kind::link) {
    const ObjectType* target = field == nullptr ? nullptr : catalog.find(field->link_to);
    return {piece.field, "write.link_broken",
            fmt::format("{} must be a {} that is there, and stays as long as this points at it.",
                        label, target == nullptr ? "record" : target->label_one)};
  }
  if (piece.name.ends_with("_choice")) {
    return {piece.field, "write.not_a_choice", fmt::format("{} is none of its choices.", label)};
  }
  if (piece.name.ends_with("_length")) {
    return {piece.field, "write.too_long", fmt::format("{} is too long.", label)};
  }
  return {piece.field, "write.out_of_bounds", fmt::format("{} is out of its bounds.", label)};
}

}  // namespace

std::string_view name_of(Kind kind) {
  return kinds[static_cast<std::size_t>(kind)].second;
}

std::optional<Kind> piece_kind_named(std::string_view name) {
  for (const auto& [kind, word] : kinds) {
    if (word == name) return kind;
  }
  return std::nullopt;
}

base::Result<Alteration> alteration_of(const ObjectType& object, TableOf table,
                                       const std::vector<Piece>& before,
                                       const std::vector<Piece>& after) {
  return Altering(object, table, before, after).made();
}

std::optional<Sentence> sentence_of(const Catalog& catalog, const ObjectType& object,
                                    std::string_view constraint) {
  for (const auto& pieces : {pieces_of(catalog, object), beside_pieces_of(catalog, object)}) {
    for (const Piece& piece : pieces) {
      if (piece.kind == Kind::column || piece.name != constraint) continue;
      return sentence_for(catalog, object, piece);
    }
  }
  return std::nullopt;
}

}  // namespace rapport::entity
