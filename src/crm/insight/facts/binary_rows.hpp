// Rows of COPY … TO STDOUT (FORMAT BINARY), as PostgreSQL sends them: a heading, then rows of cells
// in network order (PostgreSQL manual, "COPY", Binary Format). Reading ten million orders so costs
// a third of reading them as text.
//
//   BinaryRows rows([&](const BinaryRow& row) { ids.push_back(row.id(0)); });
//   tx.copy_out(sql, [&](std::string_view piece) { return rows.take(piece); });
//   if (!rows.whole()) …
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "store/database.hpp"

namespace rapport::crm {

// Ten million millions, in ten-thousandths: no amount is greater. The database holds a hundred
// times as much, which would wrap around; of a mistyped total no one shall be told that it is a
// return, and some dozen of them still add up.
inline constexpr std::int64_t ten_thousandths_max = 100'000'000'000'000'000;

class BinaryRow {
 public:
  [[nodiscard]] std::size_t columns() const { return cells_.size(); }
  [[nodiscard]] bool is_null(std::size_t column) const { return cells_[column].data() == nullptr; }
  // Each reads a cell of its PostgreSQL type; a null one gives nought, the empty id, no text.
  [[nodiscard]] base::Id id(std::size_t column) const;            // uuid
  [[nodiscard]] base::Instant instant(std::size_t column) const;  // timestamptz
  [[nodiscard]] bool boolean(std::size_t column) const;           // boolean
  [[nodiscard]] std::int64_t integer(std::size_t column) const;   // bigint, integer, smallint
  // bigint[], integer[], smallint[] of one dimension; null elements are left out
  void integers(std::size_t column, std::vector<std::int64_t>& numbers) const;
  [[nodiscard]] std::string_view text(std::size_t column) const;  // text
  // numeric in ten-thousandths, as money is kept; further digits are cut off, and what is beyond
  // ten_thousandths_max, above or below nought, is that.
  [[nodiscard]] std::int64_t ten_thousandths(std::size_t column) const;

 private:
  friend class BinaryRows;
  std::vector<std::string_view> cells_;
};

class BinaryRows {
 public:
  explicit BinaryRows(std::function<void(const BinaryRow&)> row) : row_(std::move(row)) {}

  // Takes the next bytes, however they were cut; false where they are no such rows.
  bool take(std::string_view piece);
  // Whether the end was seen and nothing was wrong.
  [[nodiscard]] bool whole() const { return ended_ && !wrong_; }

 private:
  // The bytes taken from the front; nought where more are needed.
  std::size_t heading(std::string_view bytes);
  std::size_t one_row(std::string_view bytes);

  std::function<void(const BinaryRow&)> row_;
  BinaryRow current_;
  std::string kept_;  // the beginning of a row that was cut
  bool begun_ = false, ended_ = false, wrong_ = false;
};

// Runs a COPY and gives each of its rows.
[[nodiscard]] base::Result<void> read_rows(store::Transaction& tx, std::string_view copy_sql,
                                           std::function<void(const BinaryRow&)> row);

}  // namespace rapport::crm
