// Which route a path means: "/api/v1/{plural}/{id}" takes "/api/v1/persons/0190…". Where several
// patterns fit, the one whose words come first wins: "/api/v1/imports/{id}" before
// "/api/v1/{plural}/{id}".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/edge/http.hpp"

namespace rapport::server {

class Router {
 public:
  // The route's number is that of its `add`, from nought.
  void add(Method method, std::string_view pattern);

  struct Match {
    enum class Kind { found, wrong_method, not_found } kind = Kind::not_found;
    std::size_t route = 0;
    std::vector<std::string> captures;
    std::string allow;  // of wrong_method: "GET, HEAD, POST"
  };
  // HEAD is answered by GET's route.
  [[nodiscard]] Match find(Method method, std::string_view path) const;

 private:
  struct Pattern {
    std::vector<std::string> segments;  // "" is a placeholder
    std::vector<std::pair<Method, std::size_t>> methods;
  };
  std::vector<Pattern> patterns_;
  std::size_t routes_ = 0;
};

}  // namespace rapport::server
