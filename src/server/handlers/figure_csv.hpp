// A figure as a table: its marks, one a row.
#pragma once

#include <string>

#include "base/json_fwd.hpp"

namespace rapport::server {

// The first list of marks of the figure. Lists within marks (the cells of a cohort) become rows of
// their own, with the mark's columns before theirs; what opens a mark is left out. The last columns
// say of every row what it would otherwise lose on its own: the currency of its amounts, and when
// the figure was computed. Columns are by name: a mark that lacks a member has an empty cell. Cells
// that a spreadsheet would take for a formula get an apostrophe before them.
[[nodiscard]] std::string figure_csv(const base::Json& figure);

}  // namespace rapport::server
