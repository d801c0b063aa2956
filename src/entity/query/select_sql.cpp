#include "entity/query/select_sql.hpp"

#include <fmt/format.h>

#include <iterator>
#include <utility>

namespace rapport::entity {

namespace {

std::string alias_of(int join) {
  return join < 0 ? "t" : fmt::format("j{}", join);
}

std::string column_sql(int join, std::string_view column) {
  return fmt::format("{}.{}", alias_of(join), quoted_name(column));
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
    terms.push_back({column_sql(term.join, term.column.name), term.column.sql_type, term.descending,
                     term.nullable, plan.after ? plan.after->values[i] : std::nullopt});
  }
  terms.push_back({"t.id", "uuid", plan.id_descending, false,
                   plan.after ? std::optional(base::to_text(plan.after->id)) : std::nullopt});
  return terms;
}

class PageSql {
 public:
  explicit PageSql(const ReadPlan& plan) : plan_(plan) {}
  SqlText page();
  SqlText count(std::string_view head);

 private:
  std::string select_list();
  std::string from();
  std::string conditions();
  std::string order_by(bool outer) const;
  std::vector<std::string> keysets();
  std::string keyset_of_many(const std::vector<Term>& terms);
  std::string placeholder(const Term& term) {
    return fmt::format("{}::{}", sql_.parameter(term.value), term.sql_type);
  }

  const ReadPlan& plan_;
  SqlText sql_;
  expression::Sql where_;
};

std::string PageSql::select_list() {
  std::string out = "t.id as k_id, t.version";
  for (const Selected& selected : plan_.selected) {
    for (const Column& column : table_columns(*selected.output.field)) {
      out += ", " + column_sql(selected.join, column.name);
    }
  }
  for (std::size_t i = 0; i < plan_.order.size(); ++i) {
    const OrderTerm& term = plan_.order[i];
    out += fmt::format(", {} as k_{}", column_sql(term.join, term.column.name), i);
  }
  return out;
}

std::string PageSql::from() {
  std::string out = fmt::format("from {} t", quoted_name(plan_.object->plural));
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
                       column_sql(join.from, table_columns(*join.link).front().name));
  }
  return out;
}

std::string PageSql::conditions() {
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
  if (plan_.where.root) {
    where_ = condition_sql(plan_.where, *plan_.catalog, plan_.asker, "t", sql_);
    all.push_back(where_.where);
  }
  std::string out;
  for (const std::string& one : all) out += (out.empty() ? "" : " and ") + one;
  return out.empty() ? "true" : out;
}

std::string PageSql::order_by(bool outer) const {
  std::string out = " order by ";
  for (std::size_t i = 0; i < plan_.order.size(); ++i) {
    const OrderTerm& term = plan_.order[i];
    out += outer ? fmt::format("k_{}", i) : column_sql(term.join, term.column.name);
    out += term.descending ? " desc, " : ", ";
  }
  out += outer ? "k_id" : "t.id";
  return out + (plan_.id_descending ? " desc" : "");
}

// After the cursor, by (first … last term, id) with empty values in their place.
std::string PageSql::keyset_of_many(const std::vector<Term>& terms) {
  std::string any;
  std::string same;
  for (const Term& term : terms) {
    std::string after;
    std::string equal = term.column + " is null";
    if (term.value) {
      const std::string value = placeholder(term);
      equal = fmt::format("{} = {}", term.column, value);
      after = fmt::format("{} {} {}", term.column, term.descending ? "<" : ">", value);
      if (!term.descending && term.nullable) after += fmt::format(" or {} is null", term.column);
    } else {
      after = term.descending ? term.column + " is not null" : "false";
    }
    any += fmt::format("{}({}({}))", any.empty() ? "" : " or ", same, after);
    same += equal + " and ";
  }
  // What the index on the first term can use: the OR alone would read from the beginning.
  const Term& first = terms.front();
  if (first.value && (first.descending || !first.nullable)) {
    return fmt::format("{} {} {} and ({})", first.column,
                       first.descending ? "<=" : ">=", placeholder(first), any);
  }
  return "(" + any + ")";
}

// The conditions whose rows, one set after the other, are the next page. Two where the order runs
// from values into empties (or back): each then is one range of the index on (column, id).
std::vector<std::string> PageSql::keysets() {
  if (!plan_.after) return {"true"};
  const std::vector<Term> terms = terms_of(plan_);
  const Term& id = terms.back();
  const std::string_view than = id.descending ? "<" : ">";
  if (terms.size() == 1) return {fmt::format("t.id {} {}", than, placeholder(id))};
  const Term& only = terms.front();
  if (terms.size() > 2 || !plan_.order.front().indexed || only.descending != id.descending) {
    return {keyset_of_many(terms)};
  }
  if (!only.value) {
    std::vector<std::string> sets{
        fmt::format("{} is null and t.id {} {}", only.column, than, placeholder(id))};
    if (only.descending) sets.push_back(only.column + " is not null");
    return sets;
  }
  std::vector<std::string> sets{
      fmt::format("({}, t.id) {} ({}, {})", only.column, than, placeholder(only), placeholder(id))};
  if (!only.descending && only.nullable) sets.push_back(only.column + " is null");
  return sets;
}

SqlText PageSql::page() {
  const std::string from_sql = from();
  const std::string where_sql = conditions();
  const auto sets = keysets();
  // In the text, since a plan made for an unknown limit is made for a tenth of the table.
  const std::string limit = std::to_string(plan_.limit + 1);
  std::vector<std::string> selects;
  for (const std::string& set : sets) {
    selects.push_back(fmt::format("select {} {} {} where {} and {}{} limit {}", select_list(),
                                  from_sql, where_.joins, where_sql, set, order_by(false), limit));
  }
  if (selects.size() == 1) {
    sql_.text = selects.front();
    if (plan_.offset > 0) {
      sql_.text += " offset " + sql_.parameter(std::to_string(plan_.offset)) + "::bigint";
    }
  } else {
    // Each branch ends after a page; merging them keeps the order and costs no sort. Columns are
    // renamed by position, since fields of linked tables may share a name.
    sql_.text = fmt::format("select * from (({}) union all ({})) p{} limit {}", selects[0],
                            selects[1], order_by(true), limit);
  }
  return std::move(sql_);
}

SqlText PageSql::count(std::string_view head) {
  // Joins of the output do not change the number of rows; those of the condition do not either, but
  // it names them.
  const std::string where_sql = conditions();
  sql_.text = fmt::format("{} from {} t {} where {}", head, quoted_name(plan_.object->plural),
                          where_.joins, where_sql);
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
                              SqlText& sql) {
  auto made = expression::to_sql(condition, catalog, asker,
                                 {.alias = alias,
                                  .first_parameter = static_cast<int>(sql.parameters.size()) + 1,
                                  .null_is_false = true});
  sql.parameters.insert(sql.parameters.end(), std::make_move_iterator(made.parameters.begin()),
                        std::make_move_iterator(made.parameters.end()));
  made.parameters.clear();
  return made;
}

SqlText page_sql(const ReadPlan& plan) {
  return PageSql(plan).page();
}
SqlText count_sql(const ReadPlan& plan) {
  return PageSql(plan).count("select count(*)");
}
SqlText estimate_sql(const ReadPlan& plan) {
  return PageSql(plan).count("explain (format json) select 1");
}

}  // namespace rapport::entity
