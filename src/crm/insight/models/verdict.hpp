// What becomes of a new fit beside the one in use: a pure rule, the same for every family.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "crm/insight/churn_risk/fitting.hpp"
#include "crm/insight/models/fitting.hpp"

namespace rapport::crm {

// How a model came into use, and up to which day it had seen what it is judged by.
struct Standing {
  std::int32_t until = 0;  // the last day of the orders that it was fitted on
  bool adopted = false;    // by someone's word
};

// What becomes of a new fit: the state of its record, and why it is not used.
struct Verdict {
  std::string_view state = "in_use";
  std::string note;
};
// It is refused where it predicts worse than the one in use, and a candidate where someone put that
// one in use and it predicts no better.
[[nodiscard]] Verdict verdict_on(const std::optional<Contest>& contest, const Standing& incumbent);

// Of the preferred of a comparison; refused besides where it tells no more than the base rate.
[[nodiscard]] Verdict verdict_on(const ChurnComparison& comparison, const Standing& incumbent);

// Someone put another model in use while the fit was made.
[[nodiscard]] Verdict overtaken();

}  // namespace rapport::crm
