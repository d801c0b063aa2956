#include "entity/query/select_sql.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace rapport::entity {

namespace {

std::string alias_of(int join) {
  return join < 0 ? "t" : fmt::format("j{}", join);
}

// The alias of the table beside, as `expression::to_sql` has it.
std::string beside_of(int join) {
  return alias_of(join) + std::string("__beside");
}

std::string column_sql(int join, const Field& field, std::string_view column) {
  return fmt::format("{}.{}", field.beside ? beside_of(join) : alias_of(join), quoted_name(column));
}

std::string column_sql(const OrderTerm& term) {
  return fmt::format("{}.{}", term.beside ? beside_of(term.join) : alias_of(term.join),
                     quoted_name(term.column.name));
}

// The id of the row that the first term is read from, so that one index has both.
std::string_view id_sql(const ReadPlan& plan) {
  const bool beside = !plan.order.empty() && plan.order[0].beside && plan.order[0].join < 0;
  return beside ? "t__beside.id" : "t.id";
}

// One term of the whole order, the id included.
struct Term {
  std::string column;
  std::string_view sql_type;
  bool descending;
  bool nullable;
  std::optional<std::string> value;  // of the cursor
};

std::vector<Term> terms_of(const ReadPlan& plan) {
  std::vector<Term> terms;
  for (std::size_t i = 0; i < plan.order.size(); ++i) {
    const OrderTerm& term = plan.order[i];
    terms.push_back({column_sql(term), term.column.sql_type, term.descending, term.nullable,
                     plan.after ? plan.after->values[i] : std::nullopt});
  }
  terms.push_back({std::string(id_sql(plan)), "uuid", plan.id_descending, false,
                   plan.after ? std::optional(base::to_text(plan.after->id)) : std::nullopt});
  return terms;
}

class PageSql {
 public:
  explicit PageSql(const ReadPlan& plan) : plan_(plan) {}
  SqlText page();
  SqlText count(std::string_view before, std::string_view what);

 private:
  std::string select_list();
  std::string from();
  std::string with_set();
  std::string beside_join(int join, const ObjectType& object) const;
  std::string conditions(bool beside_joined);
  std::string order_by() const;
  std::vector<std::string> ranges();
  std::string keyset(const std::vector<Term>& terms);
  std::string keyset_of_many(const std::vector<Term>& terms);
  [[nodiscard]] bool reads_beside(int join) const;
  std::string placeholder(const Term& term) {
    return fmt::format("{}::{}", sql_.parameter(term.value), term.sql_type);
  }

