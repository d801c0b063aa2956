#include "platform/search/search.hpp"

#include <gtest/gtest.h>

#include "platform/access/role.hpp"
#include "platform/settings/settings.hpp"
#include "platform/testing_house.hpp"

namespace rapport::platform {
namespace {

base::PersonName named(std::string full) {
  return {.full = std::move(full), .given = {}, .family = {}};
}

class SearchTest : public testing::Test {
 protected:
  SearchTest() { listeners.add(search.listener()); }

  base::Id person(std::string name, std::string email = {}, std::string phone = {}) {
    std::vector<std::pair<std::string, base::Value>> fields{{"name", named(std::move(name))}};
    if (!email.empty()) fields.emplace_back("email", std::move(email));
    if (!phone.empty()) fields.emplace_back("phone", std::move(phone));
    return house.create("person", std::move(fields));
  }

  void deliver() {
    const auto done = listeners.deliver_now();
    ASSERT_TRUE(done) << done.error().message << done.error().details;
  }

  entity::Caller caller(Role role, std::vector<std::string> scopes = {"write", "read"}) {
    return {.user = base::new_id(),
            .zone = "UTC",
            .policy = policy_of(role, Scopes::of(scopes).value()),
            .cause = {}};
  }

  std::vector<Found> find(const std::string& text, std::vector<std::string> objects = {},
                          std::vector<std::string> scopes = {"read"}) {
    const auto found = search.find(caller(Role::reader, std::move(scopes)),
                                   {.text = text, .objects = std::move(objects), .limit = 8});
    EXPECT_TRUE(found) << (found ? "" : found.error().message + found.error().details);
    return found.value_or(std::vector<Found>());
  }

  // The titles found, in order: "Ana López|Bruno".
  std::string titles(const std::string& text, std::vector<std::string> objects = {}) {
    std::string all;
    for (const auto& found : find(text, std::move(objects))) {
      all += (all.empty() ? "" : "|") + found.title;
    }
    return all;
  }

  TestHouse house;
  Settings settings{house.pool(), house.clock.clock()};
  Search search{house.pool(), house.road, settings};
  ChangeListeners listeners{house.pool(), house.clock.clock()};
};

TEST_F(SearchTest, APersonIsFoundAsOneTypes) {
  person("Ana María López", "ana.lopez@alpina.example", "+34612345678");
  person("Bruno Costa");
  deliver();
  struct Case {
    std::string typed, titles;
  };
  const Case cases[] = {
      {"an", "Ana María López"},
      {"ana", "Ana María López"},
      {"ANA", "Ana María López"},
      {"lóp", "Ana María López"},
      {"lopez", "Ana María López"},
      {"maría lo", "Ana María López"},
      {"lopez ana", "Ana María López"},
      {"ana lopez", "Ana María López"},
      {"lop mar", "Ana María López"},
      {"ana.lo", "Ana María López"},
      {"ana.lopez@alpina.example", "Ana María López"},
      {"612345", "Ana María López"},
      {"+34 612 345", "Ana María López"},
      {"0034612345678", "Ana María López"},
      {"612 345 678", "Ana María López"},
      {"bru", "Bruno Costa"},
      {"xyz", ""},
      {"costa ana", ""},
      {"", ""},
      {"%", ""},
      {"_", ""},
      {"' or 1=1 --", ""},
  };
  for (const auto& c : cases) EXPECT_EQ(titles(c.typed, {"person"}), c.titles) << c.typed;
}

TEST_F(SearchTest, TypingErrorsAreForgiven) {
  person("Ana González");
  person("Markus Steiner");
  person("Bruno Costa");
  deliver();
  struct Case {
    std::string typed, titles;
  };
  const Case cases[] = {
      {"gonzales", "Ana González"},   {"gonzlez", "Ana González"},
      {"gnozalez", "Ana González"},   {"ana gonsalez", "Ana González"},
      {"stiener", "Markus Steiner"},  {"marcus steiner", "Markus Steiner"},
      {"makrus", "Markus Steiner"},   {"brono", "Bruno Costa"},
      {"costa bruna", "Bruno Costa"}, {"zzzzz", ""},
  };
  for (const auto& c : cases) {
    const auto found = find(c.typed, {"person"});
    EXPECT_EQ(titles(c.typed, {"person"}), c.titles) << c.typed;
    for (const auto& each : found) EXPECT_EQ(each.matched, "similar") << c.typed;
  }
}

TEST_F(SearchTest, WordsMayStandInDifferentFields) {
  const auto ana = house.create(
      "person", {{"name", named("Ana López")}, {"job_title", std::string("Mountain guide")}});
  person("Ana Costa");
  deliver();
  const auto found = find("ana guide");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].id, ana);
}

