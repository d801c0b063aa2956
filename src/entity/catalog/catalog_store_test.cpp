#include "entity/catalog/catalog_store.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <thread>

#include "entity/catalog/check_catalog.hpp"
#include "entity/catalog/object_file.hpp"
#include "store/migration.hpp"
#include "store/testing.hpp"

namespace rapport::entity {
namespace {

std::vector<ObjectType> standard() {
  auto objects = read_object_files(embedded_object_types());
  EXPECT_TRUE(objects);
  return *objects;
}

std::vector<ObjectType> objects_in(const std::string& yaml) {
  auto objects =
      read_object_files(std::vector<ObjectFile>{{"src/crm/customers/a.object.yaml", yaml}});
  EXPECT_TRUE(objects) << objects.error().details;
  return *objects;
}

std::vector<ObjectType> things(const std::string& fields) {
  return objects_in("object: thing\nlabel: {one: Thing, many: Things}\nfields:\n" + fields);
}

void migrate(store::Pool& pool) {
  const auto migrations = store::embedded_migrations();
  ASSERT_TRUE(migrations);
  const auto done = store::migrate(pool, *migrations);
  ASSERT_TRUE(done) << done.error().details;
}

class AppliedCatalogTest : public testing::Test {
 protected:
  AppliedCatalogTest() : database_("migrated_for_catalog", migrate) {}

  store::Pool& pool() { return database_.pool(); }

  std::unique_ptr<CatalogStore> open(std::vector<ObjectType> objects) {
    auto store = CatalogStore::open(pool(), std::move(objects));
    EXPECT_TRUE(store) << store.error().message << "\n" << store.error().details;
    return store ? *std::move(store) : nullptr;
  }

  std::string refusal(std::vector<ObjectType> objects) {
    auto store = CatalogStore::open(pool(), std::move(objects));
    return store ? "ok" : store.error().code + ": " + store.error().details;
  }

  // Runs one statement; gives its rows as text, or the SQLSTATE and constraint of its error.
  std::string run(const std::string& sql) {
    auto tx = pool().begin(store::Mode::read_write);
    EXPECT_TRUE(tx);
    const auto rows = tx->run({"test", sql});
    if (!rows) return "! " + rows.error().sqlstate + " " + rows.error().constraint;
    std::string out;
    for (std::size_t i = 0; i < rows->size(); ++i) {
      for (std::size_t j = 0; j < rows->columns(); ++j) {
        out += (j > 0 ? "|" : i > 0 ? "\n" : "") + std::string(rows->text(i, j));
      }
    }
    EXPECT_TRUE(tx->commit());
    return out;
  }

