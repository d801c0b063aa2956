#include "crm/insight/insight_sql.hpp"

#include <charconv>

#include "store/queries.hpp"

namespace rapport::crm {
namespace {

std::string composed(const store::QueryFile& file, std::string_view name, const Chosen& chosen) {
  std::string sql(file[name].sql);
  for (auto at = sql.find("{{"); at != std::string::npos; at = sql.find("{{", at)) {
    const auto end = sql.find("}}", at);
    std::string part = sql.substr(at + 2, end - at - 2);
    for (const auto& [place, put] : chosen) {
      if (place == part) part = put;
    }
    std::string text(part.empty() ? std::string_view() : file[part].sql);
    while (text.ends_with(';') || text.ends_with('\n')) text.pop_back();
    sql.replace(at, end + 2 - at, text);
  }
  return sql;
}

}  // namespace

std::string insight_sql(std::string_view name, const Chosen& chosen) {
  return composed(store::queries("insight"), name, chosen);
}

std::string figure_sql(std::string_view name, const Chosen& chosen) {
  return composed(store::queries("figures"), name, chosen);
}

store::Statement insight_statement(std::string_view name) {
  return store::queries("insight")[name];
}

double number_at(const store::Rows& rows, std::size_t row, std::size_t column) {
  const auto text = rows.text(row, column);
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

base::Result<void> set_local(
    store::Transaction& tx,
    std::initializer_list<std::pair<std::string_view, std::string>> values) {
  static const store::Statement set = insight_statement("set");
  for (const auto& [name, value] : values) {
    const auto done = tx.run(set, store::Params().text(name).text(value));
    if (!done) return std::unexpected(store::as_problem(done.error()));
  }
  return {};
}

}  // namespace rapport::crm
