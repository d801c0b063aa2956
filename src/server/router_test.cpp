#include "server/router.hpp"

#include <gtest/gtest.h>

namespace rapport::server {
namespace {

using Kind = Router::Match::Kind;

Router example() {
  Router router;
  router.add(Method::get, "/api/v1/{plural}");          // 0
  router.add(Method::post, "/api/v1/{plural}");         // 1
  router.add(Method::get, "/api/v1/{plural}/{id}");     // 2
  router.add(Method::post, "/api/v1/{plural}/query");   // 3
  router.add(Method::get, "/api/v1/imports/{id}");      // 4
  router.add(Method::get, "/livez");                    // 5
  router.add(Method::remove, "/api/v1/{plural}/{id}");  // 6
  return router;
}

TEST(Router, each_path_meets_the_route_its_words_name) {
  struct Case {
    Method method;
    std::string path;
    Kind kind;
    std::size_t route;
    std::vector<std::string> captures;
    std::string allow;
  };
  const Case cases[] = {
      {Method::get, "/api/v1/persons", Kind::found, 0, {"persons"}, ""},
      {Method::head, "/api/v1/persons", Kind::found, 0, {"persons"}, ""},
      {Method::post, "/api/v1/persons", Kind::found, 1, {"persons"}, ""},
      {Method::get, "/api/v1/persons/7", Kind::found, 2, {"persons", "7"}, ""},
      {Method::remove, "/api/v1/persons/7", Kind::found, 6, {"persons", "7"}, ""},
      {Method::post, "/api/v1/persons/query", Kind::found, 3, {"persons"}, ""},
      {Method::get, "/api/v1/imports/7", Kind::found, 4, {"7"}, ""},
      {Method::get, "/livez", Kind::found, 5, {}, ""},
      {Method::put, "/api/v1/persons", Kind::wrong_method, 0, {}, "GET, HEAD, POST"},
      {Method::get, "/api/v1/persons/query", Kind::wrong_method, 0, {}, "POST"},
      {Method::remove, "/api/v1/imports/7", Kind::wrong_method, 0, {}, "GET, HEAD"},
      {Method::get, "/api/v1", Kind::not_found, 0, {}, ""},
      {Method::get, "/api/v1/persons/", Kind::not_found, 0, {}, ""},
      {Method::get, "/api/v1//7", Kind::not_found, 0, {}, ""},
      {Method::get, "/api/v1/persons/7/8", Kind::not_found, 0, {}, ""},
      {Method::get, "", Kind::not_found, 0, {}, ""},
  };
  auto router = example();
  for (const auto& one : cases) {
    auto match = router.find(one.method, one.path);
    EXPECT_EQ(match.kind, one.kind) << one.path;
    EXPECT_EQ(match.route, one.route) << one.path;
    EXPECT_EQ(match.captures, one.captures) << one.path;
    EXPECT_EQ(match.allow, one.allow) << one.path;
  }
}

}  // namespace
}  // namespace rapport::server
