#include "server/handlers/figure_csv.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "base/json.hpp"

namespace rapport::server {

namespace {

using base::Json;
using Cells = std::vector<std::pair<std::string, Json>>;

// The scalar members of a mark, and those of the objects in it, by "outer_inner".
void add_scalars(Cells& cells, const Json& mark, const std::string& before) {
  for (const auto& [name, value] : mark.items()) {
    if (name == "open" || value.is_array()) continue;
    if (value.is_object()) {
      add_scalars(cells, value, before + name + "_");
    } else {
      cells.emplace_back(before + name, value);
    }
  }
}

void add_rows(std::vector<Cells>& rows, const Json& marks, const Cells& outer) {
  for (const auto& mark : marks) {
    if (!mark.is_object()) continue;
    Cells cells = outer;
    add_scalars(cells, mark, outer.empty() ? "" : "in_");
    const auto inner = std::ranges::find_if(mark, [](const Json& one) {
      return one.is_array() && !one.empty() && one.front().is_object();
    });
    if (inner == mark.end()) {
      rows.push_back(std::move(cells));
    } else {
      add_rows(rows, *inner, cells);
    }
  }
}

std::string cell_text(const Json& value) {
  if (value.is_null()) return "";
  if (!value.is_string()) return value.dump();
  auto text = value.get<std::string>();
  constexpr std::string_view formula = "=+-@\t\r";
  if (!text.empty() && formula.find(text.front()) != std::string_view::npos) text.insert(0, "'");
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

std::string figure_csv(const Json& figure) {
  const auto marks = std::ranges::find_if(figure, [](const Json& one) {
    return one.is_array() && !one.empty() && one.front().is_object();
  });
  if (marks == figure.end()) return "";
  std::vector<Cells> rows;
  add_rows(rows, *marks, {});
  for (const char* of_all : {"currency", "as_of"}) {
    const auto at = figure.find(of_all);
    if (at == figure.end() || at->is_null()) continue;
    for (auto& row : rows) row.emplace_back(of_all, *at);
  }
  std::vector<std::string> names;
  for (const auto& row : rows)
    for (const auto& [name, value] : row)
      if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  std::string text;
  const auto line = [&](auto shown) {
    for (const auto& name : names) text += (&name != names.data() ? "," : "") + shown(name);
    text += "\r\n";
  };
  line([](const std::string& name) { return name; });
  for (const auto& row : rows) {
    line([&](const std::string& name) {
      const auto at = std::ranges::find(row, name, &Cells::value_type::first);
      return at == row.end() ? std::string() : cell_text(at->second);
    });
  }
  return text;
}

}  // namespace rapport::server
