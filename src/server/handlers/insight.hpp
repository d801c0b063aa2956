// Insight: figures of all customers, what is known of one, models and refreshes.
#pragma once

#include "server/handlers/call.hpp"

namespace rapport::server {

Answer list_scores(Call& call);
Answer value_figure(Call& call);
Answer whale_figure(Call& call);
Answer rfm_figure(Call& call);
Answer cohorts_figure(Call& call);
Answer retention_figure(Call& call);
Answer alive_figure(Call& call);
Answer two_by_two_figure(Call& call);
Answer profitability_figure(Call& call);
Answer next_offers_figure(Call& call);
Answer countries_figure(Call& call);

Answer person_insight(Call& call);
Answer company_insight(Call& call);

Answer list_models(Call& call);
Answer get_model(Call& call);
Answer adopt_model(Call& call);
Answer ask_fit(Call& call);
Answer latest_fit(Call& call);
Answer get_fit(Call& call);
Answer ask_refresh(Call& call);
Answer latest_refresh(Call& call);

}  // namespace rapport::server
