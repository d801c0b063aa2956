#include "store/queries.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

#include "base/embedded.hpp"

namespace rapport::store {
namespace {

TEST(Queries, AreFoundByNameWithTheirCommentsAndWithoutTheirSemicolon) {
  const QueryFile file("session", R"(-- Sessions.

-- name: find
-- By its token.
select 1
  from sessions;

-- name: end_all
delete from sessions
)");
  ASSERT_EQ(file.size(), 2U);
  EXPECT_EQ(file["find"].name, "session.find");
  EXPECT_EQ(file["find"].sql, "-- By its token.\nselect 1\n  from sessions");
  EXPECT_EQ(file["end_all"].sql, "delete from sessions");
}

TEST(Queries, MistakesEndTheProgramWithASentence) {
  struct Case {
    std::string_view text, says;
  };
  const Case cases[] = {
      {"select 1;\n-- name: a\nselect 1", "x_queries.sql: there is text before the first name"},
      {"-- name: a\nselect 1;\n-- name: a\nselect 2", "x_queries.sql: 'a' stands twice"},
      {"-- name: a\n-- nothing\n", "x_queries.sql: 'a' has no statement"},
      {"-- name:\nselect 1", "x_queries.sql: a name is empty"},
  };
  for (const Case& each : cases) {
    try {
      const QueryFile file("x", each.text);
      ADD_FAILURE() << each.text;
    } catch (const std::logic_error& error) {
      EXPECT_EQ(error.what(), each.says);
    }
  }
}

TEST(Queries, ANameThatIsMissingSaysWhatWasMeant) {
  const QueryFile file("x", "-- name: find_session\nselect 1");
  try {
    (void)file["find_sesion"];
    ADD_FAILURE();
  } catch (const std::logic_error& error) {
    EXPECT_STREQ(error.what(),
                 "x_queries.sql: there is no 'find_sesion'; did you mean 'find_session'?");
  }
  EXPECT_THROW((void)queries("no_such_file"), std::logic_error);
}

TEST(Queries, EveryEmbeddedFileCanBeRead) {
  for (const base::EmbeddedFile& each : base::embedded_query_files()) {
    std::string_view name = each.path.substr(each.path.rfind('/') + 1);
    name.remove_suffix(std::string_view("_queries.sql").size());
    EXPECT_GT(queries(name).size(), 0U) << each.path;
  }
}

}  // namespace
}  // namespace rapport::store
