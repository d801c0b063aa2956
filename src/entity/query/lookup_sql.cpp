#include "entity/query/lookup_sql.hpp"

#include <fmt/format.h>

#include <utility>

#include "entity/plan/columns.hpp"

namespace rapport::entity {

void ArrayText::separate() {
  if (size_++ > 0) text_ += ',';
}

void ArrayText::add(std::string_view value) {
  separate();
  text_ += '"';
  if (value.find_first_of("\"\\") == std::string_view::npos) {
    text_ += value;
  } else {
    for (const char c : value) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
  }
  text_ += '"';
}

void ArrayText::add_id(const base::Id& id) {
  separate();
  base::append_text(text_, id);
}

void ArrayText::add_null() {
  separate();
  text_ += "NULL";
}

std::string ArrayText::finish() && {
  text_ += '}';
  return std::move(text_);
}

// One probe of the index a value, whatever the planner believes about the table: with statistics
// from before an import it would rather read a whole source and compare it with every value.
SqlText key_sql(const Draft& draft, const KeySource& source, const KeyTable& table) {
  SqlText sql;
  ArrayText values;
  for (const auto& [value, holders] : table) values.add(value);
  const std::string array = sql.parameter(std::move(values).finish()) + "::text[]";
  const auto& cause = draft.caller().cause.id;
  const auto another = [&](std::string_view given) {
    const std::string own =
        sql.parameter(cause ? std::optional(base::to_text(*cause)) : std::nullopt);
    return fmt::format("not {0}.named_since and {0}.cause_id is distinct from {1}::uuid", given,
                       own);
  };
  std::string probe;
  switch (source.kind) {
    case Key::Kind::external: {
      const std::string object = sql.parameter(source.object);
      const std::string name = sql.parameter(source.source);
      probe = fmt::format(
          "select k.id, k.cause_id is not null and {} as given from external_keys k "
          "where k.object = {} and k.source = {} and k.value = w.value",
          another("k"), object, name);
      break;
    }
    case Key::Kind::identity:
      probe = fmt::format(
          "select k.person_id as id, exists (select 1 from identity_causes c "
          "where c.identity_id = k.id and {}) as given "
          "from identities k where k.kind = {} and k.value = w.value",
          another("c"), sql.parameter(source.source));
      break;
    case Key::Kind::field: {
      const ObjectType& object = *draft.catalog().find(source.object);
      probe = fmt::format("select k.id, false as given from {} k where k.{} = w.value",
                          quoted_name(object.plural),
                          quoted_name(table_columns(*object.find(source.source)).front().name));
      break;
    }
  }
  sql.text = fmt::format(
      "select w.value, n.id, n.given from unnest({}) as w(value) cross join lateral ({} offset 0) "
      "n",
      array, probe);
  return sql;
}

SqlText uses_sql(const ObjectDraft& purged, const ObjectType& by, const Field& link,
                 const ObjectDraft* by_draft) {
  const auto array = [](const std::vector<base::Id>& ids) {
    ArrayText text;
    for (const base::Id& id : ids) text.add_id(id);
    return std::move(text).finish();
  };
  SqlText sql;
  const std::string column = quoted_name(table_columns(link).front().name);
  sql.text = fmt::format("select distinct x.{0} from {1} x where x.{0} = any({2}::uuid[])", column,
                         quoted_name(by.plural), sql.parameter(array(purged.purged)));
  if (by_draft != nullptr && !by_draft->purged.empty()) {
    // Hashed, which `<> all` of a parameter is not.
    sql.text += fmt::format(" and x.id not in (select unnest({}::uuid[]))",
                            sql.parameter(array(by_draft->purged)));
  }
  return sql;
}

namespace {

// True for each record that all of the policy's conditions for these operations allow.
std::string allowed_sql(const Draft& draft, const ObjectDraft& objects,
                        std::span<const Operation> operations, SqlText& sql) {
  std::string all;
  for (const Operation operation : operations) {
    const auto condition = draft.caller().policy->condition(operation, *objects.object);
    if (!condition || !condition->root) continue;
    // Each condition joins for itself, in a subselect, so that aliases cannot meet.
    const expression::Asker asker{
        .me = draft.caller().user, .now = draft.now(), .zone = draft.caller().zone};
    const auto made = condition_sql(*condition, draft.catalog(), asker, "x", sql);
    all += fmt::format("{}exists (select 1 from {} x {} where x.id = t.id and {})",
                       all.empty() ? "" : " and ", quoted_name(objects.object->plural), made.joins,
                       made.where);
  }
  return all.empty() ? "true" : all;
}

}  // namespace

SqlText records_sql(const Draft& draft, const ObjectDraft& objects) {
  SqlText sql;
  ArrayText ids;
  for (const base::Id& id : objects.wanted) ids.add_id(id);
  const std::string array = sql.parameter(std::move(ids).finish()) + "::uuid[]";
  constexpr Operation read[] = {Operation::read};
  const std::string readable = allowed_sql(draft, objects, read, sql);
  const std::string writable = allowed_sql(draft, objects, objects.operations, sql);
  std::string columns;
  std::string beside;
  for (const Field* field : objects.slots) {
    if (field->beside) {
      beside = fmt::format(" join {} b on b.id = t.id",
                           quoted_name(beside_table(objects.object->plural)));
    }
    for (const Column& column : table_columns(*field)) {
      columns += fmt::format(", {}.{}", field->beside ? "b" : "t", quoted_name(column.name));
    }
  }
  sql.text = fmt::format(
      "select t.id, t.version, t.removed_at is not null, {}, {}{} from {} t{} where t.id = any({})",
      readable, writable, columns, quoted_name(objects.object->plural), beside, array);
  return sql;
}

}  // namespace rapport::entity
