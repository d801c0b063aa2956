#include "store/connection.hpp"

namespace rapport::store {

using base::Problem;
using base::ProblemKind;

namespace {

std::string field(const PGresult* result, int code) {
  const char* value = PQresultErrorField(result, code);
  return value != nullptr ? value : "";
}

Problem problem(ProblemKind kind, std::string code, std::string message, std::string hint,
                const DatabaseError& error) {
  return {.kind = kind,
          .code = std::move(code),
          .message = std::move(message),
          .details = error.sqlstate + ": " + error.message,
          .hint = std::move(hint),
          .fields = {},
          .extra = {}};
}

}  // namespace

DatabaseError error_of(const PGresult* result) {
  DatabaseError error{.sqlstate = field(result, PG_DIAG_SQLSTATE),
                      .message = field(result, PG_DIAG_MESSAGE_PRIMARY),
                      .detail = field(result, PG_DIAG_MESSAGE_DETAIL),
                      .hint = field(result, PG_DIAG_MESSAGE_HINT),
                      .schema = field(result, PG_DIAG_SCHEMA_NAME),
                      .table = field(result, PG_DIAG_TABLE_NAME),
                      .column = field(result, PG_DIAG_COLUMN_NAME),
                      .constraint = field(result, PG_DIAG_CONSTRAINT_NAME)};
  // libpq's own errors carry no fields.
  if (error.message.empty()) error.message = PQresultErrorMessage(result);
  // "cached plan must not change result type": 0A000 is shared with much else, and the message is
  // in the server's language.
  error.stale_plan = error.sqlstate == "0A000" &&
                     field(result, PG_DIAG_SOURCE_FUNCTION) == "RevalidateCachedQuery";
  return error;
}

DatabaseError lost_error(std::string_view said) {
  DatabaseError error;
  error.sqlstate = "08006";
  error.message = said.empty() ? "the connection to the database is lost" : said;
  return error;
}

Problem as_problem(const DatabaseError& error) {
  const std::string_view state = error.sqlstate;
  if (error.outcome_unknown()) {
    return problem(ProblemKind::unavailable, "store.outcome_unknown",
                   "The database went away while this was being saved; it may be saved or not.",
                   "Look before you try again.", error);
  }
  if (error.connection_lost()) {
    return problem(ProblemKind::unavailable, "store.connection_lost",
                   "The database cannot be reached.", "Try again in a moment.", error);
  }
  if (error.retriable()) {
    return problem(ProblemKind::unavailable, "store.in_the_way",
                   "Someone else is changing the same records.", "Try again in a moment.", error);
  }
  if (state == "57014") {
    return problem(ProblemKind::unavailable, "store.too_slow",
                   "This took too long and was stopped.", "Ask for less, or try again later.",
                   error);
  }
  if (state.starts_with("53")) {
    return problem(ProblemKind::unavailable, "store.out_of_room",
                   "The database has run out of room or connections.",
                   "Look at its disk, memory and max_connections.", error);
  }
  if (state == "25006") {
    return problem(ProblemKind::unavailable, "store.read_only",
                   "The database takes no changes at the moment.", "Try again in a moment.", error);
  }
  return problem(ProblemKind::internal, "store.failed", "The database refused a statement.", {},
                 error);
}

}  // namespace rapport::store
