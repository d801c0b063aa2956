// What the table of an object type should be.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/hash.hpp"
#include "entity/catalog/ddl.hpp"

namespace rapport::entity {
namespace {

using Kind = Piece::Kind;

constexpr std::size_t identifier_max = 63;  // bytes; PostgreSQL cuts longer ones silently

// Tables of the engine that carry a person's key, or a record's, which may be a person: merge,
// export and erasure of persons follow them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> engine_person_tables{
    {{"active_months", "person_id"},
     {"changes", "person_id"},
     {"changes", "persons"},  // of a batch
     {"changes", "record_id"},
     {"customer_months", "person_id"},
     {"external_keys", "person_id"},
     {"external_keys", "id"},
     {"import_not_undone", "record_id"},
     {"import_sums", "record_id"},
     {"rescored_meanwhile", "person_id"},
     {"scores", "person_id"},
     {"search_rows", "record_id"},
     {"search_words", "record_id"}}};

// persons, company, link → "persons_company_link"; too long ones end in a hash of the whole.
std::string piece_name(std::string_view table, std::string_view what, std::string_view kind) {
  std::string name = fmt::format("{}_{}_{}", table, what, kind);
  if (name.size() <= identifier_max) return name;
  constexpr std::size_t kept = identifier_max - 9;
  return fmt::format("{}_{:08x}", name.substr(0, kept),
                     static_cast<std::uint32_t>(base::fnv1a(name)));
}

std::string main_column(const Field& field) {
  return column_name(field, columns_of(field.type)[0]);
}

// A literal of PostgreSQL; texts of the catalog alone, never of users' records.
std::string literal(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + "'";
}

std::string bound_text(const base::Value& bound) {
  if (const auto* whole = std::get_if<std::int64_t>(&bound)) return std::to_string(*whole);
  return base::to_text(std::get<base::Decimal>(bound));
}

class PiecesOf {
 public:
  PiecesOf(const Catalog& catalog, const ObjectType& object, std::string table)
      : catalog_(catalog), object_(object), table_(std::move(table)) {}

  std::vector<Piece> made() {
    fields(false);
    uniques();
    field_indexes(false);
    indexes();
    return std::move(pieces_);
  }

  // Of the table beside: the record's id, and the fields kept there.
  std::vector<Piece> made_beside() {
    put(Kind::column, "id", "id", "uuid not null");
    put(Kind::link, piece_name(table_, "id", "link"), "id",
        fmt::format("foreign key (\"id\") references {} (\"id\") on delete cascade",
                    quoted(object_.plural)));
    fields(true);
    field_indexes(true);
    return std::move(pieces_);
  }

 private:
  void fields(bool beside) {
    for (const Field& field : object_.fields) {
      if (field.beside == beside) columns(field);
    }
    key();
    for (const Field& field : object_.fields) {
      if (field.system || field.beside != beside) continue;
      checks(field);
      link(field);
    }
  }

  void put(Kind kind, std::string name, const std::string& field, std::string definition) {
    pieces_.push_back({kind, std::move(name), field, std::move(definition)});
  }

  void columns(const Field& field) {
    for (const ColumnPart& part : columns_of(field.type)) {
      const bool whole = part.part.empty() || field.type == FieldType::money;
      put(Kind::column, column_name(field, part), field.name,
          std::string(part.sql_type) + (field.required && whole ? " not null" : ""));
    }
  }

  [[nodiscard]] std::string person_column() const {
    if (object_.person_field.empty() || object_.person_field == "id") return {};
    const Field* link = object_.find(object_.person_field);
    return link == nullptr ? std::string() : main_column(*link);
  }

  void key() {
    const std::string person = object_.torrent ? quoted(person_column()) + ", " : "";
    put(Kind::key, table_ + "_pkey", "id", fmt::format("primary key ({}\"id\")", person));
  }

  void checks(const Field& field) {
    const std::string column = quoted(main_column(field));
    const auto put_check = [&](std::string_view what, const std::string& condition) {
      put(Kind::check, piece_name(table_, field.name, what), field.name,
          fmt::format("check ({})", condition));
    };
    if (!field.choices.empty()) {
      std::string names;
      for (const Choice& choice : field.choices) {
        names += (names.empty() ? "" : ", ") + literal(choice.name);
      }
      put_check("choice", field.type == FieldType::choice
                              ? fmt::format("{} in ({})", column, names)
                              : fmt::format("{} <@ array[{}]::text[]", column, names));
    }
    if (field.type == FieldType::text || field.type == FieldType::url) {
      const int otherwise =
          field.type == FieldType::url ? TypeLimits::url_max : TypeLimits::text_max;
      put_check("length", fmt::format("char_length({}) <= {}", column,
                                      field.max > 0 ? field.max : otherwise));
    }
    std::string bounds;
    if (field.least) bounds = fmt::format("{} >= {}", column, bound_text(*field.least));
    if (field.most) {
      bounds +=
          fmt::format("{}{} <= {}", bounds.empty() ? "" : " and ", column, bound_text(*field.most));
    }
    if (!bounds.empty()) put_check("bounds", bounds);
    if (field.type == FieldType::money) {
      put_check("whole", fmt::format("({} is null) = ({} is null)", column,
                                     quoted(column_name(field, columns_of(field.type)[1]))));
    }
  }

