#include "analytics/predict/score_model.hpp"
#include "base/json.hpp"

namespace rapport::analytics {
namespace {

constexpr int format = 1;
constexpr std::size_t model_bytes_max = std::size_t{64} << 20;

base::Json to_json(const FitReport& report) {
  base::Json weights = base::Json::array();
  for (const Weight& weight : report.weights) {
    weights.push_back({weight.column, weight.value, weight.error});
  }
  base::Json gains = base::Json::array();
  for (const Gain& gain : report.gains) gains.push_back({gain.feature, gain.share});
  base::Json json{{"rows", report.rows},
                  {"happened", report.happened},
                  {"calibration_rows", report.calibration_rows},
                  {"calibrated", report.calibrated},
                  {"note", report.note},
                  {"constants", report.constants},
                  {"weights", weights},
                  {"gains", gains}};
  if (report.area) json["area"] = *report.area;
  return json;
}

FitReport report_from(const base::Json& json) {
  FitReport report{.rows = json.at("rows"),
                   .happened = json.at("happened"),
                   .calibration_rows = json.at("calibration_rows"),
                   .area = {},
                   .calibrated = json.at("calibrated"),
                   .note = json.at("note"),
                   .constants = json.at("constants").get<std::vector<std::string>>(),
                   .weights = {},
                   .gains = {}};
  if (json.contains("area")) report.area = json.at("area").get<double>();
  for (const auto& weight : json.at("weights")) {
    report.weights.push_back({weight.at(0), weight.at(1), weight.at(2)});
  }
  // A model saved by an earlier program has none.
  for (const auto& gain : json.value("gains", base::Json::array())) {
    report.gains.push_back({gain.at(0), gain.at(1)});
  }
  return report;
}

std::unexpected<base::Problem> malformed(std::string details) {
  return base::refuse(base::ProblemKind::malformed, "analytics.malformed_model",
                      "The saved model cannot be read.", std::move(details));
}

}  // namespace

base::Result<std::string> ScoreModel::save() const {
  base::Json json{{"format", format},
                  {"encoding", encoding_.to_json()},
                  {"baseline", baseline_.to_json()},
                  {"report", to_json(report_)}};
  if (isotonic_) json["isotonic"] = isotonic_->to_json();
  if (linear_) {
    base::Json terms = base::Json::array();
    for (const Term& term : linear_->terms) {
      base::Json one{{"column", term.column},
                     {"centre", term.centre},
                     {"spread", term.spread},
                     {"mean", term.mean},
                     {"coefficient", term.coefficient}};
      if (term.knot) one["knot"] = *term.knot;
      if (term.logarithm) one["logarithm"] = true;
      terms.push_back(std::move(one));
    }
    json["linear"] = {{"intercept", linear_->intercept}, {"terms", std::move(terms)}};
  }
  if (boosted_) {
    const auto saved = boosted_->save();
    if (!saved) return saved;
    json["boosted"] = *saved;
  }
  return base::to_text(json);
}

base::Result<ScoreModel> ScoreModel::load(std::string_view bytes) {
  const auto json = base::parse_json(bytes, {.bytes_max = model_bytes_max, .depth_max = 64});
  if (!json) return malformed(json.error().message);
  ScoreModel made;
  try {
    if (json->at("format") != format) return malformed("a format of another version");
    auto encoding = Encoding::from_json(json->at("encoding"));
    auto baseline = DriftBaseline::from_json(json->at("baseline"));
    if (!encoding) return std::unexpected(encoding.error());
    if (!baseline) return std::unexpected(baseline.error());
    made.encoding_ = std::move(*encoding);
    made.baseline_ = std::move(*baseline);
    made.report_ = report_from(json->at("report"));
    if (json->contains("isotonic")) {
      auto isotonic = Isotonic::from_json(json->at("isotonic"));
      if (!isotonic) return std::unexpected(isotonic.error());
      made.isotonic_ = std::move(*isotonic);
    }
    if (json->contains("linear")) {
      const auto& linear = json->at("linear");
      made.linear_ = {.intercept = linear.at("intercept"), .terms = {}};
      for (const auto& one : linear.at("terms")) {
        Term term{.column = one.at("column"),
                  .centre = one.at("centre"),
                  .spread = one.at("spread"),
                  .logarithm = one.value("logarithm", false),
                  .knot = {},
                  .mean = one.at("mean"),
                  .coefficient = one.at("coefficient")};
        if (one.contains("knot")) term.knot = one.at("knot").get<double>();
        if (term.column >= made.encoding_.columns().size()) {
          return malformed("a weight is of no column");
        }
        made.linear_->terms.push_back(term);
      }
      return made;
    }
    auto boosted = Boosted::load(json->at("boosted").get_ref<const std::string&>());
    if (!boosted) return std::unexpected(boosted.error());
    made.boosted_ = std::move(*boosted);
  } catch (const std::exception& error) {
    return malformed(error.what());
  }
  return made;
}

}  // namespace rapport::analytics
