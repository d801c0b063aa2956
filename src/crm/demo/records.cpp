#include "crm/demo/records.hpp"

#include <cmath>
#include <utility>

namespace rapport::crm {
namespace {

using base::Value;

// Half away from zero, as prices are rounded in a shop.
std::int64_t percent_of(std::int64_t cents, int percent) {
  const std::int64_t product = cents * percent;
  return (product + (product < 0 ? -50 : 50)) / 100;
}

// Collects what a record has; what is empty is not said.
class ItemMaker {
 public:
  explicit ItemMaker(const base::Id& id) { item_.id = id; }

  ItemMaker& text(std::string_view field, const std::string& value) {
    if (!value.empty()) put(field, Value(value));
    return *this;
  }
  ItemMaker& link(std::string_view field, const std::optional<base::Id>& value) {
    if (value) put(field, Value(*value));
    return *this;
  }
  ItemMaker& address(std::string_view field, const base::Address& value) {
    if (value != base::Address{}) put(field, Value(value));
    return *this;
  }
  // Nothing at all is not said either.
  ItemMaker& money(std::string_view field, std::int64_t cents) {
    if (cents != 0) put(field, Value(euros(cents)));
    return *this;
  }
  ItemMaker& count(std::string_view field, std::int64_t n) {
    if (n != 0) put(field, Value(n));
    return *this;
  }
  ItemMaker& put(std::string_view field, Value value) {
    item_.fields.push_back({std::string(field), std::move(value)});
    return *this;
  }
  [[nodiscard]] entity::Item take() { return std::move(item_); }

 private:
  entity::Item item_;
};

}  // namespace

base::Money euros(std::int64_t cents) {
  return {base::Decimal::of(cents, 2), "EUR"};
}

void work_out(OrderRecord& order, int order_discount_percent, int tax_percent) {
  std::int64_t goods = 0;
  order.quantity = 0;
  for (LineRecord& line : order.lines) {
    if (order.is_return && line.quantity > 0) line.quantity = -line.quantity;
    line.total_cents =
        percent_of(line.quantity * line.product->price_cents, 100 - line.discount_percent);
    order.quantity += line.quantity;
    goods += line.total_cents;
  }
  order.discount_cents = percent_of(goods, order_discount_percent);
  order.total_cents = goods - order.discount_cents + order.shipping_cents;
  const auto total = static_cast<double>(order.total_cents);
  order.tax_cents = std::llround(total - total / (1 + tax_percent / 100.0));
}

entity::Item item_of(const Product& product) {
  return ItemMaker(product.id)
      .text("name", product.name)
      .text("number", product.number)
      .text("category", product.category)
      .text("brand", product.brand)
      .text("kind", product.kind)
      .text("unit", product.unit)
      .money("price", product.price_cents)
      .money("cost", product.cost_cents)
      .take();
}

entity::Item item_of(const TeamRecord& team) {
  return ItemMaker(team.id).text("name", team.name).text("note", team.note).take();
}

entity::Item item_of(const UserRecord& user) {
  return ItemMaker(user.id)
      .text("name", user.name)
      .text("full_name", user.full_name)
      .text("email", user.email)
      .text("role", user.role)
      .text("zone", user.zone)
      .text("language", user.language)
      .link("team", user.team)
      .take();
}

entity::Item item_of(const CompanyRecord& company) {
  return ItemMaker(company.id)
      .text("name", company.name)
      .text("number", company.number)
      .link("parent", company.parent)
      .text("lifecycle", company.lifecycle)
      .link("owner", company.owner)
      .text("industry", company.industry)
      .text("website", company.website)
      .text("domain", company.domain)
      .text("email", company.email)
      .text("phone", company.phone)
      .address("address", company.address)
      .count("employees", company.employees)
      .money("revenue", company.revenue_cents)
      .text("language", company.language)
      .text("source", company.source)
      .text("note", company.note)
      .take();
}

entity::Item item_of(const PersonRecord& person) {
  ItemMaker maker(person.id);
  if (person.anonymous) return maker.put("kind", std::string("anonymous")).take();
  maker
      .put("name",
           base::PersonName{person.given + " " + person.family, person.given, person.family})
      .text("salutation", person.salutation)
      .text("number", person.number)
      .text("email", person.email)
      .text("phone", person.phone)
      .text("lifecycle", person.lifecycle)
      .link("owner", person.owner)
      .link("company", person.company)
      .text("job_title", person.job_title)
      .text("department", person.department)
      .address("address", person.address)
      .text("language", person.language)
      .text("source", person.source)
      .text("note", person.note);
  if (person.birth_date) maker.put("birth_date", *person.birth_date);
  return maker.take();
}

entity::Item item_of(const OrderRecord& order) {
  return ItemMaker(order.id)
      .text("number", order.number)
      .put("placed_at", order.at)
      .put("person", order.person)
      .link("company", order.company)
      .put("kind", std::string(order.is_return ? "return" : "order"))
      .text("channel", order.channel)
      .text("status", order.status)
      .put("quantity", base::Decimal(order.quantity))
      .put("total", euros(order.total_cents))
      .money("discount", order.discount_cents)
      .money("shipping", order.shipping_cents)
      .put("tax", euros(order.tax_cents))
      .text("note", order.note)
      .take();
}

entity::Item item_of(const OrderRecord& order, std::size_t line_number) {
  const LineRecord& line = order.lines[line_number];
  ItemMaker maker(line.id);
  maker.put("order", order.id)
      .put("person", order.person)
      .put("position", static_cast<std::int64_t>(line_number) + 1)
      .put("product", line.product->id)
      .text("description", line.product->name)
      .put("quantity", base::Decimal(line.quantity))
      .put("unit_price", euros(line.product->price_cents))
      .put("total", euros(line.total_cents));
  if (line.discount_percent != 0) maker.put("discount", base::Decimal(line.discount_percent));
  return maker.take();
}

entity::Item item_of(const InteractionRecord& interaction) {
  return ItemMaker(interaction.id)
      .put("at", interaction.at)
      .text("channel", interaction.channel)
      .text("direction", interaction.direction)
      .text("subject", interaction.subject)
      .text("body", interaction.body)
      .text("outcome", interaction.outcome)
      .count("minutes", interaction.minutes)
      .money("cost", interaction.cost_cents)
      .put("person", interaction.person)
      .link("company", interaction.company)
      .link("user", interaction.user)
      .take();
}

entity::Item item_of(const TaskRecord& task) {
  ItemMaker maker(task.id);
  maker.text("subject", task.subject)
      .text("kind", task.kind)
      .text("priority", task.priority)
      .link("owner", task.owner)
      .link("person", task.person)
      .link("company", task.company)
      .text("note", task.note);
  if (task.due_on) maker.put("due_on", *task.due_on);
  if (task.done_at) maker.put("done_at", *task.done_at);
  return maker.take();
}

entity::Item item_of(const PoolRecord& pool) {
  return ItemMaker(pool.id)
      .text("title", pool.channel + " " + base::to_text(pool.month).substr(0, 7))
      .text("channel", pool.channel)
      .put("month", Value(pool.month))
      .put("cost", Value(euros(pool.cost_cents)))
      .put("capacity_minutes", Value(pool.capacity_minutes))
      .take();
}

entity::Item item_of(const RateRecord& rate) {
  return ItemMaker(rate.id)
      .text("title", rate.channel + ": " + rate.activity)
      .text("channel", rate.channel)
      .text("activity", rate.activity)
      .put("minutes", Value(*base::parse_decimal(rate.minutes)))
      .take();
}

}  // namespace rapport::crm
