// Fits as records: every fit is kept with its data, parameters, errors and hold-out, and one of
// each family (purchases, spending, leaving) is in use. A fit that predicts worse than the one in
// use is kept as refused: it comes into use by someone's word alone, its adoption. Models of
// leaving are too large for a record: what scoring reads again of them stands in table
// learnt_models by the record's id.
//
// What someone put in use stays until a fit predicts better; one as good does not displace it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/json_fwd.hpp"
#include "base/problem.hpp"
#include "crm/insight/churn_risk/fitting.hpp"
#include "crm/insight/models/fitting.hpp"
#include "crm/insight/models/spending.hpp"
#include "crm/insight/models/verdict.hpp"
#include "entity/policy.hpp"
#include "entity/request/request.hpp"
#include "store/database.hpp"

namespace rapport::entity {
class Road;
}

namespace rapport::crm {

// Models of leaving that nobody put in use are forgotten after so long; their records stay.
inline constexpr int learnt_kept_days = 90;

// Of those not in use, on a page of the list: a week or so of nights.
inline constexpr int models_listed = 50;

struct ModelsInUse {
  std::optional<base::Id> purchases, spending, leaving;
  analytics::PurchaseFit fit;
  analytics::SpendingFit spending_fit;
  Standing purchases_standing, spending_standing, leaving_standing;

  [[nodiscard]] std::optional<Incumbent> incumbent() const {
    return purchases ? std::optional(Incumbent{.fit = fit, .until = purchases_standing.until})
                     : std::nullopt;
  }
  [[nodiscard]] std::optional<SpendingIncumbent> spending_incumbent() const {
    return spending ? std::optional(
                          SpendingIncumbent{.fit = spending_fit, .until = spending_standing.until})
                    : std::nullopt;
  }
};

struct LeavingInUse {
  std::optional<base::Id> record;
  std::optional<ChurnModel> model;  // none: there is no record, or what it needs cannot be read
  Standing standing;
};

class Models {
 public:
  explicit Models(entity::Road& road) : road_(road) {}

  [[nodiscard]] base::Result<ModelsInUse> in_use();
  // Keeps the fits of a comparison, and the spending that goes with it; of each family the best
  // comes into use, if the verdict on it is so, and what was in use before retires. `last`: what
  // they were compared with. Spending that is the mean alone displaces no model.
  [[nodiscard]] base::Result<void> keep(const Comparison& comparison,
                                        const SpendingComparison& spending, const ModelsInUse& last,
                                        base::Instant now);
  // Keeps one fit that someone asked for, as a candidate. Gives its id.
  [[nodiscard]] base::Result<base::Id> keep_candidate(const Fitted& fitted, base::Instant now);
  [[nodiscard]] base::Result<base::Id> keep_candidate(const FittedSpending& fitted,
                                                      base::Instant now);
  // Keeps the fits of both kinds; the preferred one comes into use if the verdict on it is so, or
  // is only a candidate that someone asked for. Gives its id.
  [[nodiscard]] base::Result<base::Id> keep(const ChurnComparison& comparison,
                                            const LeavingInUse& last, bool candidate,
                                            base::Instant now);
  [[nodiscard]] base::Result<LeavingInUse> leaving_in_use();
  // What was kept of a model of leaving. None, with a line in the log, where it is forgotten or
  // cannot be read (a later library may refuse what an earlier one wrote): its score is empty then,
  // and nothing else of a customer depends on it.
  [[nodiscard]] static base::Result<std::optional<ChurnModel>> learnt_if_readable(
      store::Transaction& tx, const base::Id& model);

  // Someone's word: the model comes into use, the one before it retires. Refused: who may not
  // change models (insight.forbidden), no such model (insight.no_such_model), one of leaving of
  // which nothing is kept any more (insight.forgotten_model) or that cannot be read
  // (analytics.malformed_model).
  [[nodiscard]] base::Result<void> adopt(const entity::Caller& by, const base::Id& model);

  // Notes with each model in use how far the customers of today are from those it was fitted on.
  [[nodiscard]] base::Result<void> note_drift(const Histories& histories, std::int32_t today);
  // The same of the model of leaving; nothing where there is none.
  [[nodiscard]] base::Result<void> note_drift(const LeavingInUse& leaving,
                                              const ChurnSources& sources, std::int32_t today);

  // A page of them, as GET /api/v1/insight/models shows it: {"data", "page": {"after"}}, each
  // without its parameters and pictures. All in use are the first, then the newest, models_listed a
  // page. `after`: the cursor that the page before gave. Refused: a cursor that is none.
  [[nodiscard]] base::Result<base::Json> page(const entity::Caller& caller,
                                              const std::string& after);
  [[nodiscard]] base::Result<base::Json> one(const entity::Caller& caller, const base::Id& model);

 private:
  base::Result<base::Id> keep_candidate(entity::Item item);
  static base::Result<ChurnModel> learnt(store::Transaction& tx, const base::Id& model);
  // What is kept of it is kept from now on anew: forgetting looks at that again behind the lock of
  // the row, so that a model is either forgotten and refused, or kept.
  base::Result<void> renew_learnt(const base::Id& model, base::Instant now);
  // A change of each model in use of the same family: it retires.
  base::Result<entity::Change> retiring(std::string_view family,
                                        std::optional<base::Id> except = {});

  entity::Road& road_;
};

}  // namespace rapport::crm
