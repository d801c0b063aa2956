#include "crm/insight/facts/facts.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <utility>

#include "crm/insight/facts/binary_rows.hpp"
#include "crm/insight/insight_sql.hpp"

namespace rapport::crm {
namespace {

constexpr std::int64_t kMicrosecondsADay = 86'400'000'000;

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
  return a / b - (a % b < 0 ? 1 : 0);
}

std::string array_text(std::span<const base::Id> ids) {
  std::string text = "{";
  for (const auto& id : ids) {
    if (text.size() > 1) text += ',';
    base::append_text(text, id);
  }
  return text + "}";
}

// A line as it comes: what its order is, is known once all orders are read.
struct LineRead {
  base::Id order;
  std::uint32_t customer = 0;
  std::uint32_t product = 0;  // or kNoProduct
  std::int64_t quantity = 0;  // ten-thousandths
};

constexpr std::uint32_t kNoProduct = 0xFFFFFFFF;

class Reading {
 public:
  Reading(store::Transaction& tx, const FactsOptions& options, store::Transaction* second,
          const AlsoRead& also)
      : tx_(tx), second_(second), options_(options), also_(also) {}

  base::Result<Facts> read() {
    for (auto* tx : {&tx_, second_}) {
      if (auto done = tx == nullptr ? Step{} : say_what(*tx); !done) {
        return std::unexpected(done.error());
      }
    }
    for (const auto step : {&Reading::persons, &Reading::products, &Reading::expect_rows}) {
      if (auto done = (this->*step)(tx_); !done) return std::unexpected(done.error());
    }
    if (auto done = read_side_by_side(); !done) return std::unexpected(done.error());
    resolve_lines();
    return std::move(facts_);
  }

 private:
  using Step = base::Result<void>;

  // What the COPYs depend on.
  Step say_what(store::Transaction& tx) const {
    const auto since = base::start_of_day({options_.talks_from}, options_.zone);
    const auto recent = base::start_of_day({options_.profit_from}, options_.zone);
    const auto persons = options_.persons ? array_text(*options_.persons) : std::string("{}");
    return set_local(tx, {{"rapport.currency", options_.currency},
                          {"rapport.persons", persons},
                          {"rapport.since", base::to_text(since)},
                          {"rapport.recent", base::to_text(recent)}});
  }

  // The longest first. Each writes columns of its own.
  Step read_side_by_side() {
    constexpr std::array steps{&Reading::orders, &Reading::lines, &Reading::also, &Reading::talks};
    std::atomic<std::size_t> next = 0;
    const auto read_on = [&](store::Transaction& tx) -> Step {
      for (std::size_t n = next++; n < steps.size(); n = next++) {
        if (auto done = (this->*steps[n])(tx); !done) {
          next = steps.size();
          return done;
        }
      }
      return {};
    };
    if (second_ == nullptr) return read_on(tx_);
    auto beside = std::async(std::launch::async, [&] { return read_on(*second_); });
    auto done = read_on(tx_);
    auto done_beside = beside.get();
    return done ? done_beside : done;
  }

  Step copy(store::Transaction& tx, std::string_view name, std::string_view narrowed_by,
            std::function<void(const BinaryRow&)> row) const {
    return read_rows(
        tx, insight_sql(name, {{"persons", std::string(options_.persons ? narrowed_by : "")}}),
        std::move(row));
  }

  Step persons(store::Transaction& tx) {
    auto done = copy(tx, "copy_persons", "of_ids",
                     [this](const BinaryRow& row) { facts_.persons.add(row.id(0)); });
    facts_.first_order.resize(facts_.persons.size());
    facts_.last_order.resize(facts_.persons.size());
    return done;
  }

  Step products(store::Transaction& tx) {
    return copy(tx, "copy_products", "", [this](const BinaryRow& row) {
      facts_.products.add(row.id(0));
      ProductFact product{.cost = {}, .sold = row.boolean(2)};
      if (!row.is_null(1)) product.cost = row.ten_thousandths(1);
      facts_.product_facts.push_back(product);
    });
  }

