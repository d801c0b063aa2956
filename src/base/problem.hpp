// A problem is what went wrong, said so that a person can act on it. It is what every expected
// failure in Rapport is made of, and what an API client reads as an RFC 9457 problem document.
//
// Codes are `stage.reason` in snake case (`plan.unknown_field`, `write.stale`); they are stable,
// texts are not. `field` is a JSON pointer into what was sent (`/records/3/email`).
#pragma once

#include <expected>
#include <string>
#include <utility>
#include <vector>

namespace rapport::base {

// What kind of answer a problem is; `server` maps each to one HTTP status.
enum class ProblemKind {
  malformed,         // 400: the bytes are not what they claim to be
  unauthenticated,   // 401
  forbidden,         // 403
  not_found,         // 404
  conflict,          // 409: a rule of the data forbids it (unique, still referenced)
  stale,             // 412: someone changed the record meanwhile
  too_large,         // 413
  invalid,           // 422: understood, and wrong
  version_required,  // 428: If-Match is missing
  too_many,          // 429
  internal,          // 500
  unavailable,       // 503
};

struct FieldProblem {
  std::string field;  // JSON pointer; empty: the request as a whole
  std::string code;
  std::string message;  // a sentence for the user
};

struct [[nodiscard]] Problem {
  ProblemKind kind = ProblemKind::internal;
  std::string code;     // stage.reason
  std::string message;  // a sentence for the user
  std::string details;  // what exactly was seen; may be empty
  std::string hint;     // what to do; may be empty
  std::vector<FieldProblem> fields;
  std::string extra;  // JSON object text with more members, e.g. the differing fields; or empty
};

template <class T>
using Result = std::expected<T, Problem>;

[[nodiscard]] inline std::unexpected<Problem> refuse(ProblemKind kind, std::string code,
                                                     std::string message, std::string details = {},
                                                     std::string hint = {}) {
  return std::unexpected(Problem{.kind = kind,
                                 .code = std::move(code),
                                 .message = std::move(message),
                                 .details = std::move(details),
                                 .hint = std::move(hint),
                                 .fields = {},
                                 .extra = {}});
}

// One field is wrong.
[[nodiscard]] inline std::unexpected<Problem> refuse_field(std::string code, std::string pointer,
                                                           std::string message) {
  Problem problem{.kind = ProblemKind::invalid,
                  .code = code,
                  .message = message,
                  .details = {},
                  .hint = {},
                  .fields = {},
                  .extra = {}};
  problem.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
  return std::unexpected(std::move(problem));
}

}  // namespace rapport::base
