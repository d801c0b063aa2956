#include "platform/exchange/exchange.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>
#include <sstream>

#include "entity/plan/sets.hpp"
#include "entity/request/request.hpp"
#include "platform/exchange/exchange_testing.hpp"

namespace rapport::platform {
namespace {

// The statement of a set ran for each page, and each saw the records of another moment.
TEST_F(ExchangeTest, ExportsASetAsItWasAtOneMoment) {
  constexpr int persons = 2500;  // three pages
  exchange = std::make_unique<Exchange>(*engine.road,
                                        ExchangeOptions{.folder = folder.path() / "imports"});
  std::string text = "id,first,last,email,born\n";
  for (int i = 0; i < persons; ++i) text += std::to_string(i) + ",Ana,Row,,\n";
  import(text, people_mapping);
  const auto change = [&](std::string_view sql) {
    auto tx = database.pool().begin(store::Mode::read_write);
    ASSERT_TRUE(tx->script(sql));
    ASSERT_TRUE(tx->commit());
  };
  engine.road->sets().add(
      {.name = "rows",
       .object = "person",
       .reads = {},
       .parameters = {entity::SetParameter::text},
       .ids = {"test.rows", "select id from persons where note is null and number <> $1"}});
  entity::List list{.object = "person", .order = {"-number"}, .fields = {"number"}};
  list.set = entity::SetMark{"rows", {"0"}};
  std::string out;
  const auto take = [&](std::string_view piece) {
    // In the middle all others leave the set.
    if (out.empty()) change("update persons set note = 'seen'");
    out += piece;
    return true;
  };
  const auto count = export_records(*engine.road, engine.caller, list, ExportFormat::csv, take);
  ASSERT_TRUE(count) << count.error().message << count.error().details;
  EXPECT_EQ(*count, persons - 1);
  // In the order asked for, each once.
  std::vector<std::string> numbers;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) numbers.push_back(line.substr(line.find(',')));
  EXPECT_EQ(numbers.front(), ",number\r");
  EXPECT_TRUE(std::is_sorted(numbers.begin() + 1, numbers.end(), std::greater<>()));
  EXPECT_EQ(std::set<std::string>(numbers.begin(), numbers.end()).size(), numbers.size());
  // Nobody is in it now: the columns alone, in another order.
  out = "-";
  list.order = {"birth_date", "-created_at"};
  EXPECT_EQ(*export_records(*engine.road, engine.caller, list, ExportFormat::csv, take), 0);
  EXPECT_EQ(out, "-id,number\r\n");
}

TEST_F(ExchangeTest, ExportsWithFormulasGuarded) {
  import("id,first,last,email,born\n=1+1,Ana,López,,\n+34,-x,\"a,\"\"b\",,\n@x,@y,z,,01.01.2000\n",
         people_mapping);
  std::string out;
  const entity::List list{
      .object = "person", .order = {"number"}, .fields = {"number", "name", "birth_date"}};
  const auto count = export_records(*engine.road, engine.caller, list, ExportFormat::csv,
                                    [&](std::string_view piece) {
                                      out += piece;
                                      return true;
                                    });
  ASSERT_TRUE(count) << count.error().message;
  EXPECT_EQ(*count, 3);
  EXPECT_NE(out.find(",'=1+1,Ana López,\r\n"), std::string::npos) << out;
  EXPECT_NE(out.find(",'+34,\"'-x a,\"\"b\",\r\n"), std::string::npos) << out;
  EXPECT_NE(out.find(",'@x,'@y z,2000-01-01\r\n"), std::string::npos) << out;
}

}  // namespace
}  // namespace rapport::platform
