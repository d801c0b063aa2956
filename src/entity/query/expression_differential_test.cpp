// The two meanings of an expression, its SQL and its evaluation over one record, held against each
// other: random conditions over random records with every oddity we know.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

#include "expression/evaluate.hpp"
#include "expression/sample_schema.hpp"
#include "expression/sql.hpp"
#include "store/testing.hpp"

namespace rapport::entity {
namespace {

using base::Value;
using expression::Asker;
using expression::Expression;
using expression::Path;
using expression::Type;

constexpr std::string_view kTables = R"(
  create table users (id uuid primary key, name text);
  create table companies (id uuid primary key, name text, revenue numeric(19,4),
    revenue_currency text, address_city text, parent_id uuid);
  create table persons (id uuid primary key, name text, country text, email text, visits bigint,
    rating numeric, discount numeric, spent numeric(19,4), spent_currency text, member boolean,
    born_on date, seen_at timestamptz, lifecycle text, interests text[], notes jsonb,
    address_city text, owner_id uuid, company_id uuid);
  create table companies_beside (id uuid primary key references companies, score numeric);
  create table persons_beside (id uuid primary key references persons, worth numeric(19,4),
    worth_currency text, warning text, favourite_id uuid)
)";

const std::vector<std::string> kTexts = {
    "Ana",     "ana",    "ANA",   "ana ",   "Ána",     "A\u0301na", "Straße", "STRASSE",
    "strasse", "İzmir",  "izmir", "IZMIR",  "ıspanak", "ΟΔΟΣ",      "οδος",   "οδοσ",
    "Žižek",   "žižek",  "50%",   "50 %",   "5_0",     "500",       "a\\b",   "a'b",
    "\"q\"",   "{x,y}",  "日本",  "🏔 Alm", "é",       "e",         "É",      "coöp",
    "co-op",   "coop",   "ﬁ",     "fi",     "Al",      "Alpina",    "alpina", "AL",
    "NULL",    "a\tb",   "ǅ",     "ǆ",      "Ǆ",       "Zoë",       "zoe",    "\u212Aelvin",
    "kelvin",  "KELVIN", "Å",     "A",      "a",       "B",         "b",      "\u200Bx",
    "x"};
const std::vector<std::string> kInstants = {
    // Clock changes of Madrid, New York, São Paulo (at midnight); the lost day of Apia; year ends.
    "2026-03-28T22:59:59.999999Z", "2026-03-28T23:00:00Z", "2026-03-29T00:59:59Z",
    "2026-03-29T01:00:00Z",        "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z",
    "2026-10-24T22:00:00Z",        "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z",
    "2026-10-25T23:00:00Z",        "2026-03-08T06:59:59Z", "2026-03-08T07:00:00Z",
    "2018-11-04T02:59:59Z",        "2018-11-04T03:00:00Z", "2011-12-30T09:59:59Z",
    "2011-12-30T10:00:00Z",        "2025-12-31T23:00:00Z", "2025-12-31T23:59:59Z",
    "2026-01-01T00:00:00Z",        "2026-03-29T12:00:00Z", "2026-02-28T23:30:00Z",
    "2024-02-29T12:00:00Z"};
const std::vector<std::string> kZones = {"UTC",          "Europe/Madrid",     "America/New_York",
                                         "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia"};
const std::vector<std::string> kAmounts = {"0",   "0.0000",   "-12.5", "12.50",   "12.5",
                                           "500", "499.9999", "-0.01", "1000000", "3"};
const std::vector<std::string> kCurrencies = {"EUR", "USD", "GBP"};

base::Id id_number(std::uint64_t n) {
  return base::id_at(1'700'000'000'000, 1, n);
}

struct Record {
  std::map<std::string, Value, std::less<>> values;  // by field name; absent is empty
};

class Random {
 public:
  explicit Random(std::uint64_t seed) : engine_(seed) {}
  std::size_t below(std::size_t n) { return engine_() % n; }
  bool one_in(std::size_t n) { return below(n) == 0; }
  template <class List>
  const auto& of(const List& list) {
    return list[below(list.size())];
  }

 private:
  std::mt19937_64 engine_;
};

class World {
 public:
  static constexpr std::size_t kPersons = 160, kCompanies = 12, kUsers = 3;

