#include "crm/insight/facts/facts.hpp"

#include <algorithm>
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

class Reading {
 public:
  Reading(store::Transaction& tx, const FactsOptions& options)
      : tx_(tx), options_(options), days_(options.zone) {}

  base::Result<Facts> read() {
    const auto since = base::start_of_day({options_.talks_from}, options_.zone);
    const auto recent = base::start_of_day({options_.profit_from}, options_.zone);
    const auto persons = options_.persons ? array_text(*options_.persons) : std::string("{}");
    if (auto done = set_local(tx_, {{"rapport.currency", options_.currency},
                                    {"rapport.persons", persons},
                                    {"rapport.since", base::to_text(since)},
                                    {"rapport.recent", base::to_text(recent)}});
        !done)
      return std::unexpected(done.error());
    for (const auto step : {&Reading::persons, &Reading::products, &Reading::orders,
                            &Reading::lines, &Reading::talks}) {
      if (auto done = (this->*step)(); !done) return std::unexpected(done.error());
    }
    return std::move(facts_);
  }

 private:
  using Step = base::Result<void>;

  Step copy(std::string_view name, std::string_view narrowed_by,
            std::function<void(const BinaryRow&)> row) {
    return read_rows(
        tx_, insight_sql(name, {{"persons", std::string(options_.persons ? narrowed_by : "")}}),
        std::move(row));
  }

  Step persons() {
    return copy("copy_persons", "of_ids", [this](const BinaryRow& row) {
      facts_.persons.add(row.id(0));
      facts_.first_order.emplace_back();
      facts_.last_order.emplace_back();
    });
  }

  Step products() {
    return copy("copy_products", "", [this](const BinaryRow& row) {
      facts_.products.add(row.id(0));
      ProductFact product{.cost = {}, .sold = row.boolean(2)};
      if (!row.is_null(1)) product.cost = row.ten_thousandths(1);
      facts_.product_facts.push_back(product);
    });
  }

  Step orders() {
    return copy("copy_orders", "of_persons", [this](const BinaryRow& row) {
      const auto customer = row.is_null(0) ? std::nullopt : facts_.persons.find(row.id(0));
      const auto day = days_.of(row.instant(1));
      if (!customer || day > options_.today) {
        if (!row.is_null(3)) note_special(row.id(3), kNotCounted);
        return;
      }
      const auto total = row.ten_thousandths(2);
      const bool moves_nothing = total == 0 && row.boolean(4);  // a return of nought
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

  Step lines() {
    return copy("copy_lines", "of_persons", [this](const BinaryRow& row) {
      const auto customer = facts_.persons.find(row.id(0));
      if (!customer) return;  // a stand-in's
      const auto special = special_orders_.find(row.id(1));
      const auto recent = special ? recent_of_[*special] : kLongAgo;
      if (recent == kNotCounted) return;  // cancelled, in the bin, or in another currency
      const auto quantity = row.ten_thousandths(3);
      const auto product = row.is_null(2) ? std::nullopt : facts_.products.find(row.id(2));
      if (product) {
        facts_.bought.push_back(
            {.customer = *customer, .product = *product, .returned = quantity < 0});
      }
      if (recent == kLongAgo) return;
      auto& order = facts_.recent_orders[recent];
      ++order.lines;
      if (!product || !facts_.product_facts[*product].cost) return;
      ++order.costed_lines;
      order.cost_of_goods += static_cast<std::int64_t>(
          static_cast<base::Int128>(*facts_.product_facts[*product].cost) * quantity /
          analytics::amount_unit);
    });
  }

  Step talks() {
    return copy("copy_interactions", "of_persons", [this](const BinaryRow& row) {
      const auto customer = facts_.persons.find(row.id(0));
      if (!customer) return;
      Talk talk{.customer = *customer, .day = days_.of(row.instant(1))};
      if (talk.day > options_.today) return;
      talk.channel = channel_number(row.text(2));
      if (!row.is_null(3)) talk.minutes = static_cast<std::int32_t>(row.integer(3));
      if (!row.is_null(4)) talk.cost = row.ten_thousandths(4);
      talk.incoming = row.boolean(5);
      talk.unresolved = row.boolean(6);
      facts_.talks.push_back(talk);
    });
  }

  void note_order(std::uint32_t customer, base::Instant at) {
    auto& first = facts_.first_order[customer];
    auto& last = facts_.last_order[customer];
    if (first.us == 0 || at < first) first = at;
    if (last.us == 0 || at > last) last = at;
  }

  // Most orders are long ago, and their lines need no looking up of what they are.
  void note_special(const base::Id& order, std::uint32_t recent) {
    if (special_orders_.add(order) == recent_of_.size()) recent_of_.push_back(recent);
  }

  static constexpr std::uint32_t kNotCounted = 0xFFFFFFFF, kLongAgo = 0xFFFFFFFE;

  store::Transaction& tx_;
  const FactsOptions& options_;
  Days days_;
  Facts facts_;
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

base::Result<Facts> read_facts(store::Transaction& tx, const FactsOptions& options) {
  return Reading(tx, options).read();
}

}  // namespace rapport::crm
