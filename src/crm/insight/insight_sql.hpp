// The statements of insight_queries.sql (and, by `figure_sql`, of figures_queries.sql), with what
// stands in {{braces}} put in their place: "{{name}}" is another statement of the file, or one that
// the caller chose for that name.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/problem.hpp"
#include "store/database.hpp"

namespace rapport::crm {

// Which statement stands for a name: {"persons", "of_persons"}; "" leaves the place empty.
using Chosen = std::vector<std::pair<std::string_view, std::string>>;

// Throws std::logic_error where a statement does not exist.
[[nodiscard]] std::string insight_sql(std::string_view name, const Chosen& chosen = {});
[[nodiscard]] std::string figure_sql(std::string_view name, const Chosen& chosen = {});

// A statement that needs no composing, by its name.
[[nodiscard]] store::Statement insight_statement(std::string_view name);

// An answer of which nothing is wanted but that it came.
template <class Answer>
base::Result<void> result_of(const Answer& answer) {
  if (!answer) return std::unexpected(store::as_problem(answer.error()));
  return {};
}

// A number as a double; 0 where there is none. Floating point as PostgreSQL writes it: "1e-05" too.
[[nodiscard]] double number_at(const store::Rows& rows, std::size_t row, std::size_t column);

// Sets what a COPY depends on, until the end of the transaction.
[[nodiscard]] base::Result<void> set_local(
    store::Transaction& tx, std::initializer_list<std::pair<std::string_view, std::string>> values);

}  // namespace rapport::crm
