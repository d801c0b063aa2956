#include "expression/sql.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "expression/letters.hpp"
#include "expression/moment.hpp"
#include "expression/nodes.hpp"

namespace rapport::expression {
namespace {

using base::Value;

// Of literals the parser made; each is of its field's type.
std::string literal_text(const Value& value) {
  return std::visit(Overloaded{[](const std::string& text) { return text; },
                               [](std::int64_t n) { return fmt::format("{}", n); },
                               [](const base::Decimal& d) { return base::to_text(d); },
                               [](const base::Id& id) { return base::to_text(id); },
                               [](const auto&) { return std::string(); }},
                    value);
}

std::string_view sql_type(Type type) {
  switch (type) {
    case Type::integer:
      return "bigint";
    case Type::decimal:
    case Type::percent:
    case Type::money:
      return "numeric";
    case Type::date:
      return "date";
    case Type::instant:
      return "timestamptz";
    case Type::id:
      return "uuid";
    default:
      return "text";
  }
}

std::string identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

// % and _ are ordinary characters to whoever searches.
std::string like_pattern(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string array_text(const std::vector<std::string>& elements) {
  std::string out = "{";
  for (const std::string& element : elements) {
    if (out.size() > 1) out += ',';
    out += '"';
    for (const char c : element) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

class Compiler {
 public:
  Compiler(const Schema& schema, const Asker& asker, const SqlOptions& options)
      : schema_(schema), asker_(asker), options_(options) {}

  Sql run(const Expression& expression) {
    sql_.where = expression.root ? node(*expression.root, options_.null_is_false) : "true";
    return std::move(sql_);
  }

 private:
  // `bare`: NULL counts as false here.
  std::string node(const Node& node, bool bare) {
    return std::visit(
        Overloaded{
            [&](const And& all) { return junction(all.terms, " and ", bare); },
            [&](const Or& any) { return junction(any.terms, " or ", bare); },
            [&](const Not& negated) { return "not " + this->node(*negated.term, false); },
            [&](const Constant& c) { return std::string(c.value ? "true" : "false"); },
            [&](const Empty& e) { return emptiness(e.path); },
            [&](const Compare& c) { return comparison(c, bare); },
            [&](const Between& b) {
              return fmt::format("({} and {})",
                                 ordered(b.path, Comparison::greater_or_equal, b.low, bare),
                                 ordered(b.path, Comparison::less_or_equal, b.high, bare));
            },
            [&](const In& in) { return membership(in, bare); },
        },
        node.is);
  }

  std::string junction(const std::vector<NodePtr>& terms, std::string_view word, bool bare) {
    std::string out;
    for (const NodePtr& term : terms) {
      if (!out.empty()) out += word;
      out += node(*term, bare);
    }
    return "(" + out + ")";
  }

  // ---- Columns, joins, parameters ----

  std::string column(const Path& path, const std::string& name) {
    std::string alias = options_.alias;
    std::string trail;
    for (const Field& link : path.links) {
      const std::string from = home(alias, trail, link);
      trail += link.id + "\n";
      alias = joined(from, trail, link);
    }
    return identifier(home(alias, trail, path.field)) + "." + identifier(name);
  }
  std::string column(const Path& path) { return column(path, path.field.column); }

  // The alias of the table that has a field: the object's own, or that beside it.
  std::string home(const std::string& alias, const std::string& trail, const Field& field) {
    if (field.beside.empty()) return alias;
    std::string beside = alias + "__beside";
    const bool own = trail.empty();
    if (own && options_.beside_joined) return beside;
    const std::string mark = trail + "beside";
    const auto known = std::ranges::find(joins_, mark, [](const auto& join) { return join.first; });
    if (known != joins_.end()) return beside;
    sql_.joins += fmt::format(" {}join {} as {} on {}.{} = {}.{}", own ? "" : "left ",
                              identifier(field.beside), identifier(beside), identifier(beside),
                              identifier("id"), identifier(alias), identifier("id"));
    joins_.emplace_back(mark, beside);
    return beside;
  }

  std::string joined(const std::string& from, const std::string& trail, const Field& link) {
    for (const auto& [known, alias] : joins_) {
      if (known == trail) return alias;
    }
    std::string alias = fmt::format("{}__{}", options_.alias, joins_.size() + 1);
    const Object* target = schema_.find_object(link.link_to);
    const Field* id = schema_.find_field(link.link_to, "id");
    sql_.joins += fmt::format(" left join {} as {} on {}.{} = {}.{}",
                              identifier(target ? target->table : link.link_to), identifier(alias),
                              identifier(alias), identifier(id ? id->column : "id"),
                              identifier(from), identifier(link.column));
    joins_.emplace_back(trail, alias);
    return alias;
  }

  std::string parameter(std::string value, std::string_view type) {
    sql_.parameters.emplace_back(std::move(value));
    return fmt::format("${}::{}", options_.first_parameter + sql_.parameters.size() - 1, type);
  }
  std::string parameter(base::Date date) { return parameter(base::to_text(date), "date"); }
  std::string parameter(base::Instant t) { return parameter(base::to_text(t), "timestamptz"); }
  std::string parameter(const Field& field, const Operand& operand) {
    if (std::holds_alternative<Me>(operand)) return parameter(base::to_text(asker_.me), "uuid");
    return parameter(literal_text(std::get<Value>(operand)), sql_type(field.type));
  }

  // False where the column is NULL: an own condition, so that indexes still serve the other.
  static std::string guarded(const std::string& column, const std::string& condition, bool bare) {
    return bare ? condition : fmt::format("({} is not null and {})", column, condition);
  }

  // ---- Comparisons ----

  std::string emptiness(const Path& path) {
    if (path.field.type == Type::choices) {
      return fmt::format("(coalesce(cardinality({}), 0) = 0)", column(path));
    }
    return fmt::format("({} is null)", column(path));
  }

  std::string comparison(const Compare& c, bool bare) {
    const Field& field = c.path.field;
    if (c.comparison == Comparison::not_equal) {
      return "not " + ordered(c.path, Comparison::equal, c.operand, false);
    }
    if (field.type == Type::choices) {
      const auto& choice = std::get<std::string>(std::get<Value>(c.operand));
      const std::string col = column(c.path);
      return guarded(col, fmt::format("{} @> {}", col, parameter(array_text({choice}), "text[]")),
                     bare);
    }
    if (c.comparison == Comparison::contains || c.comparison == Comparison::starts_with) {
      return search(c, bare);
    }
    return ordered(c.path, c.comparison, c.operand, bare);
  }

  std::string search(const Compare& c, bool bare) {
    const auto& words = std::get<std::string>(std::get<Value>(c.operand));
    const std::string col = column(c.path);
    const bool folded = c.path.field.ignores_case;
    const Lowering lowering = lowering_for(words);
    std::string pattern = like_pattern(folded ? words : lowered(words, lowering)) + "%";
    if (c.comparison == Comparison::contains) pattern.insert(0, "%");
    const std::string within = folded
                                   ? col
                                   : fmt::format(R"(lower({} collate "{}"))", col,
                                                 lowering == Lowering::ascii ? "C" : "und-x-icu");
    return guarded(col, fmt::format("{} like {}", within, parameter(std::move(pattern), "text")),
                   bare);
  }

  static std::string_view sign_of(Comparison comparison) {
    switch (comparison) {
      case Comparison::less:
        return "<";
      case Comparison::less_or_equal:
        return "<=";
      case Comparison::greater:
        return ">";
      case Comparison::greater_or_equal:
        return ">=";
      default:
        return "=";
    }
  }

  // All but `!=`, contains and starts with.
  std::string ordered(const Path& path, Comparison comparison, const Operand& operand, bool bare) {
    const Field& field = path.field;
    const std::string col = column(path);
    const std::string_view sign = sign_of(comparison);
    switch (field.type) {
      case Type::boolean:
        return fmt::format("({} is {})", col,
                           std::get<bool>(std::get<Value>(operand)) ? "true" : "false");
      case Type::money:
        return money(path, sign, std::get<base::Money>(std::get<Value>(operand)), bare);
      case Type::date: {
        const Days days = days_of(operand, asker_);
        return guarded(col, covered(col, comparison, days.first, base::plus_days(days.last, 1)),
                       bare);
      }
      case Type::instant: {
        const Stretch stretch = stretch_of(operand, asker_);
        if (!stretch.exact()) {
          return guarded(col, covered(col, comparison, stretch.first, stretch.next), bare);
        }
        return guarded(col, fmt::format("{} {} {}", col, sign, parameter(stretch.first)), bare);
      }
      case Type::text:
        if (comparison != Comparison::equal) {
          return guarded(
              col,
              fmt::format(R"({} collate "und-x-icu" {} {})", col, sign, parameter(field, operand)),
              bare);
        }
        break;
      default:
        break;
    }
    return guarded(col, fmt::format("{} {} {}", col, sign, parameter(field, operand)), bare);
  }

  // Within, before or after the stretch from `first` until just before `next`.
  template <class Point>
  std::string covered(const std::string& col, Comparison comparison, Point first, Point next) {
    switch (comparison) {
      case Comparison::less:
        return fmt::format("{} < {}", col, parameter(first));
      case Comparison::less_or_equal:
        return fmt::format("{} < {}", col, parameter(next));
      case Comparison::greater:
        return fmt::format("{} >= {}", col, parameter(next));
      case Comparison::greater_or_equal:
        return fmt::format("{} >= {}", col, parameter(first));
      default: {
        std::string from = parameter(first);
        return fmt::format("({0} >= {1} and {0} < {2})", col, from, parameter(next));
      }
    }
  }

  std::string money(const Path& path, std::string_view sign, const base::Money& money, bool bare) {
    const std::string col = column(path);
    std::string amount = guarded(
        col, fmt::format("{} {} {}", col, sign, parameter(base::to_text(money.amount), "numeric")),
        bare);
    if (money.currency.empty()) return amount;
    const std::string currency = column(path, path.field.currency_column);
    const std::string same = guarded(
        currency, fmt::format("{} = {}", currency, parameter(money.currency, "text")), bare);
    return fmt::format("({} and {})", amount, same);
  }

  std::string membership(const In& in, bool bare) {
    const Field& field = in.path.field;
    if (field.type == Type::money || field.type == Type::date || field.type == Type::instant) {
      std::string out;
      for (const Operand& operand : in.operands) {
        if (!out.empty()) out += " or ";
        out += ordered(in.path, Comparison::equal, operand, bare);
      }
      return "(" + out + ")";
    }
    std::vector<std::string> elements;
    elements.reserve(in.operands.size());
    for (const Operand& operand : in.operands) {
      elements.push_back(std::holds_alternative<Me>(operand)
                             ? base::to_text(asker_.me)
                             : literal_text(std::get<Value>(operand)));
    }
    const std::string col = column(in.path);
    const std::string type = fmt::format("{}[]", sql_type(field.type));
    return guarded(col, fmt::format("{} = any({})", col, parameter(array_text(elements), type)),
                   bare);
  }

  const Schema& schema_;
  const Asker& asker_;
  const SqlOptions& options_;
  Sql sql_;
  std::vector<std::pair<std::string, std::string>> joins_;  // trail of links → alias
};

}  // namespace

Sql to_sql(const Expression& expression, const Schema& schema, const Asker& asker,
           const SqlOptions& options) {
  return Compiler(schema, asker, options).run(expression);
}

}  // namespace rapport::expression