  const ReadPlan& plan_;
  SqlText sql_;
  expression::Sql where_;
  bool split_ = false;  // into ranges of the first term, where the index's own order will do
};

std::string PageSql::select_list() {
  std::string out = "t.id, t.version";
  for (const Selected& selected : plan_.selected) {
    const Field& field = *selected.output.field;
    for (const Column& column : table_columns(field)) {
      out += ", " + column_sql(selected.join, field, column.name);
    }
  }
  for (const OrderTerm& term : plan_.order) out += ", " + column_sql(term);
  return out;
}

// Whether output or order need the table beside the one that this join brings (-1: the own).
bool PageSql::reads_beside(int join) const {
  return std::ranges::any_of(
             plan_.selected,
             [&](const Selected& one) { return one.join == join && one.output.field->beside; }) ||
         std::ranges::any_of(
             plan_.order,
             [&](const OrderTerm& term) { return term.join == join && term.beside; }) ||
         std::ranges::any_of(plan_.joins,
                             [&](const Join& one) { return one.from == join && one.link->beside; });
}

// Every record has its row beside; a record that a link does not lead to has none.
std::string PageSql::beside_join(int join, const ObjectType& object) const {
  if (!reads_beside(join)) return {};
  return fmt::format(" {}join {} {} on {}.id = {}.id", join < 0 ? "" : "left ",
                     quoted_name(beside_table(object.plural)), beside_of(join), beside_of(join),
                     alias_of(join));
}

std::string PageSql::from() {
  std::string out = fmt::format("from {} t", quoted_name(plan_.object->plural));
  out += beside_join(-1, *plan_.object);
  for (std::size_t i = 0; i < plan_.joins.size(); ++i) {
    const Join& join = plan_.joins[i];
    std::string table = quoted_name(join.target->plural);
    if (join.condition.root) {
      const std::string alias = fmt::format("x{}", i);
      const auto condition =
          condition_sql(join.condition, *plan_.catalog, plan_.asker, alias, sql_);
      table = fmt::format("(select {0}.* from {1} {0} {2} where {3})", alias, table,
                          condition.joins, condition.where);
    }
    out += fmt::format(" left join {} j{} on j{}.id = {}", table, i, i,
                       column_sql(join.from, *join.link, table_columns(*join.link).front().name));
    out += beside_join(static_cast<int>(i), *join.target);
  }
  return out;
}

// The set is found once, however often the statement looks into it.
std::string PageSql::with_set() {
  if (plan_.set == nullptr) return {};
  const std::string ids = renumbered(plan_.set->ids.sql, sql_.parameters.size());
  for (const std::string& one : plan_.set_parameters) sql_.parameter(one);
  return fmt::format("with the_set(id) as materialized (\n{}\n) ", ids);
}

std::string PageSql::conditions(bool beside_joined) {
  std::vector<std::string> all;
  if (plan_.bin == List::Bin::without) all.emplace_back("t.removed_at is null");
  if (plan_.bin == List::Bin::only) all.emplace_back("t.removed_at is not null");
  if (!plan_.stand_ins) {
    all.push_back(fmt::format("t.{} <> '{}'", quoted_name(person_kind_field), stand_in_kind));
  }
  if (plan_.ids.size() == 1) {
    all.push_back("t.id = " + sql_.parameter(base::to_text(plan_.ids.front())) + "::uuid");
  } else if (!plan_.ids.empty()) {
    std::string ids = "{";
    for (const base::Id& id : plan_.ids) {
      if (ids.size() > 1) ids += ',';
      base::append_text(ids, id);
    }
    all.push_back("t.id = any(" + sql_.parameter(ids + "}") + "::uuid[])");
  }
  if (plan_.set != nullptr) all.emplace_back("t.id in (select id from the_set)");
  if (plan_.where.root) {
    where_ = condition_sql(plan_.where, *plan_.catalog, plan_.asker, "t", sql_, beside_joined);
    all.push_back(where_.where);
  }
  std::string out;
  for (const std::string& one : all) out += (out.empty() ? "" : " and ") + one;
  return out.empty() ? "true" : out;
}

std::string PageSql::order_by() const {
  std::string out = " order by ";
  for (std::size_t i = 0; i < plan_.order.size(); ++i) {
    const OrderTerm& term = plan_.order[i];
    out += column_sql(term);
    if (term.descending) out += " desc";
    if (term.descending && term.nullable && !(split_ && i == 0)) out += " nulls last";
    out += ", ";
  }
  out += id_sql(plan_);
  return out + (plan_.id_descending ? " desc" : "");
}

// After the cursor, by (first … last term, id), empty values last.
std::string PageSql::keyset_of_many(const std::vector<Term>& terms) {
  std::string any;
  std::string same;
  for (const Term& term : terms) {
    std::string after = "false";
    std::string equal = term.column + " is null";
    if (term.value) {
      const std::string value = placeholder(term);
      equal = fmt::format("{} = {}", term.column, value);
      after = fmt::format("{} {} {}", term.column, term.descending ? "<" : ">", value);
      if (term.nullable) after += fmt::format(" or {} is null", term.column);
    }
    any += fmt::format("{}({}({}))", any.empty() ? "" : " or ", same, after);
    same += equal + " and ";
  }
  // What the index on the first term can use: the OR alone would read from the beginning.
  const Term& first = terms.front();
  if (first.value && !first.nullable) {
    return fmt::format("{} {} {} and ({})", first.column,
                       first.descending ? "<=" : ">=", placeholder(first), any);
  }
  return "(" + any + ")";
}

// After the cursor; one term and the id that run the same way are one range of their index.
std::string PageSql::keyset(const std::vector<Term>& terms) {
  const Term& first = terms.front();
  const Term& id = terms.back();
  const std::string_view than = first.descending ? "<" : ">";
  if (terms.size() == 1) return fmt::format("{} {} {}", id.column, than, placeholder(id));
  const bool row =
      terms.size() == 2 && first.value && !first.nullable && first.descending == id.descending;
  if (!row) return keyset_of_many(terms);
  return fmt::format("({}, {}) {} ({}, {})", first.column, id.column, than, placeholder(first),
                     placeholder(id));
}

// The conditions whose rows, one set after the other, are the next page: two where the order runs
// from values into empties, so that each is one range of the index on (column, id).
std::vector<std::string> PageSql::ranges() {
  std::vector<Term> terms = terms_of(plan_);
  const bool by_index = terms.size() > 1 && plan_.order.front().indexed && terms.front().nullable;
  if (!plan_.after && !(by_index && terms.front().descending)) return {"true"};
  if (!by_index) return {keyset(terms)};
  split_ = true;
  const std::string empties = terms.front().column + " is null";
  if (plan_.after && !terms.front().value) {
    terms.erase(terms.begin());
    return {empties + " and " + keyset(terms)};
  }
  terms.front().nullable = false;
  return {plan_.after ? keyset(terms) : terms.front().column + " is not null", empties};
}

SqlText PageSql::page() {
  const std::string set_sql = with_set();
  const std::string from_sql = from();
  const std::string where_sql = conditions(reads_beside(-1));
  const auto sets = ranges();
  // In the text, since a plan made for an unknown limit is made for a tenth of the table.
  const std::string limit = std::to_string(plan_.limit + 1);
  const auto select = [&](const std::string& range) {
    return fmt::format("select {} {} {} where {} and {}{}", select_list(), from_sql, where_.joins,
                       where_sql, range, order_by());
  };
  const std::string offset = plan_.offset == 0 ? "" : sql_.parameter(std::to_string(plan_.offset));
  if (sets.size() == 1) {
    sql_.text = fmt::format("{} limit {}", select(sets[0]), limit);
  } else {
    // The sets follow one another: an append gives its branches in their order, and branches with a
    // limit are never read side by side. So the second is not begun before the first has ended.
    const std::string each =
        offset.empty() ? limit : fmt::format("({}::bigint + {})", offset, limit);
    sql_.text = fmt::format("select * from (({} limit {}) union all ({} limit {})) p limit {}",
                            select(sets[0]), each, select(sets[1]), each, limit);
  }
  sql_.text.insert(0, set_sql);
  if (!offset.empty()) sql_.text += fmt::format(" offset {}::bigint", offset);
  return std::move(sql_);
}

SqlText PageSql::count(std::string_view before, std::string_view what) {
  // Joins of the output do not change the number of rows; those of the condition do not either, but
  // it names them.
  const std::string set_sql = with_set();
  const std::string where_sql = conditions(false);
  sql_.text = fmt::format("{}{}select {} from {} t {} where {}", before, set_sql, what,
                          quoted_name(plan_.object->plural), where_.joins, where_sql);
  return std::move(sql_);
}

}  // namespace

