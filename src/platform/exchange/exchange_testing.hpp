// The story of a shop's files, and Exchange on a database of its own to tell it with.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "platform/exchange/exchange.hpp"
#include "platform/exchange/testing.hpp"

namespace rapport::platform {

inline constexpr std::string_view people_mapping = R"(
name: People
file: {header: true}
objects:
  - object: person
    keys:
      - {external: shop, of: id}
      - {identity: email, of: email}
    fields:
      number: id
      name.given: first
      name.family: last
      email: {column: email, collision: fill_if_empty}
      birth_date: {column: born, date: dd.MM.yyyy}
)";

inline constexpr std::string_view orders_mapping = R"(
file: {header: true}
forms: {currency: EUR}
objects:
  - object: person
    key: {external: shop, of: customer}
    fields: {number: customer}
  - object: order
    key: {external: shop, of: invoice}
    fields:
      number: invoice
      person: {link: person}
      placed_at: {column: at, collision: fill_if_empty}
      total: {product: [quantity, price], sum: true}
  - object: order_line
    key: {external: shop, of: [invoice, item, quantity, price], occurrence: true}
    fields:
      order: {link: order}
      person: {link: person}
      description: item
      quantity: quantity
      unit_price: price
      total: {product: [quantity, price]}
reports:
  - {report: free of charge, column: price, at_most: 0}
)";

class ExchangeTest : public testing::Test {
 protected:
  ExchangeTest() : database("exchange", make_records_tables), engine(database.pool()) {
    exchange = std::make_unique<Exchange>(
        *engine.road, ExchangeOptions{.folder = folder.path() / "imports", .rows_per_chunk = 4});
  }

  ImportStatus import(std::string_view text, std::string_view mapping,
                      const std::string& name = "file.csv") {
    const auto file =
        exchange->keep_file(engine.caller, {.path = folder.write(name, text), .name = name});
    EXPECT_TRUE(file) << file.error().message;
    const auto started = exchange->start(engine.caller, *file, mapping);
    EXPECT_TRUE(started) << started.error().message;
    if (!started) return {};
    auto ended = exchange->run(engine.caller, *started);
    EXPECT_TRUE(ended) << ended.error().message << ended.error().details;
    EXPECT_EQ(ended->state, ImportState::done) << ended->problem;
    const ImportCounts& rows = ended->rows;
    EXPECT_EQ(rows.received, rows.created + rows.updated + rows.unchanged + rows.rejected);
    return *ended;
  }

  ImportStatus undo(const base::Id& id) {
    const auto begun = exchange->undo(engine.caller, id);
    EXPECT_TRUE(begun) << begun.error().message;
    auto ended = exchange->run(engine.caller, id);
    EXPECT_TRUE(ended) << ended.error().message << ended.error().details;
    return ended ? *ended : ImportStatus{};
  }

  std::string one(std::string_view sql) { return ask(database.pool(), sql); }

  static std::string counts(const ImportStatus& status) {
    const ImportCounts& r = status.rows;
    return std::to_string(r.received) + " = " + std::to_string(r.created) + " + " +
           std::to_string(r.updated) + " + " + std::to_string(r.unchanged) + " + " +
           std::to_string(r.rejected);
  }

  store::TestDatabase database;
  TestFolder folder;
  TestEngine engine;
  std::unique_ptr<Exchange> exchange;
};

inline constexpr std::string_view people =
    "id,first,last,email,born\n"
    "1,Ana,López,ana@example.com,01.02.1980\n"
    "2,Ben,Huber,ben@example.com,\n"
    "3,Zoë,Żak,,31.12.1999\n";

inline constexpr std::string_view orders =
    "invoice,customer,at,item,quantity,price\n"
    "A1,c1,2024-05-01 10:00,Boot,1,90.00\n"
    "A1,c1,2024-05-01 10:00,Sock,2,5.50\n"
    "A1,c1,2024-05-01 10:00,Sock,2,5.50\n"
    "A2,c2,2024-05-02,Rope,1,120\n"
    "A3,c1,2024-05-03,Bag,1,0\n"
    "A3,c1,2024-05-04,Bag,2,40\n"
    "A1,c1,2024-05-01 10:00,Late,1,1.25\n"
    "A4,c2,2024-05-05,Wax,x,1\n"
    "A4,c2,2024-05-05,Wax,3,2\n";

}  // namespace rapport::platform