  explicit World(Random& random) : random_(random) {
    for (std::size_t i = 0; i < kUsers; ++i) users_.push_back({{{"id", id_number(i + 1)}}});
    for (std::size_t i = 0; i < kCompanies; ++i) companies_.push_back(company(i));
    for (std::size_t i = 0; i < kPersons; ++i) persons_.push_back(person(i));
  }

  void store(store::Transaction& tx) const {
    for (const Record& c : companies_) {
      insert(tx, "companies", c, {"id", "name", "revenue", "address.city", "parent"});
      insert(tx, "companies_beside", c, {"id", "score"});
    }
    for (const Record& p : persons_) {
      insert(tx, "persons", p,
             {"id", "name", "country", "email", "visits", "rating", "discount", "spent", "member",
              "born_on", "seen_at", "lifecycle", "interests", "notes", "address.city", "owner",
              "company"});
      insert(tx, "persons_beside", p, {"id", "worth", "warning", "favourite"});
    }
  }

  [[nodiscard]] const std::vector<Record>& persons() const { return persons_; }

  [[nodiscard]] Value fact(const Record& person, const Path& path) const {
    const Record* at = &person;
    for (const expression::Field& link : path.links) {
      const Value target = value(*at, link.name);
      if (base::is_empty(target)) return {};
      at = find(link.link_to == "company" ? companies_ : users_, std::get<base::Id>(target));
      if (at == nullptr) return {};
    }
    return value(*at, path.field.name);
  }

 private:
  static Value value(const Record& record, std::string_view field) {
    const auto found = record.values.find(field);
    return found == record.values.end() ? Value{} : found->second;
  }
  static const Record* find(const std::vector<Record>& records, const base::Id& id) {
    for (const Record& record : records) {
      if (std::get<base::Id>(record.values.at("id")) == id) return &record;
    }
    return nullptr;
  }

  base::Money money() {
    return {*base::parse_decimal(random_.of(kAmounts)), random_.of(kCurrencies)};
  }

  Record company(std::size_t i) {
    Record c{{{"id", id_number(100 + i)}}};
    if (!random_.one_in(4)) c.values["name"] = random_.of(kTexts);
    if (!random_.one_in(3)) c.values["revenue"] = money();
    if (random_.one_in(2)) c.values["address.city"] = random_.of(kTexts);
    if (!random_.one_in(3)) c.values["score"] = *base::parse_decimal(random_.of(kAmounts));
    if (i > 0 && !random_.one_in(3)) c.values["parent"] = id_number(100 + random_.below(i));
    return c;
  }

  Record person(std::size_t i) {
    Record p{{{"id", id_number(1000 + i)}}};
    const auto maybe = [&] { return !random_.one_in(4); };
    if (maybe()) p.values["name"] = random_.of(kTexts);
    if (maybe()) p.values["country"] = std::string(random_.one_in(2) ? "ES" : "FR");
    if (maybe()) p.values["email"] = random_.of(kTexts);
    if (maybe()) p.values["visits"] = static_cast<std::int64_t>(random_.below(7)) - 2;
    if (maybe()) p.values["rating"] = *base::parse_decimal(random_.of(kAmounts));
    if (maybe()) p.values["discount"] = *base::parse_decimal(random_.of(kAmounts));
    if (maybe()) p.values["spent"] = money();
    if (maybe()) p.values["member"] = random_.one_in(2);
    const auto moment = *base::parse_instant(random_.of(kInstants));
    if (maybe()) p.values["seen_at"] = moment;
    if (maybe()) p.values["born_on"] = base::date_in_zone(moment, "UTC");
    if (maybe()) p.values["lifecycle"] = std::string(random_.one_in(2) ? "customer" : "at_risk");
    if (maybe()) {
      base::Choices choices;
      for (const char* choice : {"climbing", "hiking", "ski"}) {
        if (random_.one_in(3)) choices.emplace_back(choice);
      }
      p.values["interests"] = choices;
    }
    if (maybe()) p.values["notes"] = base::JsonText{"{}"};
    if (maybe()) p.values["address.city"] = random_.of(kTexts);
    if (maybe()) p.values["owner"] = id_number(1 + random_.below(kUsers));
    if (maybe()) p.values["company"] = id_number(100 + random_.below(kCompanies));
    if (maybe()) p.values["worth"] = money();
    if (maybe()) p.values["warning"] = random_.of(kTexts);
    if (maybe()) p.values["favourite"] = id_number(100 + random_.below(kCompanies));
    return p;
  }

