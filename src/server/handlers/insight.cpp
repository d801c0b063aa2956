#include "server/handlers/insight.hpp"

#include <fmt/format.h>

#include "base/json.hpp"
#include "crm/insight/figures/customer.hpp"
#include "crm/insight/figures/figure.hpp"
#include "crm/insight/insight.hpp"
#include "crm/insight/scores/score.hpp"
#include "platform/settings/settings.hpp"
#include "server/handlers/figure_csv.hpp"

namespace rapport::server {

namespace {

using base::Json;

auto bad_parameter(std::string_view name, std::string message) {
  return base::refuse(base::ProblemKind::malformed, "server.parameter", std::move(message),
                      fmt::format("Parameter \"{}\".", name));
}

base::Result<void> may_see(const Call& call, crm::Rests rests, bool companies) {
  return crm::may_see_figure(*call.services.road.catalog(), call.caller(), rests, companies);
}

base::Result<std::optional<base::Date>> date_parameter(const Call& call, std::string_view name) {
  const auto text = call.request.parameter(name);
  if (!text || text->empty()) return std::nullopt;
  const auto date = base::parse_date(*text);
  if (!date) return bad_parameter(name, fmt::format("\"{}\" must be a day like 2026-03-01.", name));
  return date;
}

base::Result<crm::FigureFilter> filter_of(const Call& call) {
  crm::FigureFilter filter;
  const auto from = date_parameter(call, "from");
  if (!from) return std::unexpected(from.error());
  const auto until = date_parameter(call, "until");
  if (!until) return std::unexpected(until.error());
  filter.from = *from;
  filter.until = *until;
  if (filter.from && filter.until && *filter.until < *filter.from) {
    return bad_parameter("until", "\"until\" must not be before \"from\".");
  }
  const auto subject = call.request.parameter("subject").value_or("person");
  if (subject != "person" && subject != "company") {
    return bad_parameter("subject", "\"subject\" must be person or company.");
  }
  filter.companies = subject == "company";
  if (const auto product = call.request.parameter("product"); product && !product->empty()) {
    filter.product = base::parse_id(*product);
    if (!filter.product) return bad_parameter("product", "\"product\" must be a product's id.");
  }
  filter.country = call.request.parameter("country").value_or("");
  if (!filter.country.empty() && !crm::is_country_code(filter.country)) {
    return bad_parameter("country", "\"country\" must be a code of two letters, like ES.");
  }
  const auto settings = call.services.settings.current();
  filter.zone = settings->zone;
  filter.currency = settings->currency;
  return filter;
}

base::Result<bool> quarters_parameter(const Call& call) {
  const auto period = call.request.parameter("period").value_or("month");
  if (period != "month" && period != "quarter") {
    return bad_parameter("period", "\"period\" must be month or quarter.");
  }
  return period == "quarter";
}

using Make = base::Result<Json> (*)(Call& call, crm::Figure figure);

// "value-profit": two of one figure, asked for in other ways, are two files. The parameter is one
// that the figure was made by.
std::string file_name(const Call& call, std::string_view name, std::string_view own_parameter) {
  const auto own = own_parameter.empty() ? std::nullopt : call.request.parameter(own_parameter);
  return own ? fmt::format("{}-{}", name, *own) : std::string(name);
}

// A figure of the filter, as JSON or CSV.
Answer answer_figure(Call& call, std::string_view name, std::string_view own_parameter, Make make) {
  auto known =
      own_parameter.empty()
          ? only_parameters(call, {"from", "until", "subject", "product", "country", "format"})
          : only_parameters(
                call, {"from", "until", "subject", "product", "country", "format", own_parameter});
  if (!known) return std::unexpected(known.error());
  const auto filter = filter_of(call);
  if (!filter) return std::unexpected(filter.error());
  const auto format = call.request.parameter("format").value_or("json");
  if (format != "json" && format != "csv") {
    return bad_parameter("format", "\"format\" must be json or csv.");
  }
  auto figure = crm::Figure::of(call.services.road, call.caller(), *filter);
  if (!figure) return std::unexpected(figure.error());
  const auto json = make(call, *std::move(figure));
  if (!json) return std::unexpected(json.error());
  if (format == "json") return json_answer(*json);
  HttpResponse response;
  response.body = figure_csv(*json);
  response.header("Content-Type", "text/csv; charset=utf-8")
      .header("Cache-Control", "no-store")
      .header("Content-Disposition",
              fmt::format("attachment; filename=\"{}.csv\"", file_name(call, name, own_parameter)));
  return response;
}

template <base::Result<Json> (*Plain)(crm::Figure)>
base::Result<Json> plain(Call&, crm::Figure figure) {
  return Plain(std::move(figure));
}

template <base::Result<Json> (*Periodic)(crm::Figure, bool)>
base::Result<Json> periodic(Call& call, crm::Figure figure) {
  const auto quarters = quarters_parameter(call);
  if (!quarters) return std::unexpected(quarters.error());
  return Periodic(std::move(figure), *quarters);
}

Json job_json(const base::Id& job) {
  return {{"job", base::to_text(job)}};
}

base::Result<void> may_change_models(const Call& call) {
  const auto catalog = call.services.road.catalog();
  const auto* object = catalog->find("model");
  if (object != nullptr && call.caller().policy->may(entity::Operation::change, *object)) return {};
  return base::refuse(base::ProblemKind::forbidden, "insight.forbidden",
                      "Only who may change models may ask for fits and refreshes.");
}

}  // namespace

Answer list_scores(Call& call) {
  if (auto known = only_parameters(call, {}); !known) return std::unexpected(known.error());
  const auto models = call.services.insight.models().in_use();
  if (!models) return std::unexpected(models.error());
  const auto catalog = call.services.road.catalog();
  const auto* model = catalog->find("model");
  const bool named = model != nullptr && call.caller().policy->may(entity::Operation::read, *model);
  Json json{{"data", Json::array()}};
  for (const auto& score : crm::score_definitions()) {
    Json one{{"name", score.name},         {"label", score.label}, {"subject", score.subject},
             {"type", score.type},         {"help", score.help},   {"inputs", score.inputs},
             {"schedule", score.schedule}, {"model", nullptr}};
    const auto at = std::ranges::find(crm::all_scores(), score.name, &crm::Score::name);
    const auto& in_use = at->model == crm::Learnt::leaving ? models->leaving : models->purchases;
    if (named && at->model != crm::Learnt::nothing && in_use) one["model"] = base::to_text(*in_use);
    json["data"].push_back(std::move(one));
  }
  return json_answer(json);
}

Answer value_figure(Call& call) {
  return answer_figure(call, "value", "measure", [](Call& of, crm::Figure figure) {
    const auto measure = crm::measure_named(of.request.parameter("measure").value_or("historic"));
    if (!measure) {
      return base::Result<Json>(
          bad_parameter("measure", "\"measure\" must be historic, expected or profit."));
    }
    return crm::value_figure(std::move(figure), *measure);
  });
}

Answer whale_figure(Call& call) {
  return answer_figure(call, "whale", "", plain<crm::whale_figure>);
}
Answer rfm_figure(Call& call) {
  return answer_figure(call, "rfm", "", plain<crm::rfm_figure>);
}
Answer cohorts_figure(Call& call) {
  return answer_figure(call, "cohorts", "period", periodic<crm::cohorts_figure>);
}
Answer retention_figure(Call& call) {
  return answer_figure(call, "retention", "period", periodic<crm::retention_figure>);
}
Answer alive_figure(Call& call) {
  return answer_figure(call, "alive", "", plain<crm::alive_figure>);
}
Answer two_by_two_figure(Call& call) {
  return answer_figure(call, "two_by_two", "", plain<crm::two_by_two_figure>);
}
Answer next_offers_figure(Call& call) {
  return answer_figure(call, "next_offers", "", plain<crm::next_offers_figure>);
}
Answer countries_figure(Call& call) {
  return answer_figure(call, "countries", "", plain<crm::countries_figure>);
}

Answer profitability_figure(Call& call) {
  return answer_figure(call, "profitability", "by", [](Call& of, crm::Figure figure) {
    const auto by = crm::profit_by_named(of.request.parameter("by").value_or("channel"));
    if (!by) {
      return base::Result<Json>(bad_parameter(
          "by", "\"by\" must be customer_country, channel, month, lifecycle or rfm_cell."));
    }
    return crm::profitability_figure(std::move(figure), *by);
  });
}

Answer person_insight(Call& call) {
  if (auto known = only_parameters(call, {}); !known) return std::unexpected(known.error());
  if (auto allowed = may_see(call, crm::Rests::on_models, false); !allowed)
    return std::unexpected(allowed.error());
  const auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  const auto json = crm::person_insight(call.services.road, call.caller(), *id);
  if (!json) return std::unexpected(json.error());
  return json_answer(*json);
}

Answer company_insight(Call& call) {
  if (auto known = only_parameters(call, {}); !known) return std::unexpected(known.error());
  if (auto allowed = may_see(call, crm::Rests::on_models, true); !allowed)
    return std::unexpected(allowed.error());
  const auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  const auto json = crm::company_insight(call.services.road, call.caller(), *id);
  if (!json) return std::unexpected(json.error());
  return json_answer(*json);
}

Answer list_models(Call& call) {
  if (auto known = only_parameters(call, {"after"}); !known) return std::unexpected(known.error());
  const auto after = std::string(call.request.parameter("after").value_or(""));
  const auto page = call.services.insight.models().page(call.caller(), after);
  if (!page) return std::unexpected(page.error());
  return json_answer(*page);
}

Answer get_model(Call& call) {
  if (auto known = only_parameters(call, {}); !known) return std::unexpected(known.error());
  const auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  const auto model = call.services.insight.models().one(call.caller(), *id);
  if (!model) return std::unexpected(model.error());
  return json_answer(*model);
}

Answer adopt_model(Call& call) {
  if (auto known = only_parameters(call, {}); !known) return std::unexpected(known.error());
  const auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  auto& insight = call.services.insight;
  if (auto done = insight.models().adopt(call.caller(), *id); !done) {
    return std::unexpected(done.error());
  }
  // Everybody is scored by it, without new fits that could take its place at once.
  if (auto job = insight.ask_rescore(*id); !job) return std::unexpected(job.error());
  const auto model = insight.models().one(call.caller(), *id);
  if (!model) return std::unexpected(model.error());
  return json_answer(*model);
}

Answer ask_fit(Call& call) {
  if (auto allowed = may_change_models(call); !allowed) return std::unexpected(allowed.error());
  const auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  const auto model = text_member(*body, "model");
  if (!model) return std::unexpected(model.error());
  const auto job = call.services.insight.ask_fit(*model);
  if (!job) return std::unexpected(job.error());
  return json_answer(job_json(*job), 202);
}

Answer latest_fit(Call& call) {
  if (auto known = only_parameters(call, {}); !known) return std::unexpected(known.error());
  if (auto allowed = may_see(call, crm::Rests::on_models, false); !allowed) {
    return std::unexpected(allowed.error());
  }
  const auto fit = call.services.insight.fit({});
  if (!fit) return std::unexpected(fit.error());
  return json_answer(*fit);
}

Answer get_fit(Call& call) {
  if (auto known = only_parameters(call, {}); !known) return std::unexpected(known.error());
  if (auto allowed = may_see(call, crm::Rests::on_models, false); !allowed) {
    return std::unexpected(allowed.error());
  }
  const auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  const auto fit = call.services.insight.fit(*id);
  if (!fit) return std::unexpected(fit.error());
  return json_answer(*fit);
}

Answer ask_refresh(Call& call) {
  if (auto allowed = may_change_models(call); !allowed) return std::unexpected(allowed.error());
  const auto job = call.services.insight.ask_refresh();
  if (!job) return std::unexpected(job.error());
  return json_answer(job_json(*job), 202);
}

Answer latest_refresh(Call& call) {
  if (auto known = only_parameters(call, {}); !known) return std::unexpected(known.error());
  if (auto allowed = may_see(call, crm::Rests::on_orders, false); !allowed) {
    return std::unexpected(allowed.error());
  }
  const auto latest = call.services.insight.latest_refresh();
  if (!latest) return std::unexpected(latest.error());
  return json_answer(*latest);
}

}  // namespace rapport::server
