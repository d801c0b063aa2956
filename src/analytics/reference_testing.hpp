// For tests only: reference data as whole tables, whose cells may hold commas and line ends.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "analytics/testing.hpp"

namespace rapport::analytics {

class ReferenceTable : public ReferenceTest {
 protected:
  using Rows = std::vector<std::vector<std::string>>;

  // The rows of cells of a file (RFC 4180), the heading among them.
  static Rows rows(const std::string& name) {
    const std::string all = content(name);
    Rows result;
    std::vector<std::string> row(1);
    bool quoted = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const char c = all[i];
      if (c == '"') {
        if (quoted && i + 1 < all.size() && all[i + 1] == '"')
          row.back() += all[i++];
        else
          quoted = !quoted;
      } else if (quoted || (c != ',' && c != '\n' && c != '\r')) {
        row.back() += c;
      } else if (c == ',') {
        row.emplace_back();
      } else if (c == '\n') {
        result.push_back(std::exchange(row, std::vector<std::string>(1)));
      }
    }
    if (row.size() > 1 || !row[0].empty()) result.push_back(row);
    return result;
  }

  // The place of a column by its heading.
  static std::size_t column(const Rows& rows, std::string_view heading) {
    for (std::size_t i = 0; i < rows.front().size(); ++i)
      if (rows.front()[i] == heading) return i;
    ADD_FAILURE() << "no column " << heading;
    return 0;
  }
};

}  // namespace rapport::analytics
