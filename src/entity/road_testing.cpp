#include "entity/road_testing.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "store/migration.hpp"

namespace rapport::entity::testing {

namespace {

Field field(std::string name, FieldType type) {
  Field made;
  if (type == FieldType::text) made.max = 200;
  made.name = std::move(name);
  made.type = type;
  return made;
}

Field link(std::string name, std::string to, OnDelete on_delete, std::string back) {
  Field made = field(std::move(name), FieldType::link);
  made.link_to = std::move(to);
  made.on_delete = on_delete;
  made.back = std::move(back);
  made.indexed = true;
  return made;
}

Field indexed(Field made) {
  made.indexed = true;
  return made;
}

Field beside(Field made) {
  made.beside = true;
  return made;
}

Field required(Field made) {
  made.required = true;
  return made;
}

Field choice(std::string name, std::vector<std::string> choices, std::string usual) {
  Field made = field(std::move(name), FieldType::choice);
  for (std::string& one : choices) made.choices.push_back({std::move(one), {}, {}});
  if (!usual.empty()) made.default_value = std::move(usual);
  return made;
}

ObjectType object(std::string name, std::string plural, std::string title,
                  std::vector<Field> fields) {
  ObjectType made;
  made.name = std::move(name);
  made.plural = std::move(plural);
  made.title = std::move(title);
  made.fields = std::move(fields);
  made.keys.push_back({KeyDeclaration::Kind::external, {}});
  return made;
}

ObjectType person() {
  Field email = indexed(field("email", FieldType::email));
  email.identity = "email";
  Field phone = field("phone", FieldType::phone);
  phone.identity = "phone";
  Field points = field("points", FieldType::integer);
  points.read_only = true;
  ObjectType made = object(
      "person", "persons", "name",
      {indexed(field("name", FieldType::person_name)), std::move(email), std::move(phone),
       required(choice("kind", {"identified", "anonymous"}, "identified")),
       indexed(choice("lifecycle", {"prospect", "customer", "lapsed"}, "")),
       link("company", "company", OnDelete::clear, "persons"), field("address", FieldType::address),
       field("birth_date", FieldType::date), field("tags", FieldType::choices),
       field("note", FieldType::long_text), std::move(points), field("extra", FieldType::json),
       beside(indexed(field("lifetime_value", FieldType::money))),
       beside(indexed(field("scored_at", FieldType::instant))),
       beside(choice("warning", {"none", "watch", "act"}, "")),
       beside(link("favourite", "company", OnDelete::restrict, "admirers")),
       beside(field("cell", FieldType::text)), beside(field("habits", FieldType::choices)),
       beside(field("facts", FieldType::json))});
  for (Field& one : made.fields) {
    const bool colours = one.name == "tags" || one.name == "habits";
    if (colours) one.choices = {{"red", {}, {}}, {"blue", {}, {}}};
  }
  made.person_field = "id";
  made.keys.push_back({KeyDeclaration::Kind::identity, {}});
  return made;
}

ObjectType order() {
  ObjectType made = object(
      "order", "orders", "number",
      {field("number", FieldType::text), required(indexed(field("placed_at", FieldType::instant))),
       required(link("person", "person", OnDelete::restrict, "orders")),
       link("company", "company", OnDelete::restrict, "orders"),
       indexed(field("total", FieldType::money)), field("quantity", FieldType::decimal)});
  made.torrent = true;
  made.person_field = "person";
  return made;
}

ObjectType line() {
  ObjectType made = object("order_line", "order_lines", "text",
                           {required(link("order", "order", OnDelete::cascade, "lines")),
                            required(link("person", "person", OnDelete::restrict, "order_lines")),
                            field("text", FieldType::text), field("total", FieldType::money)});
  made.torrent = true;
  made.person_field = "person";
  return made;
}

ObjectType company() {
  ObjectType made =
      object("company", "companies", "name",
             {required(indexed(field("name", FieldType::text))), field("number", FieldType::text),
              field("opened_on", FieldType::date), field("closed_on", FieldType::date),
              beside(field("score", FieldType::decimal)),
              link("parent", "company", OnDelete::clear, "subsidiaries")});
  made.keys.push_back({KeyDeclaration::Kind::field, "number"});
  made.checks.push_back({"closes_after_opening", "closed_on is empty or closed_on > '2000-01-01'",
                         "A company closes after the year 2000."});
  return made;
}

ObjectType identity() {
  ObjectType made =
      object("identity", "identities", "value",
             {required(link("person", "person", OnDelete::cascade, "identities")),
              required(field("kind", FieldType::text)), required(field("value", FieldType::text)),
              required(field("exclusive", FieldType::boolean))});
  made.person_field = "person";
  made.uniques.push_back({"exclusive_value", {"kind", "value"}, "exclusive", "Taken."});
  made.indexes.push_back({"kind", "value"});
  return made;
}

void must(bool good, const std::string& what) {
  if (good) return;
  fmt::print(stderr, "the test database cannot be made: {}\n", what);
  std::abort();
}

void make_tables(store::Pool& pool) {
  const auto migrations = store::embedded_migrations();
  must(migrations.has_value(), "migrations");
  const auto migrated = store::migrate(pool, *migrations);
  must(migrated.has_value(), migrated ? "" : migrated.error().message + migrated.error().details);
  must(CatalogStore::open(pool, small_types()).has_value(), "object types");
}

std::unique_ptr<CatalogStore> opened(store::Pool& pool) {
  auto made = CatalogStore::open(pool, small_types());
  must(made.has_value(), made ? "" : made.error().message + made.error().details);
  return std::move(*made);
}

}  // namespace

std::vector<ObjectType> small_types() {
  return {company(), person(), identity(), order(), line()};
}

std::shared_ptr<const Catalog> small_catalog() {
  static const auto catalog = [] {
    auto made = Catalog::of(small_types(), 1);
    must(made.has_value(), made ? "" : made.error().message + made.error().details);
    return *made;
  }();
  return catalog;
}

Shop::Shop()
    : database("road.small", make_tables),
      catalog(opened(database.pool())),
      time_us(base::parse_instant("2026-03-01T12:00:00Z")->us),
      road(database.pool(), *catalog, rules,
           [this] { return base::Instant{time_us += base::seconds(1).us}; }),
      caller(program({.kind = "user", .id = std::nullopt, .depth = 0})),
      user(base::new_id()) {
  caller.user = user;
}

std::string Shop::one(std::string_view sql) {
  auto tx = database.pool().begin(store::Mode::read_only);
  const auto rows = tx->run({"test", sql});
  if (!rows) return "error: " + rows.error().message;
  return rows->size() == 0 ? "" : std::string(rows->text(0, 0));
}

std::string Shop::checksum() {
  std::string all;
  for (const char* table : {"companies", "persons", "identities", "orders", "order_lines",
                            "changes", "external_keys", "effects"}) {
    all += one(fmt::format(
               "select count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0) from {} t",
               table)) +
           " ";
  }
  return all;
}

Item item(std::vector<std::pair<std::string, Input>> fields, std::vector<Key> keys) {
  Item made;
  for (auto& [name, input] : fields) made.fields.push_back({std::move(name), std::move(input)});
  made.keys = std::move(keys);
  made.pointer = "";
  return made;
}

Key external(std::string source, std::string value) {
  return {Key::Kind::external, std::move(source), std::move(value)};
}

base::Value text(std::string value) {
  return value;
}

base::Value name(std::string full) {
  base::PersonName made;
  made.full = std::move(full);
  return made;
}

}  // namespace rapport::entity::testing
