#include <array>

#include "server/openapi/parts.hpp"

namespace rapport::server {
namespace {

using base::Json;

const Json text{{"type", "string"}};
const Json number{{"type", "number"}};
const Json whole{{"type", "integer"}};
const Json uuid{{"type", "string"}, {"format", "uuid"}};
const Json moment{{"type", Json::array({"string", "null"})}};
const Json maybe_number{{"type", Json::array({"number", "null"})}};
const Json maybe_text{{"type", Json::array({"string", "null"})}};

Json object_of(Json properties) {
  return {{"type", "object"}, {"properties", std::move(properties)}};
}
Json list_of(Json items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

// What opens the list of records behind a mark.
const Json opens{{"type", "object"},
                 {"description", "Opens exactly the records that are counted."},
                 {"properties", {{"plural", text}, {"where", text}, {"set", text}}},
                 {"required", Json::array({"plural"})}};

Json query(std::string_view name, std::string_view says, Json schema) {
  return {{"name", name}, {"in", "query"}, {"description", says}, {"schema", std::move(schema)}};
}

Json one_of(std::initializer_list<std::string_view> names) {
  Json schema{{"type", "string"}, {"enum", Json::array()}};
  for (const auto name : names) schema["enum"].push_back(name);
  schema["default"] = *names.begin();
  return schema;
}

// The marks of a figure: a list of these besides what every figure says.
struct FigurePath {
  std::string_view name, summary, list;
  Json mark;
  Json more = Json::object();
  Json parameter = Json();
};

void figure_path(Json& paths, const FigurePath& figure) {
  auto get =
      operation(std::string(figure.name) + "_figure", "insight", figure.summary, {}, {"422"});
  const Json day{{"type", "string"}, {"format", "date"}};
  for (const auto& one :
       {query("from", "Customers with an order on this day or later.", day),
        query("until", "Customers with an order on this day or earlier.", day),
        query("subject", "Of persons or of companies.", one_of({"person", "company"})),
        query("product", "Customers who bought this product.", uuid),
        query("country", "Customers in this country: `ES`.", text),
        query("format", "As JSON or as a table.", one_of({"json", "csv"}))}) {
    get["parameters"].push_back(one);
  }
  if (!figure.parameter.is_null()) get["parameters"].push_back(figure.parameter);
  Json properties{{"as_of", moment}, {"currency", text}, {"subject", text}};
  properties[std::string(figure.list)] = list_of(figure.mark);
  properties.update(figure.more);
  get["responses"]["200"] = answer("The figure.", object_of(std::move(properties)));
  get["responses"]["200"]["content"]["text/csv"] = {{"schema", text}};
  paths["/api/v1/insight/" + std::string(figure.name)]["get"] = std::move(get);
}

Json period_parameter() {
  return query("period", "Months or quarters.", one_of({"month", "quarter"}));
}

void value_paths(Json& paths) {
  figure_path(
      paths,
      {"value",
       "How value is spread over customers",
       "bins",
       object_of(
           {{"from", number}, {"to", number}, {"count", whole}, {"sum", number}, {"open", opens}}),
       {{"measure", text},
        {"count", whole},
        {"total", number},
        {"mean", number},
        {"median", number}},
       query("measure", "Paid so far, expected, or profit.",
             one_of({"historic", "expected", "profit"}))});
  const Json negative = object_of({{"count", whole}, {"sum", number}, {"open", opens}});
  const Json shares = list_of(object_of(
      {{"best", number}, {"percent", number}, {"count", whole}, {"sum", number}, {"open", opens}}));
  figure_path(paths, {"whale",
                      "What share of value the best customers hold",
                      "points",
                      object_of({{"share", number}, {"cumulative", number}, {"count", whole}}),
                      {{"peak", {{"type", Json::array({"object", "null"})}}},
                       {"negative", negative},
                       {"shares", shares},
                       {"note", text}}});
  figure_path(paths, {"rfm",
                      "Recency, frequency and money",
                      "cells",
                      object_of({{"recency", whole},
                                 {"frequency", whole},
                                 {"count", whole},
                                 {"sum", number},
                                 {"mean", number},
                                 {"open", opens}}),
                      {{"bounds", {{"type", Json::array({"object", "null"})}}}}});
  figure_path(
      paths,
      {"alive",
       "Probability of being a customer still against value",
       "cells",
       object_of({{"alive_from", number},
                  {"alive_to", number},
                  {"value_from", number},
                  {"value_to", number},
                  {"count", whole},
                  {"sum", number},
                  {"open", opens}}),
       {{"points", list_of(object_of(
                       {{"id", uuid}, {"title", text}, {"alive", number}, {"value", number}}))}}});
  figure_path(paths, {"two_by_two",
                      "Profit now against value to come",
                      "cells",
                      object_of({{"current", text},
                                 {"future", text},
                                 {"count", whole},
                                 {"current_sum", number},
                                 {"future_sum", number},
                                 {"open", opens}}),
                      {{"bounds", {{"type", Json::array({"object", "null"})}}}}});
}

void time_paths(Json& paths) {
  const Json cell = object_of({{"offset", whole},
                               {"period", text},
                               {"count", whole},
                               {"share", number},
                               {"sum", number},
                               {"open", opens}});
  figure_path(
      paths,
      {"cohorts", "Who came when, and came back", "cohorts",
       object_of({{"period", text}, {"size", whole}, {"open", opens}, {"cells", list_of(cell)}}),
       Json::object(), period_parameter()});
  figure_path(
      paths,
      {"retention",
       "Who stayed, left and came back",
       "periods",
       object_of({{"period", text},
                  {"active", whole},
                  {"new", whole},
                  {"retained", whole},
                  {"defected", whole},
                  {"won_back", whole},
                  {"retention", maybe_number},
                  {"open", object_of({{"active", opens},
                                      {"retained", opens},
                                      {"defected", opens},
                                      {"won_back", opens},
                                      {"new", opens}})}}),
       {{"reasons",
         list_of(object_of({{"code", text}, {"text", text}, {"count", whole}, {"open", opens}}))}},
       period_parameter()});
  const Json parts{{"revenue", number}, {"cost_of_goods", number}, {"discounts", number},
                   {"returns", number}, {"cost_to_serve", number}, {"profit", number}};
  Json row = object_of(parts);
  row["properties"].update({{"key", text}, {"label", text}, {"count", whole}, {"open", opens}});
  // Persons who cost something and never bought: in the rows and the total, in no score.
  Json none_bought = object_of(parts);
  none_bought["properties"].update({{"count", whole}, {"open", opens}});
  const Json pool = object_of({{"channel", text},
                               {"month", text},
                               {"cost", number},
                               {"used_minutes", number},
                               {"capacity_minutes", number},
                               {"unused_cost", number},
                               {"note", maybe_text}});
  figure_path(
      paths,
      {"profitability",
       "What groups of customers brought and cost",
       "rows",
       row,
       {{"total", object_of(parts)}, {"without_orders", none_bought}, {"pools", list_of(pool)}},
       query("by", "Which groups.",
             one_of({"channel", "customer_country", "month", "lifecycle", "rfm_cell"}))});
  figure_path(paths, {"next_offers", "What to offer to how many", "products",
                      object_of({{"product", uuid},
                                 {"title", text},
                                 {"count", whole},
                                 {"mean_lift", maybe_number},
                                 {"open", opens}})});
  figure_path(paths, {"countries", "Where customers live, most first", "countries",
                      object_of({{"country", text}, {"count", whole}, {"open", opens}})});
}

void customer_paths(Json& paths) {
  const Json reason = object_of({{"code", text}, {"text", text}, {"weight", number}});
  const Json score =
      object_of({{"name", text},
                 {"label", text},
                 {"type", text},
                 {"value", Json::object()},
                 {"as_of", moment},
                 {"model", maybe_text},
                 {"horizon", maybe_number},
                 {"reasons", list_of(reason)},
                 {"history", list_of(object_of({{"as_of", text}, {"value", Json::object()}}))}});
  const Json steps = list_of(object_of({{"at", text}, {"cumulative", number}}));
  const Json told = object_of(
      {{"as_of", moment},
       {"currency", text},
       {"scores", list_of(score)},
       {"purchases", object_of({{"actual", steps}, {"expected", steps}, {"known_until", text}})},
       {"next_offers", list_of(object_of({{"product", uuid},
                                          {"title", text},
                                          {"reasons", list_of(object_of({{"text", text}}))},
                                          {"support", whole},
                                          {"lift", number}}))},
       {"profit", {{"type", Json::array({"object", "null"})}}}});
  for (const auto& [plural, one] : {std::pair{"persons", "person"}, {"companies", "company"}}) {
    auto get = operation(std::string(one) + "_insight", "insight",
                         "Scores with their reasons, purchases, offers and profit of one", {"id"},
                         {"404"});
    get["responses"]["200"] = answer("What is known.", told);
    paths["/api/v1/insight/" + std::string(plural) + "/{id}"]["get"] = std::move(get);
  }
}

void model_paths(Json& paths) {
  const Json parameter = object_of({{"name", text}, {"value", number}, {"error", maybe_number}});
  const Json summary = object_of({{"id", uuid},
                                  {"title", text},
                                  {"kind", text},
                                  {"state", text},
                                  {"fitted_at", text},
                                  {"adopted_at", moment},
                                  {"data", {{"type", "object"}}},
                                  {"horizon", maybe_number},
                                  {"log_likelihood", maybe_number},
                                  {"holdout_error", maybe_number},
                                  {"note", maybe_text}});
  Json model = summary;
  model["properties"].update(Json{{"parameters", list_of(parameter)},
                                  {"holdout", {{"type", Json::array({"object", "null"})}}},
                                  {"fit", {{"type", "object"}}},
                                  {"drift", list_of({{"type", "object"}})}});
  const auto data = [](Json items) { return object_of({{"data", list_of(std::move(items))}}); };
  auto scores = operation("list_scores", "insight", "The scores there are", {}, {});
  scores["responses"]["200"] = answer("Scores.", data(object_of({{"name", text},
                                                                 {"label", text},
                                                                 {"subject", text},
                                                                 {"type", text},
                                                                 {"help", text},
                                                                 {"schedule", text},
                                                                 {"model", maybe_text}})));
  paths["/api/v1/insight/scores"]["get"] = std::move(scores);
  auto all = operation("list_insight_models", "insight",
                       "Fits: those in use, then the newest, in pages", {"after"}, {"422"});
  auto page = data(summary);
  page["properties"]["page"] = reference("schemas", "Page");
  all["responses"]["200"] = answer("A page of models.", std::move(page));
  paths["/api/v1/insight/models"]["get"] = std::move(all);
  auto one = operation("get_insight_model", "insight", "One fit", {"id"}, {"404"});
  one["responses"]["200"] = answer("The model.", model);
  paths["/api/v1/insight/models/{id}"]["get"] = std::move(one);
  auto adopt = operation("adopt_model", "insight", "Put a fit in use", {"id"}, {"404", "422"});
  adopt["responses"]["200"] = answer("In use.", model);
  paths["/api/v1/insight/models/{id}/adoption"]["post"] = std::move(adopt);
  const Json job = object_of({{"job", uuid}});
  auto fit = operation("ask_fit", "insight", "Have a model fitted", {}, {"422"});
  fit["requestBody"] = {
      {"required", true},
      {"content",
       json_content(object_of({{"model", one_of({"auto", "bg_nbd", "mbg_nbd", "pareto_nbd",
                                                 "gamma_gamma", "churn"})}}))}};
  fit["responses"]["202"] = answer("A job does it.", job);
  paths["/api/v1/insight/fits"]["post"] = std::move(fit);
  const Json told =
      object_of({{"job", uuid},
                 {"model", text},
                 {"state", one_of({"waiting", "running", "done", "refused", "failed", "none"})},
                 {"asked_at", text},
                 {"finished_at", moment},
                 {"kept", maybe_text},
                 {"problem", maybe_text}});
  auto latest_fit = operation("latest_fit", "insight", "How the latest fit asked for goes", {}, {});
  latest_fit["responses"]["200"] = answer("The fit; `none` where nobody asked for one.", told);
  paths["/api/v1/insight/fits/latest"]["get"] = std::move(latest_fit);
  auto one_fit =
      operation("get_fit", "insight", "How a fit asked for goes or ended", {"id"}, {"404"});
  one_fit["responses"]["200"] =
      answer("The fit: `kept` is the model it made, `problem` says why there is none.", told);
  paths["/api/v1/insight/fits/{id}"]["get"] = std::move(one_fit);
  auto refresh = operation("ask_refresh", "insight", "Have everybody scored anew", {}, {"422"});
  refresh["responses"]["202"] = answer("A job does it.", job);
  paths["/api/v1/insight/refreshes"]["post"] = std::move(refresh);
  auto latest = operation("latest_refresh", "insight", "How the latest refresh goes", {}, {});
  latest["responses"]["200"] = answer("The refresh.", object_of({{"state", text},
                                                                 {"started_at", text},
                                                                 {"finished_at", moment},
                                                                 {"persons", whole},
                                                                 {"seconds", maybe_number},
                                                                 {"problem", maybe_text},
                                                                 {"notes", list_of(text)}}));
  paths["/api/v1/insight/refreshes/latest"]["get"] = std::move(latest);
}

}  // namespace

Json insight_paths() {
  Json paths;
  value_paths(paths);
  time_paths(paths);
  customer_paths(paths);
  model_paths(paths);
  return paths;
}

}  // namespace rapport::server
