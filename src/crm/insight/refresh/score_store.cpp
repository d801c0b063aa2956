#include "crm/insight/refresh/score_store.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json_writer.hpp"
#include "crm/insight/churn/churn_warning.hpp"
#include "crm/insight/copy_rows.hpp"
#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/insight_sql.hpp"
#include "entity/write/beside_rebuild.hpp"
#include "store/binary_copy.hpp"

namespace rapport::crm {
namespace {

using base::Value;

constexpr int kMoneyDigits = 4;
constexpr double kPercent = 100;

const std::vector<std::string>& person_fields() {
  static const std::vector<std::string> names{
      "rfm_cell",     "lifetime_value", "probability_alive", "expected_purchases", "churn_warning",
      "profit",       "historic_value", "next_offer",        "first_order_at",     "last_order_at",
      "orders_count", "scored_at",      "reasons_digest",    "churn_risk"};
  return names;
}

base::Decimal scaled(double value, int digits) {
  const double whole = std::round(value * std::pow(10, digits));
  return base::Decimal::of(static_cast<base::Int128>(whole), digits);
}

Before before_of(const BinaryRow& row, std::string_view currency) {
  Before before{.scored = true,
                .digest = row.is_null(1) ? 0 : row.integer(1),
                .as_of = row.instant(2),
                .modelled = !row.is_null(3),
                .in_currency = row.text(9) == currency,
                .lifetime_value = row.ten_thousandths(3),
                .alive = row.ten_thousandths(4),
                .expected = row.ten_thousandths(5),
                .profit = {},
                .risk = {},
                .first_order = row.is_null(7) ? base::Instant{} : row.instant(7),
                .last_order = row.is_null(8) ? base::Instant{} : row.instant(8)};
  if (!row.is_null(6)) before.profit = row.ten_thousandths(6);
  if (!row.is_null(10)) before.risk = row.ten_thousandths(10);
  return before;
}

std::int64_t ten_thousandths(double value) {
  return std::llround(value * std::pow(10, kMoneyDigits));
}

// Whether two numbers are told alike.
bool alike(std::int64_t a, std::int64_t b) {
  constexpr std::int64_t hundredth = 100;
  const auto hundredths = [](std::int64_t of) {
    return (of + (of < 0 ? -hundredth : hundredth) / 2) / hundredth;
  };
  return hundredths(a) == hundredths(b);
}

bool alike(const Before& before, const ScoreRow& row, const Facts& facts) {
  if (before.modelled != row.modelled || before.profit != row.profit || !before.in_currency) {
    return false;
  }
  if (before.risk.has_value() != row.risk.has_value() ||
      (row.risk && *before.risk != ten_thousandths(*row.risk * kPercent))) {
    return false;
  }
  if (before.first_order != facts.first_order[row.customer]) return false;
  if (before.last_order != facts.last_order[row.customer]) return false;
  return !row.modelled || (alike(before.lifetime_value, row.lifetime_value) &&
                           alike(before.alive, ten_thousandths(row.alive * kPercent)) &&
                           alike(before.expected, ten_thousandths(row.expected)));
}

}  // namespace

base::Result<std::vector<Before>> read_before(store::Transaction& tx, const IdIndex& persons,
                                              std::string_view currency, bool all) {
  std::vector<Before> before(persons.size());
  auto done = read_rows(tx, insight_sql("copy_scored", {{"persons", all ? "" : "of_ids"}}),
                        [&](const BinaryRow& row) {
                          const auto person = persons.find(row.id(0));
                          if (!person) return;
                          before[*person] = before_of(row, currency);
                        });
  if (!done) return std::unexpected(done.error());
  return before;
}

bool worth_keeping(const base::Id& customer, const Before& before, std::int64_t digest,
                   base::Instant as_of, std::string_view zone) {
  if (!before.scored || before.digest != digest) return true;
  constexpr int shortest_month = 28;
  const int first_day = customer.bytes.back() % shortest_month;  // the 1st is 0
  const auto month = [&](base::Instant at) {
    const auto date = base::civil_of({base::date_in_zone(at, zone).days - first_day});
    return std::pair(date.year, date.month);
  };
  return month(before.as_of) != month(as_of);
}

namespace {

// The values of a customer's fields, in the order of person_fields().
void put_values(std::vector<Value>& values, const ScoreRow& row, const Facts& facts,
                const Basis& basis, base::Instant as_of, std::int64_t digest) {
  const auto money = [&](std::int64_t amount) {
    return Value(base::Money{base::Decimal::of(amount, kMoneyDigits), basis.currency});
  };
  values.clear();
  values.push_back(row.cell.recency > 0 ? Value(analytics::to_text(row.cell)) : Value());
  values.push_back(row.modelled ? money(row.lifetime_value) : Value());
  values.push_back(row.modelled ? Value(scaled(row.alive * kPercent, kMoneyDigits)) : Value());
  values.push_back(row.modelled ? Value(scaled(row.expected, kMoneyDigits)) : Value());
  values.push_back(Value(std::string(name_of(row.warning))));
  values.push_back(row.profit ? money(*row.profit) : Value());
  values.push_back(money(row.historic_value));
  values.push_back(row.offers_count > 0 ? Value(facts.products[row.offers[0].product]) : Value());
  values.push_back(row.orders > 0 ? Value(facts.first_order[row.customer]) : Value());
  values.push_back(row.orders > 0 ? Value(facts.last_order[row.customer]) : Value());
  values.push_back(Value(static_cast<std::int64_t>(row.orders)));
  values.push_back(Value(as_of));
  values.push_back(Value(digest));
  values.push_back(row.risk ? Value(scaled(*row.risk * kPercent, kMoneyDigits)) : Value());
}

std::string offers_json(const ScoreRow& row, const Facts& facts) {
  std::string out;
  base::JsonWriter json(out);
  json.begin_array();
  for (std::size_t i = 0; i < row.offers_count; ++i) {
    const auto& offer = row.offers[i];
    json.begin_object();
    json.key("product");
    json.string(base::to_text(facts.products[offer.product]));
    json.key("because");
    if (offer.best_seller()) {
      json.null();
    } else {
      json.string(base::to_text(facts.products[offer.because]));
    }
    json.key("support");
    json.number(offer.support);
    json.key("lift");
    json.raw(fmt::format("{:.4f}", offer.lift));
    json.end_object();
  }
  json.end_array();
  return out;
}

void put_if(store::BinaryCopyRow& line, bool known, std::int64_t ten_thousandths) {
  known ? line.ten_thousandths(ten_thousandths) : line.null();
}

// A thousandth of a day is enough.
float rounded_rhythm(float days) {
  constexpr double thousand = 1000;
  return static_cast<float>(std::round(days * thousand) / thousand);
}

// Cells of one row of history, in the order of copy_scores_in.
void put_history(std::string& out, const ScoreRow& row, const Facts& facts, const Basis& basis,
                 base::Instant as_of) {
  constexpr std::int16_t cells = 30;
  const auto integer = [](auto value) { return static_cast<std::int32_t>(value); };
  store::BinaryCopyRow line(out, cells);
  line.id(facts.persons[row.customer]).instant(as_of);
  row.modelled&& basis.model ? line.id(*basis.model) : line.null();
  row.cell.recency > 0 ? line.text(analytics::to_text(row.cell)) : line.null();
  put_if(line, row.modelled, row.lifetime_value);
  put_if(line, row.modelled, ten_thousandths(row.alive * kPercent));
  put_if(line, row.modelled, ten_thousandths(row.expected));
  line.text(name_of(row.warning));
  put_if(line, row.profit.has_value(), row.profit.value_or(0));
  line.ten_thousandths(row.historic_value);
  row.offers_count > 0 ? line.id(facts.products[row.offers[0].product]) : line.null();
  line.text(basis.currency);
  row.orders > 0 ? line.date({row.first_day}) : line.null();
  row.orders > 0 ? line.date({row.last_day}) : line.null();
  line.integer(integer(row.orders)).integer(integer(row.returns)).integer(integer(row.purchases));
  line.ten_thousandths(row.average).real(rounded_rhythm(row.rhythm));
  line.ten_thousandths(row.bought).ten_thousandths(row.returned).integer(integer(row.unresolved));
  line.ten_thousandths(row.earlier_average).ten_thousandths(row.latest_average);
  row.offers_count > 0 ? line.text(offers_json(row, facts)) : line.null();
  line.date({row.as_of_day});
  put_if(line, row.risk.has_value(), ten_thousandths(row.risk.value_or(0) * kPercent));
  row.purchases > 0 ? line.date({row.first_purchase}) : line.null();
  row.purchases > 0 ? line.date({row.last_purchase}) : line.null();
  const auto reasons = codes_of(warning_reasons(row));
  reasons.empty() ? line.null() : line.text(reasons);
}

}  // namespace

std::vector<Written> ScoreStore::to_write(std::span<const ScoreRow> rows,
                                          std::span<const Before> before) const {
  std::vector<Written> written;
  for (const auto& row : rows) {
    const auto& was = before[row.customer];
    const auto digest = digest_of(row, facts_);
    const bool kept = worth_keeping(facts_.persons[row.customer], was, digest, as_of_, basis_.zone);
    if (kept || !alike(was, row, facts_)) {
      written.push_back({.row = &row, .digest = digest, .kept = kept});
    }
  }
  std::ranges::sort(written, {}, [this](const Written& one) -> const base::Id& {
    return facts_.persons[one.row->customer];
  });
  return written;
}

base::Result<void> ScoreStore::write_history(store::Transaction& tx, std::span<const Written> rows,
                                             std::span<const Before> before) const {
  // A second run at the same moment writes the same rows again. Of few customers that is always
  // looked at: a refresh may have written their history and not yet what stands beside them.
  const bool few = rows.size() <= entity::BesideWriter::rows_a_statement;
  std::vector<base::Id> again;
  for (const auto& one : rows) {
    if (one.kept && (few || before[one.row->customer].as_of == as_of_)) {
      again.push_back(facts_.persons[one.row->customer]);
    }
  }
  if (!again.empty()) {
    const auto cleared =
        tx.run(insight_statement("clear_scores_at"), store::Params().instant(as_of_).ids(again));
    if (!cleared) return std::unexpected(store::as_problem(cleared.error()));
  }
  std::vector<const ScoreRow*> kept;
  for (const auto& one : rows) {
    if (one.kept) kept.push_back(one.row);
  }
  if (kept.empty()) return {};
  return copy_binary_rows(tx, insight_statement("copy_scores_in").sql, kept,
                          [&](std::string& out, const ScoreRow* row) {
                            put_history(out, *row, facts_, basis_, as_of_);
                          });
}

base::Result<void> ScoreStore::write_beside(store::Transaction& tx,
                                            std::span<const Written> rows) const {
  auto writer = entity::BesideWriter::of(tx, catalog_, "person", person_fields());
  if (!writer) return std::unexpected(writer.error());
  std::vector<Value> values;
  for (const auto& one : rows) {
    put_values(values, *one.row, facts_, basis_, as_of_, one.digest);
    if (auto added = writer->add(facts_.persons[one.row->customer], values); !added) return added;
  }
  if (auto written = writer->finish(); !written) return std::unexpected(written.error());
  return {};
}

base::Result<bool> ScoreStore::rebuild_beside(
    store::Pool& pool, std::span<const Written> rows,
    const std::function<base::Result<void>()>& may_swap) const {
  std::size_t next = 0;
  const auto give = [&](entity::BesideRow& beside) {
    if (next == rows.size()) return false;
    const auto& one = rows[next++];
    beside.record = facts_.persons[one.row->customer];
    put_values(beside.values, *one.row, facts_, basis_, as_of_, one.digest);
    return true;
  };
  return entity::rebuild_beside(pool, catalog_, "person", person_fields(), give,
                                {.may_swap = may_swap});
}

base::Result<void> ScoreStore::clear_scores(store::Transaction& tx,
                                            std::span<const std::uint32_t> customers) const {
  if (customers.empty()) return {};
  auto writer = entity::BesideWriter::of(tx, catalog_, "person", person_fields());
  if (!writer) return std::unexpected(writer.error());
  std::vector<base::Id> ids;
  ids.reserve(customers.size());
  for (const auto customer : customers) ids.push_back(facts_.persons[customer]);
  std::ranges::sort(ids);
  const std::vector<Value> none(person_fields().size());
  for (const auto& id : ids) {
    if (auto added = writer->add(id, none); !added) return added;
  }
  if (auto written = writer->finish(); !written) return std::unexpected(written.error());
  return {};
}

base::Result<void> ScoreStore::write_affinities(store::Transaction& tx,
                                                const analytics::Similarities& alike) const {
  const auto cleared = tx.run(insight_statement("clear_affinities"));
  if (!cleared) return std::unexpected(store::as_problem(cleared.error()));
  std::vector<std::pair<analytics::Item, analytics::Neighbour>> pairs;
  for (analytics::Item item = 0; item < alike.items(); ++item) {
    for (const auto& neighbour : alike.of(item)) pairs.emplace_back(item, neighbour);
  }
  return copy_rows(tx, insight_statement("copy_affinities_in").sql, pairs,
                   [&](std::string& out, const auto& pair) {
                     store::CopyRow line(out);
                     line.id(facts_.products[pair.first]).id(facts_.products[pair.second.item]);
                     line.raw(fmt::format("{}", pair.second.together));
                     line.raw(fmt::format("{}", pair.second.lift))
                         .raw(fmt::format("{}", pair.second.similarity));
                     line.end();
                   });
}

base::Result<void> ScoreStore::write_companies(
    store::Transaction& tx, std::optional<std::vector<base::Id>> companies) const {
  store::Params params;
  params.text(basis_.currency).instant(as_of_);
  if (companies) params.ids(*companies);
  const auto sql =
      companies
          ? insight_sql("companies",
                        {{"staff", "of_staff"}, {"buyers", "of_buyers"}, {"these", "of_companies"}})
          : insight_sql("companies", {{"staff", ""}, {"buyers", ""}, {"these", ""}});
  const auto rows = tx.run({"insight.companies", sql}, params);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  static const std::vector<std::string> fields{"lifetime_value", "profit",        "historic_value",
                                               "orders_count",   "last_order_at", "scored_at"};
  auto writer = entity::BesideWriter::of(tx, catalog_, "company", fields);
  if (!writer) return std::unexpected(writer.error());
  const auto money = [&](std::size_t row, std::size_t column) -> Value {
    const auto amount = base::parse_decimal(rows->text(row, column));
    if (rows->is_null(row, column) || !amount) return {};
    return base::Money{*amount, basis_.currency};
  };
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const std::vector<Value> values{money(i, 1),
                                    money(i, 2),
                                    money(i, 3),
                                    Value(rows->integer(i, 4)),
                                    rows->is_null(i, 5) ? Value() : Value(rows->instant(i, 5)),
                                    Value(as_of_)};
    if (auto added = writer->add(rows->id(i, 0), values); !added) return added;
  }
  if (auto written = writer->finish(); !written) return std::unexpected(written.error());
  return {};
}

}  // namespace rapport::crm
