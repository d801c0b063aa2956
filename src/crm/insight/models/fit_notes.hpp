// Why a night's fits left a family without a new model: said where models are shown, since a fit
// that nobody asked for has no one to answer to.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "crm/insight/models/models.hpp"

namespace rapport::crm {

// A sentence or two for each family that has no new model: none could be fitted, and what stands in
// its place. None where all went well; a fit that predicts worse says so on its own record.
[[nodiscard]] std::vector<std::string> notes_on(const Comparison& comparison,
                                                const SpendingComparison& spending,
                                                const ModelsInUse& last);
// Of leaving; `refused`: why nothing was fitted.
[[nodiscard]] std::string note_on(const base::Problem& refused, const LeavingInUse& last);
// Where nobody has bought anything.
[[nodiscard]] std::string note_on_nobody();

}  // namespace rapport::crm
