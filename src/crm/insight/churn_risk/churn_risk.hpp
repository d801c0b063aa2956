// The score churn_risk: what a learnt model (fitting.hpp) says of customers today, and of one of
// them why. The reasons of a score are what each feature adds to the log odds of leaving, or takes
// from them, compared with an average case that the model was fitted on: they add up to the log
// odds less those of the average.
#pragma once

#include <array>
#include <span>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "crm/insight/churn_risk/fitting.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

// Features that tell of the same are one reason, their weights added up: of two alike a model may
// give one too much weight and take it back from the other, which says nothing to a reader.
//
//   silence, once      silence, patience, recent, rhythm
//   frequency          purchases, age, year
//   spend, spend_once  spend, latest
//   returned, nothing  returned
inline constexpr std::array<std::string_view, 8> churn_risk_codes{
    "silence", "once", "frequency", "spend", "spend_once", "returned", "nothing", "interactions"};

// Told in whole percents, since no model is surer than that, and never as certain.
inline constexpr double risk_step = .01;
inline constexpr double risk_least = .01, risk_most = .99;

// Puts the risk of each row's customer at the end of `today`; who has no day with a purchase has
// none.
[[nodiscard]] base::Result<void> put_churn_risk(const ChurnModel& model,
                                                const ChurnSources& sources, std::int32_t today,
                                                std::span<ScoreRow> rows);

// Why the customer has that risk, the weightiest first: above nought for leaving, below for
// staying. Dear (SHAP values of trees), so asked for whoever's page is opened. None where nothing
// was bought.
[[nodiscard]] base::Result<std::vector<Reason>> churn_reasons_of(const ChurnModel& model,
                                                                 const ChurnSources& sources,
                                                                 std::int32_t today,
                                                                 std::uint32_t customer,
                                                                 std::string_view currency);

// As worked out before, since they follow from more than the row.
[[nodiscard]] std::vector<Reason> churn_risk_reasons(const ScoreRow& row,
                                                     const ReasonContext& context);

}  // namespace rapport::crm
