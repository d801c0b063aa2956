// `rapport insight fit` on the program's own records: fits one model to their orders and keeps it
// as a candidate, which someone may put in use.
#include <fmt/format.h>

#include "base/json.hpp"
#include "crm/insight/insight.hpp"
#include "entity/road.hpp"
#include "server/commands/insight.hpp"

namespace rapport::server {

namespace {

using base::Json;

// As a fit to a file is printed, with the id and the state of the record.
Json as_of_a_file(const Json& model) {
  Json json{{"id", model["id"]},
            {"model", model["kind"]},
            {"state", model["state"]},
            {"customers", model["data"]["customers"]},
            {"parameters", Json::object()},
            {"errors", Json::object()},
            {"log_likelihood", model["log_likelihood"]}};
  if (!model["horizon"].is_null()) json["horizon"] = model["horizon"];
  for (const auto& one : model["parameters"]) {
    const auto name = one["name"].get<std::string>();
    json["parameters"][name] = one["value"];
    if (!one["error"].is_null()) json["errors"][name] = one["error"];
  }
  if (model["holdout"].is_object()) json["holdout"] = model["holdout"];
  if (!model["note"].is_null()) json["note"] = model["note"];
  return json;
}

void print(const Json& json) {
  fmt::print("{} of {} customers, kept as candidate {}\n", json["model"].get<std::string>(),
             json["customers"].get<std::int64_t>(), json["id"].get<std::string>());
  for (const auto& [name, value] : json["parameters"].items()) {
    const auto error = json["errors"].find(name);
    fmt::print(
        "  {:<6} {:12.5f}{}\n", name, value.get<double>(),
        error == json["errors"].end() ? "" : fmt::format("  ± {:.5f}", error->get<double>()));
  }
  if (json.contains("holdout")) {
    fmt::print("Held out: actual {:.1f}, predicted {:.1f}\n",
               json["holdout"]["actual"].get<double>(), json["holdout"]["predicted"].get<double>());
  }
  if (json.contains("note")) fmt::print("{}\n", json["note"].get<std::string>());
}

}  // namespace

int fit_records(const CommandLine& line, const std::string& model) {
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto& insight = (*application)->insight();
  const auto kept = insight.refresh().fit(model);
  if (!kept) return fail(line, kept.error());
  const auto told =
      insight.models().one(entity::program({.kind = "insight", .id = {}, .depth = 0}), *kept);
  if (!told) return fail(line, told.error());
  const auto json = as_of_a_file(*told);
  line.json ? fmt::print("{}\n", base::to_text(json)) : print(json);
  return exit_done;
}

}  // namespace rapport::server
