#include "expression/evaluate.hpp"

#include <algorithm>
#include <optional>

#include "expression/check.hpp"
#include "expression/letters.hpp"
#include "expression/moment.hpp"
#include "expression/nodes.hpp"

namespace rapport::expression {
namespace {

using base::Value;

// Where a value stands towards what it is compared with: before −1, within 0, after 1.
template <class Point>
int position(const Point& value, const Point& first, const Point& next) {
  if (value < first) return -1;
  if (value == first) return 0;
  return value < next ? 0 : 1;
}

int sign_of(std::strong_ordering order) {
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

std::optional<base::Decimal> number_of(const Value& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) return base::Decimal(*whole);
  if (const auto* decimal = std::get_if<base::Decimal>(&value)) return *decimal;
  return std::nullopt;
}

Value text_or_empty(const std::string& text) {
  return text.empty() ? Value{} : Value(text);
}

// Of a composed value the part that the field's name ends with: address.city, name.given.
Value part_of(const Field& field, Value value) {
  const auto point = field.name.rfind('.');
  const std::string_view part = point == std::string::npos
                                    ? std::string_view{}
                                    : std::string_view(field.name).substr(point + 1);
  if (const auto* name = std::get_if<base::PersonName>(&value)) {
    return text_or_empty(part == "given"    ? name->given
                         : part == "family" ? name->family
                                            : name->full);
  }
  if (const auto* address = std::get_if<base::Address>(&value)) {
    const std::pair<std::string_view, const std::string*> parts[] = {
        {"line1", &address->line1},
        {"line2", &address->line2},
        {"city", &address->city},
        {"region", &address->region},
        {"postal_code", &address->postal_code},
        {"country", &address->country}};
    for (const auto& [name, text] : parts) {
      if (name == part) return text_or_empty(*text);
    }
  }
  return value;
}

class Evaluator {
 public:
  Evaluator(const Facts& facts, const Asker& asker) : facts_(facts), asker_(asker) {}

  bool node(const Node& node) {
    return std::visit(
        Overloaded{
            [&](const And& all) {
              return std::all_of(all.terms.begin(), all.terms.end(),
                                 [&](const NodePtr& term) { return this->node(*term); });
            },
            [&](const Or& any) {
              return std::any_of(any.terms.begin(), any.terms.end(),
                                 [&](const NodePtr& term) { return this->node(*term); });
            },
            [&](const Not& negated) { return !this->node(*negated.term); },
            [&](const Constant& c) { return c.value; },
            [&](const Empty& e) { return empty(fact(e.path)); },
            [&](const Compare& c) {
              return holds(c.path.field, fact(c.path), c.comparison, c.operand);
            },
            [&](const Between& b) {
              const Value value = fact(b.path);
              return holds(b.path.field, value, Comparison::greater_or_equal, b.low) &&
                     holds(b.path.field, value, Comparison::less_or_equal, b.high);
            },
            [&](const In& in) {
              const Value value = fact(in.path);
              return std::any_of(in.operands.begin(), in.operands.end(),
                                 [&](const Operand& operand) {
                                   return holds(in.path.field, value, Comparison::equal, operand);
                                 });
            },
        },
        node.is);
  }

  static bool empty(const Value& value) {
    const auto* choices = std::get_if<base::Choices>(&value);
    return base::is_empty(value) || (choices != nullptr && choices->empty());
  }

  Value fact(const Path& path) const { return part_of(path.field, facts_(path)); }

 private:
  bool holds(const Field& field, const Value& value, Comparison comparison,
             const Operand& operand) {
    if (comparison == Comparison::contains || comparison == Comparison::starts_with) {
      return found(field, value, comparison, std::get<Value>(operand));
    }
    const auto at = towards(field, value, operand);
    if (!at) return comparison == Comparison::not_equal;
    switch (comparison) {
      case Comparison::equal:
        return *at == 0;
      case Comparison::not_equal:
        return *at != 0;
      case Comparison::less:
        return *at < 0;
      case Comparison::less_or_equal:
        return *at <= 0;
      case Comparison::greater:
        return *at > 0;
      default:
        return *at >= 0;
    }
  }

