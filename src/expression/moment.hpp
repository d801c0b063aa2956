// What a day, a moment or a period covers, once it is known who asks and when. Both compilations
// take their bounds from here, so that they cannot disagree about a clock change.
#pragma once

#include "base/instant.hpp"
#include "expression/expression.hpp"
#include "expression/sql.hpp"

namespace rapport::expression {

struct Days {
  base::Date first, last;  // both included
};

// A stretch of time; of an exact moment `first` and `next` are the same.
struct Stretch {
  base::Instant first;
  base::Instant next;  // the first moment after it
  [[nodiscard]] bool exact() const { return first == next; }
};

// For date fields.
[[nodiscard]] Days days_of(const Operand& operand, const Asker& asker);
// For instant fields: a day is a day in the asker's zone.
[[nodiscard]] Stretch stretch_of(const Operand& operand, const Asker& asker);

}  // namespace rapport::expression