  // A column that grows by doubling is written to fresh memory twice; room that is not used is
  // none.
  Step expect_rows(store::Transaction& tx) {
    if (options_.persons) return {};
    const auto rows = tx.run(insight_statement("expected_rows"));
    if (!rows) return std::unexpected(store::as_problem(rows.error()));
    const auto orders = static_cast<std::size_t>(rows->integer(0, 0));
    facts_.customer.reserve(orders);
    facts_.day.reserve(orders);
    facts_.amount.reserve(orders);
    lines_.reserve(static_cast<std::size_t>(rows->integer(0, 1)));
    return {};
  }

  Step orders(store::Transaction& tx) {
    IdFinder persons(facts_.persons);
    Days days(options_.zone);
    return copy(tx, "copy_orders", "of_persons", [&](const BinaryRow& row) {
      const auto customer = row.is_null(0) ? std::nullopt : persons.find(row.id(0));
      const auto day = days.of(row.instant(1));
      const auto total = row.ten_thousandths(2);
      const bool moves_nothing = total == 0 && row.boolean(4);  // a return of nought
      if (!customer || day > options_.today) {
        if (!row.is_null(3)) note_special(row.id(3), kNotCounted);
        if (customer && !moves_nothing) note_later(*customer, day, total);
        return;
      }
      if (!moves_nothing) {
        if (total >= 0) note_order(*customer, row.instant(1));
        facts_.customer.push_back(*customer);
        facts_.day.push_back(day);
        facts_.amount.push_back(total);
      }
      if (day < options_.profit_from) return;
      note_special(row.id(3), static_cast<std::uint32_t>(facts_.recent_orders.size()));
      facts_.recent_orders.push_back({.customer = *customer,
                                      .day = day,
                                      .channel = channel_number(row.text(5)),
                                      .is_return = row.boolean(4),
                                      .total = total,
                                      .discount = row.ten_thousandths(6),
                                      .tax = row.ten_thousandths(7)});
    });
  }

  Step lines(store::Transaction& tx) {
    IdFinder persons(facts_.persons), products(facts_.products);
    return copy(tx, "copy_lines", "of_persons", [&](const BinaryRow& row) {
      const auto customer = persons.find(row.id(0));
      if (!customer) return;  // a stand-in's
      const auto product = row.is_null(2) ? std::nullopt : products.find(row.id(2));
      lines_.push_back({.order = row.id(1),
                        .customer = *customer,
                        .product = product.value_or(kNoProduct),
                        .quantity = row.ten_thousandths(3)});
    });
  }

  Step also(store::Transaction& tx) { return also_ ? also_(tx, facts_.persons) : Step{}; }

  Step talks(store::Transaction& tx) {
    IdFinder persons(facts_.persons);
    Days days(options_.zone);
    return copy(tx, "copy_interactions", "of_persons", [&](const BinaryRow& row) {
      const auto customer = persons.find(row.id(0));
      if (!customer) return;
      Talk talk{.customer = *customer, .day = days.of(row.instant(1))};
      if (talk.day > options_.today) return;
      talk.channel = channel_number(row.text(2));
      if (!row.is_null(3)) talk.minutes = static_cast<std::int32_t>(row.integer(3));
      if (!row.is_null(4)) talk.cost = row.ten_thousandths(4);
      talk.incoming = row.boolean(5);
      talk.unresolved = row.boolean(6);
      facts_.talks.push_back(talk);
    });
  }

