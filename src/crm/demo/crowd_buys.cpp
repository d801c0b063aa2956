// How the crowd buys: everyone at a rate of their own, with a chance to fall silent after each
// purchase (the pattern that customer-base analysis expects), more before Christmas than in May.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "crm/demo/buyer.hpp"
#include "crm/demo/crowd.hpp"

namespace rapport::crm {
namespace {

constexpr double kNeverBuy = .12;
constexpr int kReturnWithinDays = 20;

// January … December, of the busiest.
constexpr std::array<double, 12> kSeason = {.62, .50, .45, .48, .55, .62,
                                            .58, .48, .52, .60, .85, 1.0};

int month_of(base::Date date) {
  return base::civil_of(date).month;
}
bool is_winter(int month) {
  return month >= 10 || month <= 3;
}

std::string stage_of(int last_day, double days_between, bool came_back) {
  constexpr int lapsed_after = 540;
  const double at_risk_after = std::max(180.0, 2.5 * days_between);
  if (-last_day > lapsed_after) return "lapsed";
  if (-last_day > at_risk_after) return "at_risk";
  return came_back ? "won_back" : "customer";
}

std::string status_of(Random& random, int day) {
  if (day >= -1) return random.chance(.5) ? "open" : "paid";
  if (day >= -5) return "shipped";
  return random.chance(.015) ? "cancelled" : "completed";
}

std::string channel_of(Random& random, const Crowd::Buyer& buyer) {
  if (buyer.in_store_only) return "store";
  const double at = random.uniform();
  if (buyer.business) return at < .55 ? "email" : at < .85 ? "phone" : "partner";
  return at < .52 ? "shop" : at < .74 ? "mobile" : at < .95 ? "store" : "phone";
}

}  // namespace

base::Instant Crowd::moment(Random& random, int day, bool office_hours) const {
  // The later of two draws leans towards the evening, when people sit at home and shop.
  const int from = office_hours ? 8 * 3600 : 7 * 3600;
  const int length = office_hours ? 10 * 3600 : 16 * 3600;
  const auto draw = [&] { return random.between(0, length - 1); };
  const int first = draw();
  const int second = from + (office_hours ? first : std::max(first, draw()));
  const int since_first = day + days;
  return midnights_[static_cast<std::size_t>(since_first)] + base::seconds(second);
}

void Crowd::buy(Random& random, Buyer& buyer, Batch& batch) const {
  if (random.chance(kNeverBuy)) {
    buyer.lifecycle = random.chance(.75) ? "prospect" : "suspect";
    return;
  }
  // Rates and drop-outs are set so that orders_each = 4 comes out; more asks for higher rates and
  // for persons who stay longer.
  constexpr double shape = .75;
  constexpr double yearly_at_four = 5.6;
  const double more = options_.orders_each / 4;
  const double rate =
      random.gamma(shape, yearly_at_four * std::pow(more, 1.3)) + (buyer.business ? 3 : .15);
  const double silence = random.beta(.6, 4.5) / std::max(1.0, more);
  bool came_back = false;
  int last = 0;
  double at = buyer.first_day;
  while (buyer.orders < orders_max) {
    const int day = static_cast<int>(at);
    if (day > -1) break;
    const auto month = static_cast<std::size_t>(month_of(base::plus_days(options_.date, day)) - 1);
    // The first purchase is how we met; the others wait for their season.
    if (buyer.orders == 0 || random.chance(kSeason[month])) {
      OrderRecord bought = order(random, buyer, day);
      if (buyer.orders > 0 && day - last > 540) came_back = true;
      last = day;
      ++buyer.orders;
      buyer.last_product = bought.lines.front().product;
      maybe_return(random, buyer, bought, day, batch);
      batch.orders.push_back(std::move(bought));
      if (random.chance(silence)) break;
    }
    at += 365 * random.exponential(rate);
  }
  buyer.lifecycle = stage_of(last, 365 / rate, came_back);
}

OrderRecord Crowd::order(Random& random, const Buyer& buyer, int day) const {
  constexpr std::int64_t free_shipping_from = 8000;
  constexpr std::int64_t shipping = 490;
  OrderRecord order;
  order.person = buyer.person;
  order.company = buyer.company;
  order.channel = channel_of(random, buyer);
  order.at = moment(random, day, buyer.business || order.channel == "store");
  order.id = base::id_at(order.at.us / 1000, random.next(), random.next());
  order.number = fmt::format("{}-{}", buyer.number, buyer.orders + 1);
  order.status = status_of(random, day);
  const bool winter = is_winter(month_of(base::plus_days(options_.date, day)));
  const Weights& weights = winter ? setting_.winter_products : setting_.summer_products;
  const int lines_max = buyer.business ? 10 : 7;
  int lines = buyer.business ? 3 : 1;
  while (lines < lines_max && random.chance(buyer.business ? .6 : .36)) ++lines;
  for (int i = 0; i < lines; ++i) {
    const Product* product = &setting_.products[weights.draw(random)];
    const auto same = [&](const LineRecord& line) { return line.product == product; };
    if (std::any_of(order.lines.begin(), order.lines.end(), same)) continue;
    LineRecord line;
    line.id = base::id_at(order.at.us / 1000, random.next(), random.next());
    line.product = product;
    if (buyer.business) {
      line.quantity = random.between(4, 30);
      line.discount_percent = random.between(24, 34);
    } else {
      line.quantity = random.chance(.14) ? random.between(2, 4) : 1;
      line.discount_percent = random.chance(.1) ? random.between(1, 4) * 5 : 0;
    }
    order.lines.push_back(line);
  }
  const bool club = !buyer.business && !buyer.in_store_only && buyer.orders >= 4;
  work_out(order, club ? 5 : 0, buyer.tax_percent);
  const bool sent = order.channel == "shop" || order.channel == "mobile";
  if (sent && order.total_cents < free_shipping_from) {
    order.shipping_cents = shipping;
    work_out(order, club ? 5 : 0, buyer.tax_percent);
  }
  return order;
}

void Crowd::maybe_return(Random& random, const Buyer& buyer, const OrderRecord& order, int day,
                         Batch& batch) const {
  const int back = day + random.between(4, kReturnWithinDays);
  if (buyer.in_store_only || order.status == "cancelled" || back > -1) return;
  if (!random.chance(buyer.business ? .03 : .07)) return;
  OrderRecord sent_back;
  sent_back.person = buyer.person;
  sent_back.company = buyer.company;
  sent_back.is_return = true;
  sent_back.at = moment(random, back, true);
  sent_back.id = base::id_at(sent_back.at.us / 1000, random.next(), random.next());
  sent_back.number = order.number + "R";
  sent_back.channel = order.channel;
  for (const LineRecord& line : order.lines) {
    if (!sent_back.lines.empty() && !random.chance(.5)) continue;
    LineRecord copy = line;
    copy.id = base::id_at(sent_back.at.us / 1000, random.next(), random.next());
    sent_back.lines.push_back(copy);
  }
  work_out(sent_back, order.discount_cents != 0 ? 5 : 0, buyer.tax_percent);
  batch.orders.push_back(std::move(sent_back));
}

}  // namespace rapport::crm
