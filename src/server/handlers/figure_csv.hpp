// A figure as a table: its marks, one a row.
#pragma once

#include <string>

#include "base/json_fwd.hpp"

namespace rapport::server {

// The first list of marks of the figure. Lists within marks (the cells of a cohort) become rows of
// their own, with the mark's columns before theirs; what opens a mark is left out. Cells that a
// spreadsheet would take for a formula get an apostrophe before them.
[[nodiscard]] std::string figure_csv(const base::Json& figure);

}  // namespace rapport::server