  void resolve_lines() {
    IdFinder special(special_orders_);
    constexpr std::size_t ahead = 16;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      const auto& line = lines_[i];
      if (i + ahead < lines_.size()) special_orders_.expect(lines_[i + ahead].order);
      const auto found = special.find(line.order);
      const auto recent = found ? recent_of_[*found] : kLongAgo;
      if (recent == kNotCounted) continue;  // cancelled, in the bin, or in another currency
      const bool has_product = line.product != kNoProduct;
      if (has_product) {
        facts_.bought.push_back(
            {.customer = line.customer, .product = line.product, .returned = line.quantity < 0});
      }
      if (recent == kLongAgo) continue;
      auto& order = facts_.recent_orders[recent];
      ++order.lines;
      if (!has_product || !facts_.product_facts[line.product].cost) continue;
      ++order.costed_lines;
      order.cost_of_goods += static_cast<std::int64_t>(
          static_cast<base::Int128>(*facts_.product_facts[line.product].cost) * line.quantity /
          analytics::amount_unit);
    }
  }

  void note_order(std::uint32_t customer, base::Instant at) {
    auto& first = facts_.first_order[customer];
    auto& last = facts_.last_order[customer];
    if (first.us == 0 || at < first) first = at;
    if (last.us == 0 || at > last) last = at;
  }

  void note_later(std::uint32_t customer, std::int32_t day, std::int64_t amount) {
    facts_.later.customer.push_back(customer);
    facts_.later.day.push_back(day);
    facts_.later.amount.push_back(amount);
  }

  // Most orders are long ago, and their lines need no looking up of what they are.
  void note_special(const base::Id& order, std::uint32_t recent) {
    if (special_orders_.add(order) == recent_of_.size()) recent_of_.push_back(recent);
  }

  static constexpr std::uint32_t kNotCounted = 0xFFFFFFFF, kLongAgo = 0xFFFFFFFE;

  store::Transaction& tx_;
  store::Transaction* second_;
  const FactsOptions& options_;
  const AlsoRead& also_;
  Facts facts_;
  std::vector<LineRead> lines_;
  IdIndex special_orders_;                // recent ones, and those that do not count
  std::vector<std::uint32_t> recent_of_;  // by these: the place in recent_orders, or kNotCounted
};

}  // namespace

std::uint8_t channel_number(std::string_view name) {
  const auto at = std::ranges::find(channel_names, name);
  return at == channel_names.end() ? channel_other
                                   : static_cast<std::uint8_t>(at - channel_names.begin());
}

std::int32_t Days::of(base::Instant instant) {
  // Nobody bought in 1850 or will in 2200; days out there need not be exact to the zone.
  constexpr std::int64_t far_us = 120 * std::int64_t{366} * kMicrosecondsADay;
  if (instant.us > 2 * far_us || instant.us < -far_us) {
    return static_cast<std::int32_t>(floor_div(instant.us, kMicrosecondsADay));
  }
  // Zones are at most 14 hours off, so the day is one of three.
  auto day = static_cast<std::int32_t>(floor_div(instant.us, kMicrosecondsADay));
  if (instant.us < start(day)) return day - 1;
  return instant.us >= start(day + 1) ? day + 1 : day;
}

std::int64_t Days::start(std::int32_t day) {
  const auto ask = [this](std::int32_t one) { return base::start_of_day({one}, zone_).us; };
  if (starts_.empty()) first_ = day;
  while (day < first_) {
    constexpr std::int32_t step = 366;
    std::vector<std::int64_t> before;
    for (auto one = first_ - step; one < first_; ++one) before.push_back(ask(one));
    starts_.insert(starts_.begin(), before.begin(), before.end());
    first_ -= step;
  }
  while (day >= first_ + static_cast<std::int32_t>(starts_.size())) {
    starts_.push_back(ask(first_ + static_cast<std::int32_t>(starts_.size())));
  }
  return starts_[static_cast<std::size_t>(day - first_)];
}

base::Result<Facts> read_facts(store::Transaction& tx, const FactsOptions& options,
                               store::Transaction* second, const AlsoRead& also) {
  return Reading(tx, options, second, also).read();
}

}  // namespace rapport::crm
