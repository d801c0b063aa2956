#include "server/problems.hpp"

#include "base/json.hpp"

namespace rapport::server {

namespace {

using base::ProblemKind;

struct KindStatus {
  ProblemKind kind;
  int status;
};

constexpr KindStatus statuses[] = {
    {ProblemKind::malformed, 400},        {ProblemKind::unauthenticated, 401},
    {ProblemKind::forbidden, 403},        {ProblemKind::not_found, 404},
    {ProblemKind::conflict, 409},         {ProblemKind::stale, 412},
    {ProblemKind::too_large, 413},        {ProblemKind::invalid, 422},
    {ProblemKind::version_required, 428}, {ProblemKind::too_many, 429},
    {ProblemKind::internal, 500},         {ProblemKind::unavailable, 503},
};

base::Json document(const base::Problem& problem, int status) {
  base::Json json{{"type", "/problems/" + problem.code},
                  {"title", problem.message},
                  {"status", status},
                  {"code", problem.code}};
  if (!problem.details.empty()) json["detail"] = problem.details;
  if (!problem.hint.empty()) json["hint"] = problem.hint;
  if (!problem.fields.empty()) {
    auto& errors = json["errors"] = base::Json::array();
    for (const auto& field : problem.fields)
      errors.push_back(
          {{"pointer", field.field}, {"code", field.code}, {"message", field.message}});
  }
  if (!problem.extra.empty()) {
    auto extra = base::Json::parse(problem.extra, nullptr, false);
    if (extra.is_object())
      for (auto& [name, value] : extra.items())
        if (!json.contains(name)) json[name] = value;
  }
  return json;
}

HttpResponse answer(const base::Problem& problem, int status) {
  HttpResponse response;
  response.status = status;
  response.header("Content-Type", "application/problem+json").header("Cache-Control", "no-store");
  append_problem(response.body, problem, status);
  if (status == 401) response.header("WWW-Authenticate", "Bearer realm=\"rapport\"");
  if (status == 503) response.header("Retry-After", "1");
  if (status == 429) response.header("Retry-After", "30");
  return response;
}

}  // namespace

int status_of(ProblemKind kind) {
  for (const auto& row : statuses)
    if (row.kind == kind) return row.status;
  return 500;
}

void append_problem(std::string& out, const base::Problem& problem, int status) {
  // Text that came from outside may not be UTF-8; it is mended rather than thrown about.
  out += document(problem, status).dump(-1, ' ', false, nlohmann::detail::error_handler_t::replace);
}

HttpResponse problem_response(const base::Problem& problem) {
  return answer(problem, status_of(problem.kind));
}

HttpResponse problem_response(int status, std::string code, std::string title) {
  base::Problem problem;
  problem.code = std::move(code);
  problem.message = std::move(title);
  return answer(problem, status);
}

}  // namespace rapport::server
