#include "entity/catalog/applied.hpp"

#include <fmt/core.h>

#include "base/json.hpp"
#include "entity/catalog/object_json.hpp"

namespace rapport::entity {
namespace {

using base::Json;
using base::Result;
using Cells = std::vector<std::optional<std::string>>;

Result<Json> parsed(const std::string& text) {
  auto json = base::parse_json(text);
  if (!json) {
    return base::refuse(base::ProblemKind::internal, "catalog.damaged",
                        "The applied catalog in the database cannot be read.",
                        json.error().details);
  }
  return json;
}

}  // namespace

Result<AppliedCatalog> read_applied(store::Transaction& tx) {
  const auto state = tx.send({"catalog.version", "select version from catalog_state"});
  const auto definitions = tx.send(
      {"catalog.definitions",
       "select o.name, f.name, f.type, coalesce(f.definition, o.definition)::text"
       " from catalog_objects o"
       " cross join lateral (select null::text as name, ''::text as type,"
       "   null::json as definition, -1 as position union all"
       "   select name, type, definition, position from catalog_fields where object = o.name) f"
       " order by o.position, f.position"});
  const auto pieces = tx.send(
      {"catalog.pieces", "select table_name, kind, name, field, definition from catalog_pieces"});
  AppliedCatalog applied;
  auto rows = tx.take(state);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  applied.version = rows->integer(0, 0);
  rows = tx.take(definitions);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  for (std::size_t i = 0; i < rows->size(); ++i) {
    applied.rows.push_back({std::string(rows->text(i, 0)), std::string(rows->text(i, 1)),
                            std::string(rows->text(i, 2)), std::string(rows->text(i, 3))});
  }
  rows = tx.take(pieces);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto kind = piece_kind_named(rows->text(i, 1));
    if (!kind) continue;
    applied.pieces[std::string(rows->text(i, 0))].push_back({*kind, std::string(rows->text(i, 2)),
                                                             std::string(rows->text(i, 3)),
                                                             std::string(rows->text(i, 4))});
  }
  return applied;
}

Result<std::vector<ObjectType>> objects_of(const AppliedCatalog& applied) {
  std::vector<Json> documents;
  for (const DefinitionRow& row : applied.rows) {
    auto json = parsed(row.definition);
    if (!json) return std::unexpected(std::move(json.error()));
    if (row.field.empty()) {
      documents.push_back(*std::move(json));
      documents.back()["fields"] = Json::object();
    } else {
      (*json)["type"] = row.type;
      documents.back()["fields"][row.field] = *std::move(json);
    }
  }
  std::vector<ObjectType> objects;
  for (const Json& document : documents) {
    std::vector<base::FieldProblem> faults;
    objects.push_back(object_from_json(document, faults));
    complete(objects.back());
    if (!faults.empty()) {
      return base::refuse(
          base::ProblemKind::internal, "catalog.damaged",
          "The applied catalog in the database cannot be read.",
          fmt::format("{}{}: {}", objects.back().name, faults[0].field, faults[0].message));
    }
  }
  return objects;
}

std::vector<DefinitionRow> rows_of(const std::vector<ObjectType>& objects) {
  std::vector<DefinitionRow> rows;
  for (const ObjectType& object : objects) {
    Json json = json_of(object);
    const Json fields = json["fields"];
    json.erase("fields");
    rows.push_back({object.name, "", "", base::to_text(json)});
    for (const auto& [name, definition] : fields.items()) {
      Json field = definition;
      const std::string type = field["type"].template get<std::string>();
      field.erase("type");
      rows.push_back({object.name, name, type, base::to_text(field)});
    }
  }
  return rows;
}

Result<void> write_applied(store::Transaction& tx, const AppliedCatalog& applied) {
  Cells object_names;
  Cells object_definitions;
  Cells owners;
  Cells names;
  Cells types;
  Cells definitions;
  for (const DefinitionRow& row : applied.rows) {
    if (row.field.empty()) {
      object_names.emplace_back(row.object);
      object_definitions.emplace_back(row.definition);
    } else {
      owners.emplace_back(row.object);
      names.emplace_back(row.field);
      types.emplace_back(row.type);
      definitions.emplace_back(row.definition);
    }
  }
  Cells tables;
  Cells kinds;
  Cells pieces;
  Cells fields;
  Cells bodies;
  for (const auto& [table, list] : applied.pieces) {
    for (const Piece& piece : list) {
      tables.emplace_back(table);
      kinds.emplace_back(name_of(piece.kind));
      pieces.emplace_back(piece.name);
      fields.emplace_back(piece.field);
      bodies.emplace_back(piece.definition);
    }
  }
  tx.send({"catalog.forget_objects", "delete from catalog_objects"});
  tx.send({"catalog.forget_pieces", "delete from catalog_pieces"});
  store::Params objects;
  objects.array(object_names).array(object_definitions);
  tx.send({"catalog.keep_objects",
           "insert into catalog_objects (name, definition, position)"
           " select * from unnest($1::text[], $2::json[]) with ordinality"},
          objects);
  store::Params field_rows;
  field_rows.array(owners).array(names).array(types).array(definitions);
  tx.send({"catalog.keep_fields",
           "insert into catalog_fields (object, name, type, definition, position)"
           " select * from unnest($1::text[], $2::text[], $3::text[], $4::json[])"
           " with ordinality"},
          field_rows);
  store::Params piece_rows;
  piece_rows.array(tables).array(kinds).array(pieces).array(fields).array(bodies);
  tx.send({"catalog.keep_pieces",
           "insert into catalog_pieces (table_name, kind, name, field, definition)"
           " select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])"},
          piece_rows);
  store::Params version;
  version.integer(applied.version);
  auto done = tx.run({"catalog.raise_version",
                      "with raised as (update catalog_state set version = $1 returning version)"
                      " select pg_notify('catalog', version::text) from raised"},
                     version);
  if (!done) return std::unexpected(store::as_problem(done.error()));
  return {};
}

}  // namespace rapport::entity