  // A foreign key where it holds however persons are spread: to what belongs to no person, to the
  // record's own person, and to a torrent's row of the same person. Never from one person's rows
  // to another's.
  void link(const Field& field) {
    const ObjectType* target = field.link_to.empty() ? nullptr : catalog_.find(field.link_to);
    if (target == nullptr) return;
    const std::string column = quoted(main_column(field));
    std::string from = column;
    std::string to = "\"id\"";
    if (target->name == "person") {
      if (object_.person_field != field.name) return;
    } else if (target->torrent) {
      const Field* their_person = target->find(target->person_field);
      if (person_column().empty() || their_person == nullptr) return;
      from = quoted(person_column()) + ", " + column;
      to = quoted(main_column(*their_person)) + ", \"id\"";
    } else if (!target->person_field.empty()) {
      return;
    }
    std::string on_delete = "no action";
    if (field.on_delete == OnDelete::cascade) on_delete = "cascade";
    if (field.on_delete == OnDelete::clear) on_delete = fmt::format("set null ({})", column);
    put(Kind::link, piece_name(table_, field.name, "link"), field.name,
        fmt::format("foreign key ({}) references {} ({}) on delete {}", from,
                    quoted(target->plural), to, on_delete));
  }

  void uniques() {
    for (const KeyDeclaration& each : object_.keys) {
      if (each.kind != KeyDeclaration::Kind::field) continue;
      const Field* field = object_.find(each.field);
      if (field == nullptr) continue;
      put(Kind::unique, piece_name(table_, field->name, "unique"), field->name,
          fmt::format("({})", quoted(main_column(*field))));
    }
    for (const Unique& unique : object_.uniques) {
      const Field* flag = unique.where.empty() ? nullptr : object_.find(unique.where);
      put(Kind::unique, piece_name(table_, unique.name, "unique"),
          unique.fields.empty() ? "" : unique.fields.back(),
          fmt::format("({}){}", columns_named(unique.fields),
                      flag == nullptr ? "" : " where " + quoted(main_column(*flag))));
    }
  }

  [[nodiscard]] std::string columns_named(const std::vector<std::string>& fields) const {
    std::string columns;
    for (const auto& name : fields) {
      if (const Field* field = object_.find(name)) {
        columns += (columns.empty() ? "" : ", ") + quoted(main_column(*field));
      }
    }
    return columns;
  }

  // Lists show what is not in the bin and no stand-ins, in an order that the id makes whole; an
  // index that says so counts them by itself. Links are also looked up from the other side, bin or
  // not, but only where they lead somewhere. Beside the record one does not know of the bin.
  void index(const Field& field) {
    if (!field.indexed || columns_of(field.type)[0].suffix.starts_with("_line")) return;
    const std::string column = quoted(main_column(field));
    const bool link = columns_of(field.type)[0].language == expression::Type::id;
    std::string where;
    if (link || !field.beside) {
      where = fmt::format(" where {} is {}", link ? column : "\"removed_at\"",
                          link ? "not null" : "null");
      if (!link && has_stand_ins(object_)) {
        where += fmt::format(" and {} <> '{}'", quoted(person_kind_field), stand_in_kind);
      }
    }
    put(Kind::index, piece_name(table_, field.name, "idx"), field.name,
        fmt::format("({}, \"id\"){}", column, where));
  }

  void field_indexes(bool beside) {
    for (const Field& field : object_.fields) {
      if (field.beside == beside) index(field);
    }
  }

  void indexes() {
    put(Kind::index, piece_name(table_, "bin", "idx"), "removed_at",
        "(\"removed_at\", \"id\") where \"removed_at\" is not null");
    if (object_.torrent) {
      put(Kind::index, piece_name(table_, "id", "idx"), "id", "(\"id\")");
      put(Kind::index, piece_name(table_, "batch", "idx"), "batch",
          "(\"batch\") where \"batch\" is not null");
    }
    for (const auto& fields : object_.indexes) {
      std::string what;
      for (const auto& name : fields) what += (what.empty() ? "" : "_") + name;
      put(Kind::index, piece_name(table_, what, "idx"), fields.front(),
          fmt::format("({})", columns_named(fields)));
    }
  }

  const Catalog& catalog_;
  const ObjectType& object_;
  std::string table_;
  std::vector<Piece> pieces_;
};

}  // namespace

std::string quoted(std::string_view name) {
  return fmt::format("\"{}\"", name);
}

std::vector<Piece> pieces_of(const Catalog& catalog, const ObjectType& object) {
  return PiecesOf(catalog, object, object.plural).made();
}

std::vector<Piece> beside_pieces_of(const Catalog& catalog, const ObjectType& object) {
  if (!object.has_beside()) return {};
  return PiecesOf(catalog, object, beside_table(object.plural)).made_beside();
}

std::vector<PersonTable> person_tables(const Catalog& catalog) {
  std::vector<PersonTable> tables;
  for (const ObjectType& object : catalog.objects()) {
    if (object.person_field.empty()) continue;
    const Field* link = object.find(object.person_field);
    if (link != nullptr) tables.push_back({object.plural, main_column(*link)});
    if (object.name == "person" && object.has_beside()) {
      tables.push_back({beside_table(object.plural), "id"});
    }
  }
  for (const auto& [table, column] : engine_person_tables) {
    tables.push_back({std::string(table), std::string(column)});
  }
  return tables;
}

}  // namespace rapport::entity