std::string SqlText::parameter(std::optional<std::string> value) {
  parameters.push_back(std::move(value));
  return fmt::format("${}", parameters.size());
}

store::Params to_params(const std::vector<std::optional<std::string>>& values) {
  store::Params params;
  for (const auto& value : values) {
    if (value) {
      params.text(*value);
    } else {
      params.null();
    }
  }
  return params;
}

expression::Sql condition_sql(const expression::Expression& condition, const Catalog& catalog,
                              const expression::Asker& asker, const std::string& alias,
                              SqlText& sql, bool beside_joined) {
  auto made = expression::to_sql(condition, catalog, asker,
                                 {.alias = alias,
                                  .first_parameter = static_cast<int>(sql.parameters.size()) + 1,
                                  .null_is_false = true,
                                  .beside_joined = beside_joined});
  sql.parameters.insert(sql.parameters.end(), std::make_move_iterator(made.parameters.begin()),
                        std::make_move_iterator(made.parameters.end()));
  made.parameters.clear();
  return made;
}

SqlText page_sql(const ReadPlan& plan) {
  return PageSql(plan).page();
}
SqlText count_sql(const ReadPlan& plan) {
  return PageSql(plan).count("", "count(*)");
}
SqlText estimate_sql(const ReadPlan& plan) {
  return PageSql(plan).count("explain (format json) ", "1");
}

}  // namespace rapport::entity