TEST_F(SearchTest, ObjectTypesAreGroupedAndMayBeChosen) {
  person("Alpina Berger");
  house.create("company", {{"name", std::string("Alpina GmbH")}});
  house.create("product", {{"name", std::string("Alpina boot")}, {"number", std::string("AB-17")}});
  deliver();
  const auto found = find("alpina");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(find("alpina", {"company"}).size(), 1u);
  EXPECT_EQ(titles("ab-17"), "Alpina boot");
  EXPECT_EQ(titles("ab17"), "Alpina boot");
}

TEST_F(SearchTest, ChangesRemovalsAndRestorationsAreFollowed) {
  const auto ana = person("Ana López");
  deliver();
  EXPECT_EQ(titles("lopez"), "Ana López");
  entity::Item change{.id = ana, .version = {}, .fields = {}, .keys = {}, .pointer = {}};
  change.fields.push_back({"name", base::Value(named("Ana Berger"))});
  house.write(entity::Change{.object = "person", .items = {change}});
  deliver();
  EXPECT_EQ(titles("lopez"), "");
  EXPECT_EQ(titles("berger"), "Ana Berger");
  const entity::Item item{.id = ana, .version = {}, .fields = {}, .keys = {}, .pointer = {}};
  house.write(entity::Remove{.object = "person", .items = {item}});
  deliver();
  EXPECT_EQ(titles("berger"), "");
  EXPECT_EQ(ask(house.pool(), "select count(*) from search_words"), "0");
  EXPECT_EQ(ask(house.pool(), "select count(*) from search_rows"), "0");
  house.write(entity::Restore{.object = "person", .items = {item}});
  deliver();
  EXPECT_EQ(titles("berger"), "Ana Berger");
}

TEST_F(SearchTest, StandInsAreNotFound) {
  house.create("person", {{"name", named("Unknown visitor")}, {"kind", std::string("anonymous")}});
  deliver();
  EXPECT_EQ(titles("unknown"), "");
}

TEST_F(SearchTest, ARecordIsFoundByItsId) {
  const auto ana = person("Ana López");
  deliver();
  EXPECT_EQ(titles(base::to_text(ana)), "Ana López");
  EXPECT_EQ(titles(base::to_text(base::new_id())), "");
}

TEST_F(SearchTest, OnlyWhatTheCallerMayReadIsFound) {
  person("Alpina Berger");
  house.create("company", {{"name", std::string("Alpina GmbH")}});
  deliver();
  EXPECT_EQ(find("alpina", {}, {"read:company"}).size(), 1u);
  EXPECT_EQ(find("alpina", {"person"}, {"read:company"}).size(), 0u);
  EXPECT_EQ(find("alpina", {}, {"read:order"}).size(), 0u);
}

TEST_F(SearchTest, APersonIsFoundByFurtherIdentities) {
  const auto ana = person("Ana López", "ana@alpina.example");
  const auto bruno = person("Bruno Costa");
  const auto know = [&](const base::Id& who, std::string kind, std::string value) {
    house.create("identity",
                 {{"person", who}, {"kind", std::move(kind)}, {"value", std::move(value)}});
  };
  know(ana, "email", "ana.private@post.example");
  know(ana, "phone", "+34612345678");
  know(bruno, "phone", "+34612345678");  // a family's
  know(bruno, "loyalty_number", "FS-20017");
  deliver();
  struct Case {
    std::string typed, titles;
  };
  const Case cases[] = {
      {"ana@alpina.example", "Ana López"},
      {"Ana.Private@POST.example", "Ana López"},
      {"ana.private@post.exampl", ""},
      {"FS-20017", "Bruno Costa"},
      {"FS-2001", ""},
      {"0034 612 345 678", "Ana López|Bruno Costa"},
      {"612 345 678", "Ana López|Bruno Costa"},
  };
  for (const auto& c : cases) EXPECT_EQ(titles(c.typed), c.titles) << c.typed;
  EXPECT_EQ(titles("FS-20017", {"company"}), "");
  EXPECT_TRUE(find("FS-20017", {}, {"read:company"}).empty());
  EXPECT_TRUE(find("FS-20017", {}, {"read:person"}).empty()) << "may not see identities";
  house.write(entity::Remove{.object = "person", .items = {{.id = bruno}}});
  EXPECT_EQ(titles("FS-20017"), "") << "in the bin";
}

