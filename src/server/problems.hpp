// Problems as HTTP answers: RFC 9457 documents. Which kind of problem has which status is one
// table.
#pragma once

#include <string>

#include "base/problem.hpp"
#include "server/edge/http.hpp"

namespace rapport::server {

[[nodiscard]] int status_of(base::ProblemKind kind);

[[nodiscard]] HttpResponse problem_response(const base::Problem& problem);
// For refusals of HTTP itself, which have statuses of their own (405, 408, 431).
[[nodiscard]] HttpResponse problem_response(int status, std::string code, std::string title);

// The document alone, for answers that carry several.
void append_problem(std::string& out, const base::Problem& problem, int status);

}  // namespace rapport::server
