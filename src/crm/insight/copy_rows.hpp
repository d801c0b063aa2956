// Rows of a COPY in, made one by one as they are asked for.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "crm/insight/insight_sql.hpp"
#include "store/binary_copy.hpp"
#include "store/database.hpp"

namespace rapport::crm {

// `write` appends one row, as text, to what it is given.
template <class Rows, class Write>
base::Result<void> copy_rows(store::Transaction& tx, std::string_view copy_sql, const Rows& rows,
                             Write write) {
  std::size_t next = 0;
  const auto copied = tx.copy_in(copy_sql, [&](std::string& out) {
    for (const auto before = out.size(); next < rows.size() && out.size() == before; ++next) {
      write(out, rows[next]);
    }
  });
  return result_of(copied);
}

// The same in binary (store::BinaryCopyRow).
template <class Rows, class Write>
base::Result<void> copy_binary_rows(store::Transaction& tx, std::string_view copy_sql,
                                    const Rows& rows, Write write) {
  std::size_t next = 0;
  bool begun = false, ended = false;
  const auto copied = tx.copy_in(copy_sql, [&](std::string& out) {
    if (!std::exchange(begun, true)) store::BinaryCopyRow::begin(out);
    if (next < rows.size()) {
      write(out, rows[next++]);
    } else if (!std::exchange(ended, true)) {
      store::BinaryCopyRow::end(out);
    }
  });
  return result_of(copied);
}

}  // namespace rapport::crm
