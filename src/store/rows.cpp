#include <charconv>
#include <stdexcept>

#include "store/connection.hpp"

namespace rapport::store {

namespace {

// A value of another type than the statement promises is a mistake of ours.
[[noreturn]] void wrong_type(std::string_view expected, std::string_view column) {
  throw std::logic_error("column " + std::string(column) + " does not hold " +
                         std::string(expected));
}

}  // namespace

Rows::Rows(std::shared_ptr<const Result> result) : result_(std::move(result)) {}

std::size_t Rows::size() const {
  return result_ ? static_cast<std::size_t>(PQntuples(result_->pg)) : 0;
}

std::size_t Rows::columns() const {
  return result_ ? static_cast<std::size_t>(PQnfields(result_->pg)) : 0;
}

std::string_view Rows::column_name(std::size_t column) const {
  const char* name = result_ ? PQfname(result_->pg, static_cast<int>(column)) : nullptr;
  return name != nullptr ? name : "";
}

bool Rows::is_null(std::size_t row, std::size_t column) const {
  return !result_ || PQgetisnull(result_->pg, static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view Rows::text(std::size_t row, std::size_t column) const {
  if (!result_) return {};
  const int r = static_cast<int>(row);
  const int c = static_cast<int>(column);
  const char* value = PQgetvalue(result_->pg, r, c);
  if (value == nullptr) return {};  // no such row or column
  return {value, static_cast<std::size_t>(PQgetlength(result_->pg, r, c))};
}

std::int64_t Rows::integer(std::size_t row, std::size_t column) const {
  const std::string_view value = text(row, column);
  if (value.empty()) return 0;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  if (error != std::errc{} || end != value.data() + value.size()) {
    wrong_type("an integer", column_name(column));
  }
  return number;
}

bool Rows::boolean(std::size_t row, std::size_t column) const {
  return text(row, column) == "t";
}

base::Id Rows::id(std::size_t row, std::size_t column) const {
  const std::string_view value = text(row, column);
  if (value.empty()) return {};
  const auto id = base::parse_id(value);
  if (!id) wrong_type("an id", column_name(column));
  return *id;
}

base::Instant Rows::instant(std::size_t row, std::size_t column) const {
  const std::string_view value = text(row, column);
  if (value.empty()) return {};
  const auto instant = base::parse_instant(value);
  if (!instant) wrong_type("a point in time", column_name(column));
  return *instant;
}

std::int64_t Rows::affected() const {
  if (!result_) return 0;
  const std::string_view count = PQcmdTuples(result_->pg);
  std::int64_t number = 0;
  std::from_chars(count.data(), count.data() + count.size(), number);
  return number;
}

}  // namespace rapport::store
