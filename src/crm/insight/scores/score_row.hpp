// Everything that insight says of one customer at one time, and what it rests on: a row of table
// `scores`. Reasons in words follow from it alone, so that no text is stored a million times.
//
// Money is whole ten-thousandths of the organisation's currency; days are days since 1970-01-01.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "analytics/value/rfm.hpp"
#include "base/id.hpp"

namespace rapport::crm {

enum class Warning : std::uint8_t { none, watch, act };
[[nodiscard]] std::string_view name_of(Warning warning);

inline constexpr std::size_t offers_max = 3;

inline constexpr std::uint32_t no_product = 0xFFFFFFFF;

struct Offer {
  std::uint32_t product = 0;  // numbers of products
  std::uint32_t because = 0;  // which the customer bought; no_product: offered as a best seller
  std::uint32_t support = 0;  // customers who bought both; of a best seller: who bought it
  float lift = 0;             // 1 of a best seller: nothing speaks for it but how many want it

  [[nodiscard]] bool best_seller() const { return because == no_product; }
};

struct ScoreRow {
  std::uint32_t customer = 0;
  std::int32_t as_of_day = 0;
  // What it rests on.
  std::int32_t first_day = 0, last_day = 0;  // of orders, without returns; nought without orders
  std::uint32_t orders = 0, returns = 0;     // one at least
  std::uint32_t purchases = 0;               // days with a purchase
  // Of these days, not of orders: one that was given back on its day is no purchase.
  std::int32_t first_purchase = 0, last_purchase = 0;  // nought without purchases
  float rhythm = 0;          // days between two of them, on average; 0: there is one only
  std::int64_t average = 0;  // what a purchase is expected to come to
  std::int64_t bought = 0, returned = 0;  // within the last year
  std::uint32_t unresolved = 0;           // interactions of the last 90 days
  std::int64_t earlier_average = 0, latest_average = 0;
  // The scores.
  analytics::RfmCell cell;  // noughts: there are too few customers for fifths
  std::int64_t historic_value = 0;
  bool modelled = false;  // a purchase model is in use; else the next three are not known
  std::int64_t lifetime_value = 0;
  double alive = 0;     // 0 … 1
  double expected = 0;  // purchases within 12 months
  Warning warning = Warning::none;
  std::optional<double> risk;          // of leaving, 0 … 1; none: no model is in use
  std::optional<std::int64_t> profit;  // none: nothing happened within the window
  std::array<Offer, offers_max> offers{};
  std::uint8_t offers_count = 0;

  // Days since the last purchase, by the rule by which its rhythm is told.
  [[nodiscard]] std::int32_t silence() const { return as_of_day - last_purchase; }
};

// The parts of profit, in ten-thousandths; each but revenue is taken off.
struct ProfitParts {
  std::int64_t revenue = 0, cost_of_goods = 0, discounts = 0, returns = 0, cost_to_serve = 0;
  ProfitParts& operator+=(const ProfitParts& more) {
    revenue += more.revenue;
    cost_of_goods += more.cost_of_goods;
    discounts += more.discounts;
    returns += more.returns;
    cost_to_serve += more.cost_to_serve;
    return *this;
  }
  [[nodiscard]] std::int64_t profit() const {
    return revenue - cost_of_goods - discounts - returns - cost_to_serve;
  }
};

struct Reason {
  std::string_view code;  // of the score's file
  // 0 … 1: how much it speaks for the score; of churn_risk in log odds, below nought against it.
  double weight = 0;
  std::vector<std::pair<std::string_view, std::string>> places;  // "last": "2026-03-01"
};

// What the wording of reasons needs besides the row.
struct ReasonContext {
  std::string currency = "EUR";
  double margin = 30;         // percent
  double discount_rate = 10;  // percent a year
  ProfitParts profit;
  std::vector<std::string> because;  // titles of the offers' reasons
  std::vector<Reason> churn_risk;    // as the model in use gives them
};

[[nodiscard]] std::string money_text(std::int64_t ten_thousandths, std::string_view currency);
[[nodiscard]] std::string day_text(std::int32_t day);

}  // namespace rapport::crm