  // Nothing where they cannot be compared: an empty value, money of another currency.
  std::optional<int> towards(const Field& field, const Value& value, const Operand& operand) {
    if (base::is_empty(value)) return std::nullopt;
    if (field.type == Type::date) {
      const auto* date = std::get_if<base::Date>(&value);
      if (date == nullptr) return std::nullopt;
      const Days days = days_of(operand, asker_);
      return position(*date, days.first, base::plus_days(days.last, 1));
    }
    if (field.type == Type::instant) {
      const auto* instant = std::get_if<base::Instant>(&value);
      if (instant == nullptr) return std::nullopt;
      const Stretch stretch = stretch_of(operand, asker_);
      return position(*instant, stretch.first, stretch.next);
    }
    if (std::holds_alternative<Me>(operand)) return same(value, Value(asker_.me));
    const Value& literal = std::get<Value>(operand);
    if (const auto* money = std::get_if<base::Money>(&value)) {
      const auto& other = std::get<base::Money>(literal);
      if (!other.currency.empty() && other.currency != money->currency) return std::nullopt;
      return sign_of(money->amount <=> other.amount);
    }
    if (const auto number = number_of(value)) {
      const auto other = number_of(literal);
      return other ? std::optional(sign_of(*number <=> *other)) : std::nullopt;
    }
    if (field.type == Type::text) {
      const std::string* text = std::get_if<std::string>(&value);
      if (text == nullptr) return std::nullopt;
      return compare_letters(*text, std::get<std::string>(literal));
    }
    return same(value, literal);
  }

  static std::optional<int> same(const Value& value, const Value& literal) {
    return value == literal ? 0 : 1;
  }

  static bool found(const Field& field, const Value& value, Comparison comparison,
                    const Value& literal) {
    const auto& words = std::get<std::string>(literal);
    if (const auto* choices = std::get_if<base::Choices>(&value)) {
      return std::find(choices->begin(), choices->end(), words) != choices->end();
    }
    const std::string* text = std::get_if<std::string>(&value);
    if (text == nullptr) return false;
    const Lowering lowering = lowering_for(words);
    const std::string within = field.ignores_case ? *text : lowered(*text, lowering);
    const std::string sought = field.ignores_case ? words : lowered(words, lowering);
    return comparison == Comparison::contains ? within.find(sought) != std::string::npos
                                              : within.starts_with(sought);
  }

  const Facts& facts_;
  const Asker& asker_;
};

// The ends of the paths a node reads, and whether it asks for their emptiness.
struct Reading {
  Path path;
  bool asks_emptiness = false;
};

void collect(const Node& node, std::vector<Reading>& readings) {
  const auto add = [&](const Path& path, bool asks) {
    for (Reading& known : readings) {
      if (!same_field(known.path, path)) continue;
      known.asks_emptiness = known.asks_emptiness || asks;
      return;
    }
    readings.push_back({path, asks});
  };
  std::visit(Overloaded{[&](const And& all) {
                          for (const NodePtr& term : all.terms) collect(*term, readings);
                        },
                        [&](const Or& any) {
                          for (const NodePtr& term : any.terms) collect(*term, readings);
                        },
                        [&](const Not& negated) { collect(*negated.term, readings); },
                        [](const Constant&) {}, [&](const Empty& e) { add(e.path, true); },
                        [&](const auto& leaf) { add(leaf.path, false); }},
             node.is);
}

}  // namespace

bool evaluate(const Expression& expression, const Facts& facts, const Asker& asker) {
  return !expression.root || Evaluator(facts, asker).node(*expression.root);
}

bool check_applies(const Expression& check, const Facts& facts) {
  if (!check.root) return true;
  std::vector<Reading> readings;
  collect(*check.root, readings);
  return std::all_of(readings.begin(), readings.end(), [&](const Reading& reading) {
    return reading.asks_emptiness ||
           !Evaluator::empty(part_of(reading.path.field, facts(reading.path)));
  });
}

}  // namespace rapport::expression
