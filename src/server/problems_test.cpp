#include "server/problems.hpp"

#include <gtest/gtest.h>

#include "base/json.hpp"

namespace rapport::server {
namespace {

using base::ProblemKind;

TEST(Problems, each_kind_has_its_status) {
  const std::pair<ProblemKind, int> cases[] = {
      {ProblemKind::malformed, 400},        {ProblemKind::unauthenticated, 401},
      {ProblemKind::forbidden, 403},        {ProblemKind::not_found, 404},
      {ProblemKind::conflict, 409},         {ProblemKind::stale, 412},
      {ProblemKind::too_large, 413},        {ProblemKind::invalid, 422},
      {ProblemKind::version_required, 428}, {ProblemKind::too_many, 429},
      {ProblemKind::internal, 500},         {ProblemKind::unavailable, 503},
  };
  for (auto [kind, status] : cases) EXPECT_EQ(status_of(kind), status);
}

TEST(Problems, the_document_says_everything_and_takes_extra_members_in) {
  base::Problem problem{.kind = ProblemKind::stale,
                        .code = "write.stale",
                        .message = "Someone else changed this person.",
                        .details = "You saw 3.",
                        .hint = "Look and save again.",
                        .fields = {{"/name", "write.differs", "The name differs."}},
                        .extra = R"({"version": 4, "status": "not yours to set"})"};
  auto response = problem_response(problem);
  EXPECT_EQ(response.status, 412);
  EXPECT_EQ(base::Json::parse(response.body), base::Json::parse(R"({
    "type": "/problems/write.stale", "title": "Someone else changed this person.", "status": 412,
    "code": "write.stale", "detail": "You saw 3.", "hint": "Look and save again.",
    "errors": [{"pointer": "/name", "code": "write.differs", "message": "The name differs."}],
    "version": 4})"));
}

TEST(Problems, bytes_that_are_no_text_do_not_throw) {
  base::Problem problem{.kind = ProblemKind::invalid,
                        .code = "x.y",
                        .message =
                            "a\xff"
                            "b",
                        .details = {},
                        .hint = {},
                        .fields = {},
                        .extra = "{broken"};
  EXPECT_EQ(problem_response(problem).status, 422);
}

}  // namespace
}  // namespace rapport::server