  store::TestDatabase database_;
};

const std::string system_values =
    "gen_random_uuid(), 1, now(), gen_random_uuid(), now(), gen_random_uuid()";
const std::string system_columns = "id, version, created_at, created_by, changed_at, changed_by";

TEST_F(AppliedCatalogTest, MakesTheTablesOfTheProgram) {
  const auto store = open(standard());
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->snapshot()->version(), 1);
  EXPECT_EQ(run("select data_type, collation_name, is_nullable from information_schema.columns"
                " where table_name = 'persons' and column_name = 'name_family'"),
            "text|und-x-icu|YES");
  EXPECT_EQ(run("select pg_get_constraintdef(oid) from pg_constraint"
                " where conname = 'orders_pkey'"),
            "PRIMARY KEY (person_id, id)");
  EXPECT_EQ(run("select pg_get_constraintdef(oid) from pg_constraint"
                " where conname = 'order_lines_order_link'"),
            "FOREIGN KEY (person_id, order_id) REFERENCES orders(person_id, id) ON DELETE "
            "CASCADE");
  EXPECT_EQ(run("select pg_get_constraintdef(oid) from pg_constraint"
                " where conname = 'persons_company_link'"),
            "FOREIGN KEY (company_id) REFERENCES companies(id) ON DELETE SET NULL (company_id)");
}

TEST_F(AppliedCatalogTest, DoesNothingTheSecondTime) {
  open(standard());
  const auto again = open(standard());
  EXPECT_EQ(again->snapshot()->version(), 1);
  EXPECT_EQ(again->snapshot()->objects().size(), 13u);
}

TEST_F(AppliedCatalogTest, HoldsTheTruthByNamedConstraintsInTheUsersWords) {
  const auto store = open(standard());
  const auto catalog = store->snapshot();
  run("insert into users (" + system_columns + ", name, full_name, role, zone, active) values (" +
      system_values + ", 'ana', 'Ana', 'reader', 'UTC', true)");
  struct Case {
    std::string object, table, columns, values, constraint, code;
  };
  const std::vector<Case> cases{
      {"user", "users", "name, full_name, role, zone, active", "'ana', 'B', 'reader', 'UTC', true",
       "users_name_unique", "write.not_unique"},
      {"user", "users", "name, full_name, role, zone, active", "'bo', 'B', 'king', 'UTC', true",
       "users_role_choice", "write.not_a_choice"},
      {"product", "products", "name, active, price", "'Rope', true, 5", "products_price_whole",
       "write.out_of_bounds"},
      {"company", "companies", "name, employees", "'Alpina', -1", "companies_employees_bounds",
       "write.out_of_bounds"},
      {"company", "companies", "name, parent_id", "'Alpina', gen_random_uuid()",
       "companies_parent_link", "write.link_broken"},
      {"team", "teams", "name", "repeat('x', 121)", "teams_name_length", "write.too_long"},
  };
  for (const auto& c : cases) {
    const auto outcome = run("insert into " + c.table + " (" + system_columns + ", " + c.columns +
                             ") values (" + system_values + ", " + c.values + ")");
    EXPECT_EQ(outcome.substr(outcome.rfind(' ') + 1), c.constraint);
    const auto sentence = store->sentence(*catalog, *catalog->find(c.object), c.constraint);
    ASSERT_TRUE(sentence) << c.constraint;
    EXPECT_EQ(sentence->code, c.code);
    EXPECT_FALSE(sentence->message.empty());
  }
  EXPECT_FALSE(store->sentence(*catalog, *catalog->find("user"), "unheard_of"));
}

TEST_F(AppliedCatalogTest, ExclusiveIdentitiesAreUniqueAndSharedOnesAreNot) {
  open(standard());
  const std::string person = run("insert into persons (" + system_columns + ", kind) values (" +
                                 system_values + ", 'identified') returning id");
  const auto insert = [&](const std::string& kind, const std::string& exclusive) {
    return run("insert into identities (" + system_columns +
               ", person_id, kind, value, exclusive) values (" + system_values + ", '" + person +
               "', '" + kind + "', 'same', " + exclusive + ")");
  };
  EXPECT_EQ(insert("email", "true"), "");
  EXPECT_EQ(insert("email", "true"), "! 23505 identities_exclusive_value_unique");
  EXPECT_EQ(insert("phone", "false"), "");
  EXPECT_EQ(insert("phone", "false"), "");
}

TEST_F(AppliedCatalogTest, AdditionsApplyThemselves) {
  open(things("  name: {type: text}\n"));
  run("insert into things (" + system_columns + ", name) values (" + system_values + ", 'a')");
  const auto store = open(
      things("  name: {type: text, max: 100, indexed: true}\n"
             "  state: {type: choice, choices: [on_hold, sold], default: on_hold, required: true}\n"
             "  price: {type: money}\n  other: {type: link, to: thing}\n"));
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(store->snapshot()->version(), 2);
  EXPECT_EQ(run("select name, state, price_currency from things"), "a|on_hold|");
  EXPECT_NE(run("select indexdef from pg_indexes where indexname = 'things_name_idx'")
                .find("(name, id) WHERE (removed_at IS NULL)"),
            std::string::npos);
  // Choices may come and, where no record uses them, go.
  EXPECT_NE(open(things("  name: {type: text}\n"
                        "  state: {type: choice, choices: [on_hold, lost]}\n"
                        "  price: {type: money}\n  other: {type: link, to: thing}\n")),
            nullptr);
  EXPECT_EQ(run("select count(*) from pg_indexes where indexname = 'things_name_idx'"), "0");
}

TEST_F(AppliedCatalogTest, RowsInTheWayOfAnAdditionAreSaid) {
  open(things("  name: {type: text}\n"));
  run("insert into things (" + system_columns + ", name) values (" + system_values + ", 'abc')");
  EXPECT_TRUE(refusal(things("  name: {type: text}\n  size: {type: integer, required: true}\n"))
                  .starts_with("catalog.rows_in_the_way: "));
  EXPECT_TRUE(
      refusal(things("  name: {type: text, max: 2}\n")).starts_with("catalog.rows_in_the_way: "));
  // The refused start has left everything as it was.
  EXPECT_EQ(open(things("  name: {type: text}\n"))->snapshot()->version(), 1);
}

TEST_F(AppliedCatalogTest, ARenameKeepsTheValuesAndTheId) {
  open(things("  name: {type: text, max: 50, indexed: true}\n  price: {type: money}\n"));
  run("insert into things (" + system_columns + ", name, price, price_currency) values (" +
      system_values + ", 'a', 5, 'EUR')");
  const auto store =
      open(things("  title: {type: text, max: 50, indexed: true, was: name}\n"
                  "  amount: {type: money, was: price}\n"));
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(run("select title, amount::text, amount_currency from things"), "a|5.0000|EUR");
  EXPECT_EQ(store->snapshot()->find("thing")->find("title")->id, "thing.name");
  EXPECT_EQ(store->snapshot()->find("thing")->find("title")->name, "title");
  // The next start has the same word still in the file.
  EXPECT_EQ(open(things("  title: {type: text, max: 50, indexed: true, was: name}\n"
                        "  amount: {type: money, was: price}\n"))
                ->snapshot()
                ->version(),
            2);
}

TEST_F(AppliedCatalogTest, ARenamedObjectTypeKeepsItsTable) {
  open(things("  name: {type: text}\n  other: {type: link, to: thing}\n"));
  run("insert into things (" + system_columns + ", name) values (" + system_values + ", 'a')");
  const auto store =
      open(objects_in("object: gadget\nwas: thing\nlabel: {one: Gadget, many: Gadgets}\nfields:\n"
                      "  name: {type: text}\n  other: {type: link, to: gadget}\n"));
  ASSERT_NE(store, nullptr);
  EXPECT_EQ(run("select name from gadgets"), "a");
  EXPECT_EQ(store->snapshot()->find("thing"), nullptr);
}

TEST_F(AppliedCatalogTest, ADropOrAChangeOfTypeRefusesToStartUntilAMigrationSaysHow) {
  open(things("  name: {type: text}\n  size: {type: text}\n"));
  EXPECT_TRUE(refusal(things("  name: {type: text}\n"))
                  .starts_with("catalog.needs_migration: The object file of thing no longer has "
                               "the field “size”"));
  EXPECT_TRUE(refusal(things("  name: {type: text}\n  size: {type: integer}\n"))
                  .starts_with("catalog.needs_migration: thing.size was of type text and is now "
                               "integer."));
  EXPECT_TRUE(refusal(objects_in("object: gadget\nlabel: {one: Gadget, many: Gadgets}\n"
                                 "fields: {name: {type: text}}\n"))
                  .starts_with("catalog.needs_migration: No object file describes thing"));
  run("alter table things drop constraint things_size_length");
  run("alter table things alter column size type bigint using nullif(size, '')::bigint");
  run("select catalog_retype_field('thing', 'size', 'integer')");
  EXPECT_NE(open(things("  name: {type: text}\n  size: {type: integer, least: 0}\n")), nullptr);
  run("alter table things drop column size");
  run("select catalog_forget_field('thing', 'size')");
  EXPECT_NE(open(things("  name: {type: text}\n")), nullptr);
}

// A later version that bounds a field must start over records that the one before let in.
TEST_F(AppliedCatalogTest, BoundsSetLaterHoldForWhatIsWrittenFromThenOn) {
  open(things("  name: {type: text}\n  size: {type: integer}\n"));
  const auto insert = [&](const std::string& size) {
    return run("insert into things (" + system_columns + ", size) values (" + system_values + ", " +
               size + ")");
  };
  EXPECT_EQ(insert("-5"), "");
  ASSERT_NE(open(things("  name: {type: text}\n  size: {type: integer, least: 0}\n")), nullptr);
  EXPECT_EQ(run("select size from things"), "-5");
  EXPECT_EQ(insert("-5"), "! 23514 things_size_bounds");
  EXPECT_EQ(insert("5"), "");
}

TEST_F(AppliedCatalogTest, FieldsBesideHaveARowForEachRecordThatIsThere) {
  open(things("  name: {type: text}\n"));
  run("insert into things (" + system_columns + ", name) values (" + system_values + ", 'a')");
  run("insert into things (" + system_columns + ", name) values (" + system_values + ", 'b')");
  const std::string worth = "  worth: {type: money, beside: true, indexed: true}\n";
  const auto store = open(
      things("  name: {type: text}\n" + worth + "  near: {type: link, to: thing, beside: true}\n"));
  ASSERT_NE(store, nullptr);
  EXPECT_TRUE(store->snapshot()->find("thing")->find("worth")->read_only);
  EXPECT_EQ(run("select count(*), count(worth) from things_beside b join things using (id)"),
            "2|0");
  EXPECT_EQ(run("select indexdef from pg_indexes where indexname = 'things_beside_worth_idx'"),
            "CREATE INDEX things_beside_worth_idx ON public.things_beside USING btree (worth, id)");
  EXPECT_EQ(run("select pg_get_constraintdef(oid) from pg_constraint"
                " where conname = 'things_beside_id_link'"),
            "FOREIGN KEY (id) REFERENCES things(id) ON DELETE CASCADE");
  EXPECT_EQ(run("select pg_get_constraintdef(oid) from pg_constraint"
                " where conname = 'things_beside_near_link'"),
            "FOREIGN KEY (near_id) REFERENCES things(id) ON DELETE SET NULL (near_id)");
  EXPECT_EQ(run("update things_beside set worth = 5"), "! 23514 things_beside_worth_whole");
  const auto catalog = store->snapshot();
  const auto sentence =
      store->sentence(*catalog, *catalog->find("thing"), "things_beside_worth_whole");
  ASSERT_TRUE(sentence);
  EXPECT_EQ(sentence->field, "worth");
  // More of them are columns of the same rows; the second start finds nothing to do.
  const std::string more = worth +
                           "  near: {type: link, to: thing, beside: true}\n"
                           "  rank: {type: integer, beside: true}\n";
  EXPECT_EQ(open(things("  name: {type: text}\n" + more))->snapshot()->version(), 3);
  EXPECT_EQ(open(things("  name: {type: text}\n" + more))->snapshot()->version(), 3);
}

TEST_F(AppliedCatalogTest, FieldsBesideEvolveAsOthersDo) {
  const std::string name = "  name: {type: text}\n";
  open(things(name + "  worth: {type: money, beside: true, indexed: true}\n"));
  run("insert into things (" + system_columns + ", name) values (" + system_values + ", 'a')");
  run("insert into things_beside (id, worth, worth_currency) select id, 5, 'EUR' from things");
  EXPECT_EQ(refusal(things(name + "  worth: {type: money}\n")),
            "catalog.needs_migration: thing.worth was kept beside the record and is now kept in "
            "the record.\n");
  EXPECT_TRUE(refusal(things(name))
                  .starts_with("catalog.needs_migration: The object file of thing no longer has "
                               "the field “worth”, whose "
                               "values stand in the table things_beside."));
  const std::string gadgets =
      "object: gadget\nwas: thing\nlabel: {one: Gadget, many: Gadgets}\nfields:\n";
  const auto renamed = open(objects_in(
      gadgets + name + "  value: {type: money, beside: true, indexed: true, was: worth}\n"));
  ASSERT_NE(renamed, nullptr);
  EXPECT_EQ(run("select value::text, value_currency from gadgets_beside"), "5.0000|EUR");
  EXPECT_EQ(run("select count(*) from pg_indexes where indexname = 'gadgets_beside_pkey'"), "1");
  run("alter table gadgets_beside drop column value, drop column value_currency");
  run("select catalog_forget_field('gadget', 'value')");
  ASSERT_NE(open(objects_in(gadgets + name)), nullptr);
  EXPECT_EQ(run("select to_regclass('gadgets_beside') is null"), "t");
}

TEST_F(AppliedCatalogTest, AWriteAssertsTheVersionItWasPlannedWith) {
  const auto store = open(things("  name: {type: text}\n"));
  auto other = open(things("  name: {type: text}\n"));
  const auto assertion = [&](std::int64_t version) -> std::string {
    auto tx = pool().begin(store::Mode::read_write);
    const auto ticket = tx->send(store->assertion(), store::Params().integer(version));
    const auto done = tx->take(ticket);
    return done ? "holds" : done.error().sqlstate;
  };
  EXPECT_EQ(assertion(store->snapshot()->version()), "holds");
  Field field;
  field.name = "x_size";
  field.type = FieldType::integer;
  ASSERT_TRUE(other->add_field("thing", field));
  EXPECT_EQ(assertion(store->snapshot()->version()), sqlstate_catalog_changed);
  ASSERT_TRUE(store->reload());
  EXPECT_EQ(assertion(store->snapshot()->version()), "holds");
  EXPECT_TRUE(store->snapshot()->find("thing")->find("x_size")->custom);
}

TEST_F(AppliedCatalogTest, ProcessesFollowOneAnother) {
  const auto store = open(things("  name: {type: text}\n"));
  const auto other = open(things("  name: {type: text}\n"));
  other->follow(database_.conninfo());
  Field field;
  field.name = "x_size";
  field.type = FieldType::integer;
  ASSERT_TRUE(store->add_field("thing", field));
  for (int i = 0; i < 100 && other->snapshot()->version() < 2; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_NE(other->snapshot()->find("thing")->find("x_size"), nullptr);
}

TEST_F(AppliedCatalogTest, AChangeWaitsForWritesUnderWay) {
  const auto store = open(things("  name: {type: text}\n"));
  auto writing = pool().begin(store::Mode::read_write);
  ASSERT_TRUE(writing->run(store->assertion(), store::Params().integer(1)));
  Field field;
  field.name = "x_size";
  field.type = FieldType::integer;
  std::thread finishing([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    EXPECT_TRUE(writing->commit());
  });
  EXPECT_TRUE(store->add_field("thing", field));
  finishing.join();
  EXPECT_EQ(store->snapshot()->version(), 2);
}

TEST_F(AppliedCatalogTest, AChangeGivesUpOnATableThatStaysInUse) {
  const auto store = open(things("  name: {type: text}\n"));
  auto reading = pool().begin(store::Mode::read_only);
  ASSERT_TRUE(reading->run({"test", "select * from things"}));
  Field field;
  field.name = "x_size";
  field.type = FieldType::integer;
  const auto added = store->add_field("thing", field);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().code, "catalog.busy");
  EXPECT_EQ(added.error().kind, base::ProblemKind::unavailable);
  ASSERT_TRUE(reading->commit());
  EXPECT_EQ(store->snapshot()->version(), 1);
  EXPECT_TRUE(store->add_field("thing", field));
}

TEST_F(AppliedCatalogTest, CustomFieldsAndObjectTypesOutliveARestart) {
  auto store = open(things("  name: {type: text}\n"));
  Field field;
  field.name = "x_size";
  field.type = FieldType::choice;
  field.choices = {{"small", "", ""}, {"large", "", ""}};
  ASSERT_TRUE(store->add_field("thing", field));
  ObjectType boat;
  boat.name = "x_boat";
  boat.plural = "x_boats";
  Field thing;
  thing.name = "thing";
  thing.type = FieldType::link;
  thing.link_to = "thing";
  boat.fields.push_back(thing);
  const auto added = store->add_object(boat);
  ASSERT_TRUE(added) << added.error().details;
  EXPECT_EQ(run("select count(*) from x_boats"), "0");
  store = open(things("  name: {type: text}\n  more: {type: text}\n"));
  ASSERT_NE(store, nullptr);
  EXPECT_NE(store->snapshot()->find("x_boat"), nullptr);
  EXPECT_EQ(store->snapshot()->find("thing")->find("x_size")->choices.size(), 2u);
}

TEST_F(AppliedCatalogTest, CustomNamesBeginWithX) {
  auto store = open(things("  name: {type: text}\n"));
  Field field;
  field.name = "size";
  EXPECT_EQ(store->add_field("thing", field).error().code, "catalog.invalid");
  field.name = "x_size\" int; drop table things; --";
  EXPECT_EQ(store->add_field("thing", field).error().code, "catalog.invalid");
  field.name = "x_mail";
  field.type = FieldType::email;
  EXPECT_EQ(store->add_field("thing", field).error().code, "catalog.undeclared");
  EXPECT_EQ(store->add_field("nothing", field).error().code, "catalog.unknown_object");
}

TEST_F(AppliedCatalogTest, KnowsEveryTableWithAPersonsKeyAndEveryPersonalColumn) {
  const auto store = open(standard());
  const auto catalog = store->snapshot();
  std::set<std::string> known;
  for (const auto& [table, column] : person_tables(*catalog)) known.insert(table + "." + column);
  auto tx = pool().begin(store::Mode::read_only);
  const auto rows = tx->run({"test",
                             "select c.table_name, c.column_name from information_schema.columns c"
                             " join information_schema.tables t using (table_schema, table_name)"
                             " where c.table_schema = 'public' and t.table_type = 'BASE TABLE'"
                             " order by 1, 2"});
  ASSERT_TRUE(rows);
  std::map<std::string, std::set<std::string>> columns;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const std::string table(rows->text(i, 0));
    const std::string column(rows->text(i, 1));
    columns[table].insert(column);
    if (column == "person_id" || column == "persons" || column == "record_id") {
      EXPECT_TRUE(known.contains(table + "." + column))
          << table << "." << column << " may be a person's key: engine_person_tables must know it";
    }
  }
  for (const auto& [table, column] : person_tables(*catalog)) {
    EXPECT_TRUE(columns[table].contains(column)) << table << "." << column << " is no more";
  }
  for (const ObjectType& object : catalog->objects()) {
    std::set<std::string> declared;
    std::set<std::string> beside;
    if (object.has_beside()) beside.insert("id");
    for (const Field& field : object.fields) {
      for (const auto& part : columns_of(field.type)) {
        (field.beside ? beside : declared).insert(column_name(field, part));
      }
    }
    EXPECT_EQ(columns[object.plural], declared) << object.name;
    EXPECT_EQ(columns[beside_table(object.plural)], beside) << object.name;
    EXPECT_TRUE(undeclared_in(object).empty()) << object.name;
  }
}

TEST_F(AppliedCatalogTest, NoObjectTypeTakesTheNameOfATableOfTheEngine) {
  auto tx = pool().begin(store::Mode::read_only);
  const auto tables = tx->run({"test",
                               "select table_name from information_schema.tables"
                               " where table_schema = 'public'"});
  ASSERT_TRUE(tables);
  ASSERT_GT(tables->size(), 10u);
  for (std::size_t i = 0; i < tables->size(); ++i) {
    ObjectType object;
    object.name = "thing";
    object.plural = tables->text(i, 0);
    EXPECT_FALSE(Catalog::of({object})) << object.plural << " is missing in reserved_plurals";
  }
}

}  // namespace
}  // namespace rapport::entity
