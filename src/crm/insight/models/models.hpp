// Fits as records: every fit is kept with its data, parameters, errors and hold-out, and one of
// each family (purchases, spending, leaving) is in use. A fit that predicts worse than the one in
// use is kept as refused: it comes into use by someone's word alone, its adoption. Models of
// leaving are too large for a record: what scoring reads again of them stands in table
// learnt_models by the record's id.
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
#include "entity/policy.hpp"
#include "entity/request/request.hpp"
#include "store/database.hpp"

namespace rapport::entity {
class Road;
}

namespace rapport::crm {

// Models of leaving that nobody put in use are forgotten after so long; their records stay.
inline constexpr int learnt_kept_days = 90;

struct ModelsInUse {
  std::optional<base::Id> purchases, spending, leaving;
  analytics::PurchaseFit fit;
  analytics::SpendingFit spending_fit;
  std::int32_t until = 0;  // the last day of the orders that the purchase model was fitted on

  [[nodiscard]] std::optional<Incumbent> incumbent() const {
    return purchases ? std::optional(Incumbent{.fit = fit, .until = until}) : std::nullopt;
  }
};

class Models {
 public:
  explicit Models(entity::Road& road) : road_(road) {}

  [[nodiscard]] base::Result<ModelsInUse> in_use();
  // Keeps the fits of a comparison, the best first, and the spending that goes with it; the best
  // comes into use unless it predicts worse than the last. What was in use before retires.
  [[nodiscard]] base::Result<void> keep(const Comparison& comparison,
                                        const analytics::SpendingFit& spending, base::Instant now);
  // Keeps one fit that someone asked for, as a candidate. Gives its id.
  [[nodiscard]] base::Result<base::Id> keep_candidate(const Fitted& fitted, base::Instant now);
  [[nodiscard]] base::Result<base::Id> keep_candidate(const analytics::SpendingFit& spending,
                                                      const Fitted& data, base::Instant now);
  // Keeps the fits of both kinds; the preferred one comes into use unless something speaks against
  // it (why_not_used), or where it is only a candidate that someone asked for. Gives its id.
  [[nodiscard]] base::Result<base::Id> keep(const ChurnComparison& comparison, bool candidate,
                                            base::Instant now);
  // The model of leaving in use, and its record; none where there is none.
  [[nodiscard]] base::Result<std::optional<std::pair<base::Id, ChurnModel>>> leaving_in_use();
  // What was kept of a model of leaving. Refused: insight.forgotten_model.
  [[nodiscard]] static base::Result<ChurnModel> learnt(store::Transaction& tx,
                                                       const base::Id& model);

  // Someone's word: the model comes into use, the one before it retires. Refused: who may not
  // change models (insight.forbidden), no such model (insight.no_such_model), one of leaving of
  // which nothing is kept any more (insight.forgotten_model).
  [[nodiscard]] base::Result<void> adopt(const entity::Caller& by, const base::Id& model);

  // Notes with each model in use how far the customers of today are from those it was fitted on.
  [[nodiscard]] base::Result<void> note_drift(const Histories& histories, std::int32_t today);
  // The same of the model of leaving.
  [[nodiscard]] base::Result<void> note_drift(const std::pair<base::Id, ChurnModel>& leaving,
                                              const ChurnSources& sources, std::int32_t today);

  // Those in use first, then newest first; as GET /api/v1/insight/models shows them.
  [[nodiscard]] base::Result<base::Json> all(const entity::Caller& caller);
  [[nodiscard]] base::Result<base::Json> one(const entity::Caller& caller, const base::Id& model);

 private:
  // A change of each model in use of the same family: it retires.
  base::Result<entity::Change> retiring(std::string_view family,
                                        std::optional<base::Id> except = {});

  entity::Road& road_;
};

}  // namespace rapport::crm
