// What insight knows of the customers: their orders, what was on them and what was said, read once
// from the database into columns side by side. Stand-ins are left out, and so are cancelled orders,
// records in the bin, and amounts in another currency than the organisation's.
//
// Days are days since 1970-01-01 in the organisation's zone, amounts whole ten-thousandths of its
// currency. A customer is a number: its place in `persons`.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/value/orders.hpp"
#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "crm/insight/facts/id_index.hpp"
#include "store/database.hpp"

namespace rapport::crm {

// The channels of interactions; those of orders are among them.
inline constexpr std::array<std::string_view, 14> channel_names{
    "email", "phone",  "chat",        "sms",     "web",    "social",  "store",
    "shop",  "mobile", "advertising", "partner", "letter", "meeting", "other"};
inline constexpr std::uint8_t channel_other = 13;
[[nodiscard]] std::uint8_t channel_number(std::string_view name);  // unknown and empty: other

// Turns moments into days of a zone. Keeps where each day begins: asking the calendar for every one
// of ten million orders would take longer than reading them.
class Days {
 public:
  explicit Days(std::string zone) : zone_(std::move(zone)) {}
  [[nodiscard]] std::int32_t of(base::Instant instant);
  [[nodiscard]] const std::string& zone() const { return zone_; }

 private:
  [[nodiscard]] std::int64_t start(std::int32_t day);
  std::string zone_;
  std::int32_t first_ = 0;
  std::vector<std::int64_t> starts_;  // microseconds, of day first_ + n
};

// An order or a return within the window of profit.
struct RecentOrder {
  std::uint32_t customer = 0;
  std::int32_t day = 0;
  std::uint8_t channel = channel_other;
  bool is_return = false;
  std::uint32_t lines = 0, costed_lines = 0;  // the latter's products say what they cost
  std::int64_t total = 0, discount = 0, tax = 0, cost_of_goods = 0;  // as signed as the order

  // Where one line's cost is unknown, so is the order's.
  [[nodiscard]] bool costed() const { return lines > 0 && costed_lines == lines; }
};

struct Talk {  // an interaction
  std::uint32_t customer = 0;
  std::int32_t day = 0;
  std::uint8_t channel = channel_other;
  bool incoming = false, unresolved = false;
  std::optional<std::int32_t> minutes;
  std::optional<std::int64_t> cost;
};

struct Bought {  // one line: a product a customer took, or gave back
  std::uint32_t customer = 0;
  std::uint32_t product = 0;
  bool returned = false;
};

struct ProductFact {
  std::optional<std::int64_t> cost;
  bool sold = true;  // may be offered: active, and not in the bin
};

struct FactsOptions {
  std::string zone = "UTC";
  std::string currency = "EUR";
  std::int32_t today = 0;
  std::int32_t profit_from = 0;  // first day of the window of profit
  std::int32_t talks_from = 0;   // first day of interactions
  // Only of these; none: of all.
  std::optional<std::vector<base::Id>> persons;
};

// Orders and returns after today, which no score counts yet: dated ahead, or after what is known.
struct LaterOrders {
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;
  std::vector<std::int64_t> amount;
};

struct Facts {
  IdIndex persons;
  // By person: his first and last order, returns left out; nought: none.
  std::vector<base::Instant> first_order, last_order;
  // Orders and returns up to today, one row each; returns of nought are left out.
  std::vector<std::uint32_t> customer;
  std::vector<std::int32_t> day;
  std::vector<std::int64_t> amount;
  LaterOrders later;
  std::vector<RecentOrder> recent_orders;
  std::vector<Talk> talks;
  IdIndex products;
  std::vector<ProductFact> product_facts;
  std::vector<Bought> bought;

  [[nodiscard]] analytics::Orders orders() const {
    return {.customers = persons.size(), .customer = customer, .day = day, .amount = amount};
  }
};

// Something else to be read of the same persons, on whichever connection is free.
using AlsoRead = std::function<base::Result<void>(store::Transaction& tx, const IdIndex& persons)>;

// Reads all of it in five COPYs, no more, however many customers. Given a second transaction that
// reads as of the same moment, orders come on the one and lines on the other at the same time; what
// is read is the same.
[[nodiscard]] base::Result<Facts> read_facts(store::Transaction& tx, const FactsOptions& options,
                                             store::Transaction* second = nullptr,
                                             const AlsoRead& also = {});

}  // namespace rapport::crm