  static void insert(store::Transaction& tx, const std::string& table, const Record& record,
                     const std::vector<std::string>& fields) {
    const expression::SampleSchema schema;
    std::string columns;
    std::string places;
    store::Params params;
    const auto add = [&](const std::string& column) {
      columns += (columns.empty() ? "" : ", ") + column;
      places += (places.empty() ? "$" : ", $") + std::to_string(params.size());
    };
    for (const std::string& name : fields) {
      const Value v = value(record, name);
      if (base::is_empty(v)) continue;
      const auto* field =
          schema.find_field(table.starts_with("companies") ? "company" : "person", name);
      if (const auto* money = std::get_if<base::Money>(&v)) {
        params.text(money->currency);
        add(field->currency_column);
        params.decimal(money->amount);
      } else {
        put(params, v);
      }
      add(field->column);
    }
    tx.send({"test.insert", "insert into " + table + " (" + columns + ") values (" + places + ")"},
            params);
  }

  static void put(store::Params& params, const Value& v) {
    if (const auto* text = std::get_if<std::string>(&v)) params.text(*text);
    if (const auto* n = std::get_if<std::int64_t>(&v)) params.integer(*n);
    if (const auto* d = std::get_if<base::Decimal>(&v)) params.decimal(*d);
    if (const auto* truth = std::get_if<bool>(&v)) params.boolean(*truth);
    if (const auto* date = std::get_if<base::Date>(&v)) params.date(*date);
    if (const auto* instant = std::get_if<base::Instant>(&v)) params.instant(*instant);
    if (const auto* id = std::get_if<base::Id>(&v)) params.id(*id);
    if (const auto* json = std::get_if<base::JsonText>(&v)) params.text(json->text);
    if (const auto* choices = std::get_if<base::Choices>(&v)) {
      params.array(std::vector<std::optional<std::string>>(choices->begin(), choices->end()));
    }
  }

  Random& random_;
  std::vector<Record> users_, companies_, persons_;
};

// Conditions as a person might type them.
class Conditions {
 public:
  explicit Conditions(Random& random) : random_(random) {}

  std::string any(int depth) {
    if (depth == 0 || random_.one_in(3)) return leaf();
    switch (random_.below(4)) {
      case 0:
        return "not (" + any(depth - 1) + ")";
      case 1:
        return "(" + any(depth - 1) + " or " + any(depth - 1) + ")";
      case 2:
        return "(" + any(depth - 1) + " and " + any(depth - 1) + ")";
      default:
        return "not " + leaf();
    }
  }

 private:
  struct Kind {
    std::string_view field;
    Type type;
  };
  static constexpr Kind kFields[] = {{"name", Type::text},
                                     {"email", Type::text},
                                     {"address.city", Type::text},
                                     {"company.name", Type::text},
                                     {"company.address.city", Type::text},
                                     {"company.parent.name", Type::text},
                                     {"visits", Type::integer},
                                     {"rating", Type::decimal},
                                     {"discount", Type::percent},
                                     {"spent", Type::money},
                                     {"company.revenue", Type::money},
                                     {"company.parent.revenue", Type::money},
                                     {"member", Type::boolean},
                                     {"born_on", Type::date},
                                     {"seen_at", Type::instant},
                                     {"lifecycle", Type::choice},
                                     {"interests", Type::choices},
                                     {"owner", Type::id},
                                     {"company", Type::id},
                                     {"company.parent", Type::id},
                                     {"worth", Type::money},
                                     {"warning", Type::text},
                                     {"favourite", Type::id},
                                     {"favourite.name", Type::text},
                                     {"favourite.score", Type::decimal},
                                     {"company.score", Type::decimal},
                                     {"company.parent.score", Type::decimal},
                                     {"notes", Type::json}};