// Who was known by a further identity came before all groups, past the limit, and was left out
// where those in the bin filled the page.
TEST_F(SearchTest, WhoIsKnownByAnIdentityStandsFirstAmongThePersons) {
  const auto know = [&](const base::Id& who, std::string value) {
    house.create("identity",
                 {{"person", who}, {"kind", std::string("phone")}, {"value", std::move(value)}});
  };
  const std::string number = "+34612000000";
  house.create("company", {{"name", std::string("Alpina GmbH")}, {"phone", number}});
  for (const char* primary : {"Berta", "Carla"}) person(primary, {}, number);
  for (int i = 0; i < 12; ++i) {
    const auto gone = person("Gone " + std::to_string(i));
    know(gone, number);
    house.write(entity::Remove{.object = "person", .items = {{.id = gone}}});
  }
  for (const char* sharer : {"Zoe", "Ada"}) know(person(sharer), number);
  deliver();
  const auto shown = [&](int limit) {
    std::string all;
    const auto found =
        search.find(caller(Role::reader), {.text = number, .objects = {}, .limit = limit});
    for (const auto& one : *found) {
      all += (all.empty() ? "" : ", ") + one.object + " " + one.title + " " + one.matched;
    }
    return all;
  };
  const auto ordered = [&](const std::string& persons) {
    const std::string company = "company Alpina GmbH prefix";
    const auto& catalog = *house.road.catalog();
    return catalog.find("company") < catalog.find("person") ? company + ", " + persons
                                                            : persons + ", " + company;
  };
  EXPECT_EQ(shown(8), ordered("person Ada identity, person Zoe identity, person Carla prefix, "
                              "person Berta prefix"));
  EXPECT_EQ(shown(3), ordered("person Ada identity, person Zoe identity, person Carla prefix"));
  EXPECT_EQ(shown(1), ordered("person Ada identity"));
}

TEST_F(SearchTest, UsersAreNotFoundByTheirPrivateData) {
  house.create("user", {{"name", std::string("bruno")},
                        {"full_name", std::string("Bruno Costa")},
                        {"email", std::string("secret@firm.example")},
                        {"role", std::string("reader")}});
  deliver();
  EXPECT_TRUE(find("secret").empty());
}

TEST_F(SearchTest, ExactTitlesComeFirstThenTheNewest) {
  person("Marianne Auer");
  person("Bruno Maria");
  person("Maria");
  person("Maria Zeller");
  deliver();
  EXPECT_EQ(titles("maria", {"person"}), "Maria Zeller|Maria|Marianne Auer|Bruno Maria");
}

TEST_F(SearchTest, ANewRecordOfAPopularNameIsFoundAmongThousands) {
  // Two hundred that sort before it in the index; the newest is found all the same.
  entity::Create create{.object = "person", .items = {}};
  for (int i = 0; i < 300; ++i) {
    entity::Item item;
    item.fields.push_back({"name", base::Value(named("Maria A" + std::to_string(i)))});
    create.items.push_back(std::move(item));
  }
  house.write(std::move(create));
  person("Maria Zorn");
  deliver();
  EXPECT_EQ(find("maria", {"person"})[0].title, "Maria Zorn");
  EXPECT_EQ(find("ma", {"person"})[0].title, "Maria Zorn");
}

TEST_F(SearchTest, RecordsFromBeforeTheProjectionAreBuiltOnceAndLeftoversGo) {
  person("Ana López");
  const auto always = [] { return true; };
  ASSERT_TRUE(search.build_missing(always));
  EXPECT_EQ(titles("lopez"), "Ana López");
  must_run(house.pool(), "delete from search_words");
  ASSERT_TRUE(search.build_missing(always));
  EXPECT_EQ(titles("lopez"), "") << "built already";
  must_run(house.pool(), "delete from search_rows");
  must_run(house.pool(),
           "insert into search_rows (object, record_id, class, text, words) values "
           "('person', gen_random_uuid(), 'A', 'ghost', '{ghost}')");
  const auto built = search.rebuild("", always);
  ASSERT_TRUE(built);
  EXPECT_EQ(titles("lopez"), "Ana López");
  EXPECT_EQ(ask(house.pool(), "select count(*) from search_rows where text = 'ghost'"), "0");
  EXPECT_EQ(search.rebuild("person", [] { return false; }).error().code, "search.stopped");
}

TEST_F(SearchTest, WordsThatNoRecordHasAreForgotten) {
  const auto ana = person("Ana Rocamadour");
  person("Ana López de Rivera");
  deliver();
  const entity::Item item{.id = ana, .version = {}, .fields = {}, .keys = {}, .pointer = {}};
  house.write(entity::Remove{.object = "person", .items = {item}});
  deliver();
  ASSERT_TRUE(search.sweep([] { return true; }));
  EXPECT_EQ(ask(house.pool(), "select string_agg(word, ' ' order by word) from search_vocabulary"),
            "ana lopez rivera");
}

TEST_F(SearchTest, TooLongTextsAreRefused) {
  EXPECT_TRUE(search.clean());
  EXPECT_FALSE(search.find(caller(Role::reader), {.text = std::string(300, 'x'), .objects = {}}));
}

}  // namespace
}  // namespace rapport::platform