  std::string leaf() {
    const Kind& kind = kFields[random_.below(std::size(kFields))];
    const std::string field(kind.field);
    if (kind.type == Type::json || random_.one_in(8)) {
      return field + (random_.one_in(2) ? " is empty" : " is not empty");
    }
    if (kind.type == Type::choices) return field + " contains 'ski'";
    const bool text = kind.type == Type::text;
    if (text && random_.one_in(3)) {
      std::string sought = value(kind);
      return field + (random_.one_in(2) ? " contains " : " starts with ") + sought;
    }
    if (kind.type != Type::boolean && random_.one_in(5)) {
      std::string list = value(kind);
      for (std::size_t n = random_.below(3); n > 0; --n) list += ", " + value(kind);
      return field + (random_.one_in(2) ? " in (" : " not in (") + list + ")";
    }
    const bool ordered =
        kind.type != Type::boolean && kind.type != Type::choice && kind.type != Type::id;
    if (ordered && random_.one_in(5)) {
      if (kind.type == Type::money) return field + " between -5 EUR and " + amount() + " EUR";
      return field + " between " + value(kind) + " and " + value(kind);
    }
    static constexpr std::string_view signs[] = {" = ", " != ", " < ", " <= ", " > ", " >= "};
    return field + std::string(signs[random_.below(ordered ? 6 : 2)]) + value(kind);
  }

  std::string quoted(const std::string& text) {
    std::string out = "'";
    for (const char c : text) out += c == '\'' ? std::string("''") : std::string(1, c);
    return out + "'";
  }
  std::string amount() { return random_.of(kAmounts); }

  std::string value(const Kind& kind) {
    switch (kind.type) {
      case Type::text:
        return quoted(random_.of(kTexts));
      case Type::integer:
        return std::to_string(static_cast<int>(random_.below(7)) - 2);
      case Type::decimal:
      case Type::percent:
        return amount();
      case Type::money:
        return random_.one_in(5) ? "0" : amount() + " " + random_.of(kCurrencies);
      case Type::boolean:
        return random_.one_in(2) ? "true" : "false";
      case Type::date:
        return day();
      case Type::instant:
        return random_.one_in(2)   ? day()
               : random_.one_in(3) ? length("hdwmy")
                                   : random_.of(kInstants);
      case Type::choice:
        return random_.one_in(2) ? "'customer'" : "'lapsed'";
      default:
        if (kind.field == "owner") return random_.one_in(2) ? "me" : id(1);
        return id(100);
    }
  }

  std::string id(std::uint64_t from) {
    return "'" + base::to_text(id_number(from + random_.below(3))) + "'";
  }
  std::string length(std::string_view units) {
    return (random_.one_in(2) ? "-" : "+") + std::to_string(random_.below(15)) +
           units[random_.below(units.size())];
  }
  std::string day() {
    static const std::vector<std::string> said = {
        "today",      "yesterday",  "tomorrow",    "this week",    "last week",    "next week",
        "this month", "last month", "next month",  "this quarter", "last quarter", "next quarter",
        "this year",  "last year",  "next year",   "2026-03-29",   "2026-10-25",   "2018-11-04",
        "2011-12-30", "2011-12-31", "'2024-02-29'"};
    if (random_.one_in(5)) return length("dwmy");
    if (random_.one_in(6)) {
      return "today " + std::string(random_.one_in(2) ? "- " : "+ ") +
             std::to_string(random_.below(400)) + "d";
    }
    return random_.of(said);
  }

  Random& random_;
};

std::string described(const Expression& e, const expression::Sql& sql) {
  std::string out = to_text(e) + "\n" + sql.where;
  for (const auto& parameter : sql.parameters) out += "\n  " + parameter.value_or("NULL");
  return out;
}

store::Params params_of(const expression::Sql& sql) {
  store::Params params;
  for (const auto& parameter : sql.parameters) params.text(*parameter);
  return params;
}

class Differential : public testing::Test {
 protected:
  Differential() : random_(20260329), world_(random_) {
    auto tx = database_.pool().begin(store::Mode::read_write);
    EXPECT_TRUE(tx);
    for (std::string_view rest = kTables; !rest.empty();) {
      const auto end = rest.find(';');
      tx->send({"test.table", rest.substr(0, end)});
      rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
    }
    world_.store(*tx);
    const auto done = tx->commit();
    EXPECT_TRUE(done) << done.error().message;
  }

  Asker asker() {
    return {id_number(1), *base::parse_instant(random_.of(kInstants)), random_.of(kZones)};
  }

  void expect_same(store::Transaction& tx, const Expression& e, const Asker& who) {
    const auto strict = to_sql(e, schema_, who, {.alias = "p"});
    const auto bare = to_sql(e, schema_, who, {.alias = "p", .null_is_false = true});
    const auto all = tx.run({"test.strict", "select (" + strict.where + ") from persons p" +
                                                strict.joins + " order by p.id"},
                            params_of(strict));
    ASSERT_TRUE(all) << all.error().message << "\n" << described(e, strict);
    const auto found = tx.run({"test.bare", "select p.id from persons p" + bare.joins + " where " +
                                                bare.where + " order by p.id"},
                              params_of(bare));
    ASSERT_TRUE(found) << found.error().message << "\n" << described(e, bare);
    ASSERT_EQ(all->size(), world_.persons().size()) << "a join doubled or lost rows";
    std::size_t next = 0;
    for (std::size_t i = 0; i < all->size(); ++i) {
      const Record& person = world_.persons()[i];
      const bool is = evaluate(e, [&](const Path& path) { return world_.fact(person, path); }, who);
      ASSERT_FALSE(all->is_null(i, 0)) << described(e, strict);
      ASSERT_EQ(all->boolean(i, 0), is)
          << "person " << i << " in " << who.zone << " at " << base::to_text(who.now) << "\n"
          << described(e, strict);
      const bool in_where =
          next < found->size() && found->id(next, 0) == std::get<base::Id>(person.values.at("id"));
      if (in_where) ++next;
      ASSERT_EQ(in_where, is) << described(e, bare);
    }
  }

  store::TestDatabase database_;
  expression::SampleSchema schema_;
  Random random_;
  World world_;
};

TEST_F(Differential, SqlAndEvaluatorGiveTheSameAnswers) {
  constexpr int kConditions = 2500;
  Conditions conditions(random_);
  auto tx = database_.pool().begin(store::Mode::read_only);
  ASSERT_TRUE(tx);
  for (int i = 0; i < kConditions; ++i) {
    const std::string text = conditions.any(3);
    const auto parsed = parse(text, "person", schema_);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().message;
    const auto from_tree = expression::from_tree(to_tree(*parsed), "person", schema_);
    ASSERT_TRUE(from_tree) << text;
    ASSERT_EQ(to_text(*from_tree), to_text(*parsed));
    expect_same(*tx, *parsed, asker());
    if (HasFatalFailure()) return;
  }
}

TEST_F(Differential, TextsAreOrderedAndLoweredAlike) {
  auto tx = database_.pool().begin(store::Mode::read_only);
  ASSERT_TRUE(tx);
  for (const std::string& text : kTexts) {
    std::string quoted;
    for (const char c : text) quoted += c == '\'' ? std::string("''") : std::string(1, c);
    for (const char* sign : {"<", ">=", "=", "contains", "starts with"}) {
      const auto parsed =
          parse(std::string("name ") + sign + " '" + quoted + "'", "person", schema_);
      ASSERT_TRUE(parsed) << text << parsed.error().message;
      expect_same(*tx, *parsed, asker());
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(Differential, EverythingSaidIsAParameter) {
  auto tx = database_.pool().begin(store::Mode::read_only);
  ASSERT_TRUE(tx);
  for (const char* attack :
       {"'; drop table persons; --", "' or 1=1 --", "\\'; select 1; --", "$1", "$$", "%", "_", "\\",
        "{\"a\"}", "{}", "\",\"", "\"", "/* */", "E'\\''", "||pg_sleep(1)||", "\u0027", "NULL"}) {
    std::string quoted;
    for (const char* c = attack; *c != 0; ++c) {
      quoted += *c == '\'' ? std::string("''") : std::string(1, *c);
    }
    for (const std::string& text :
         {"name = '" + quoted + "'", "name contains '" + quoted + "'",
          "name in ('" + quoted + "', 'x')", "company.name starts with '" + quoted + "'"}) {
      const auto parsed = parse(text, "person", schema_);
      ASSERT_TRUE(parsed) << text << parsed.error().message;
      expect_same(*tx, *parsed, asker());
      if (HasFatalFailure()) return;
    }
  }
  const auto left = tx->run({"test.count", "select count(*) from persons"});
  ASSERT_TRUE(left);
  EXPECT_EQ(left->integer(0, 0), static_cast<std::int64_t>(World::kPersons));
}

}  // namespace
}  // namespace rapport::entity
