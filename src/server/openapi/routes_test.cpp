// The list of routes and the description of the API say the same: nothing is served that is not
// described, nothing described that is not served.
#include "server/routes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/json.hpp"
#include "entity/catalog/object_file.hpp"
#include "server/openapi/openapi.hpp"
#include "server/router.hpp"

namespace rapport::server {
namespace {

// "GET /api/v1/persons/{id}" and the operation, or the route, that it is.
using Operations = std::map<std::string, const base::Json*>;
using Served = std::map<std::string, const Route*>;

class RoutesAndOpenapi : public testing::Test {
 protected:
  RoutesAndOpenapi() : catalog_(*entity::catalog_of_files(entity::embedded_object_types())) {
    document_ = *base::parse_json(openapi(*catalog_));
    for (const auto& [path, methods] : document_["paths"].items())
      for (const auto& [method, operation] : methods.items()) {
        auto name = method;
        std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::toupper(c); });
        described_[name + " " + path] = &operation;
      }
    for (const auto& route : routes()) {
      const std::string pattern(route.pattern), placeholder = "{plural}";
      const auto at = pattern.find(placeholder);
      if (at == std::string::npos) add(route, pattern);
      if (at != std::string::npos)
        for (const auto& object : catalog_->objects())
          if (!pattern.ends_with("/timeline") || has_timeline(object))
            add(route, std::string(pattern).replace(at, placeholder.size(), object.plural));
    }
  }

  static bool has_timeline(const entity::ObjectType& object) {
    return std::ranges::find(object.page.tabs, "timeline") != object.page.tabs.end();
  }
  void add(const Route& route, const std::string& path) {
    served_[std::string(name_of(route.method)) + " " + path] = &route;
  }

  std::shared_ptr<const entity::Catalog> catalog_;
  base::Json document_;
  Operations described_;
  Served served_;
};

TEST_F(RoutesAndOpenapi, EveryRouteIsDescribed) {
  for (const auto& [name, route] : served_)
    EXPECT_TRUE(described_.contains(name))
        << name << " is served (" << route->pattern << " in src/server/routes.cpp) and not in "
        << "/api/v1/openapi.json: describe it in src/server/openapi/"
        << (route->pattern.find("{plural}") == std::string_view::npos ? "general_paths.cpp."
                                                                      : "openapi.cpp.");
}

TEST_F(RoutesAndOpenapi, EverythingDescribedIsServed) {
  for (const auto& [name, operation] : described_) {
    // Answered before the list of routes is looked at.
    if (name == "GET /livez" || name == "GET /readyz") continue;
    EXPECT_TRUE(served_.contains(name))
        << name << " (" << operation->value("operationId", "?")
        << ") is described in src/server/openapi and not served: add it to src/server/routes.cpp, "
        << "or take the description away.";
  }
}

TEST_F(RoutesAndOpenapi, TheRouterFindsEachByItsDescribedAddress) {
  Router router;
  for (const auto& route : routes()) router.add(route.method, route.pattern);
  for (const auto& [name, route] : served_) {
    auto path = name.substr(name.find(' ') + 1);
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
      path.replace(at, path.find('}') - at + 1, "0190b5e0-7c1e-7000-8000-000000000000");
    const auto match = router.find(route->method, path);
    ASSERT_EQ(match.kind, Router::Match::Kind::found) << name;
    EXPECT_EQ(&routes()[match.route], route)
        << name << " is answered by " << routes()[match.route].pattern;
  }
}

TEST_F(RoutesAndOpenapi, BothSayAlikeWhoMayCallWhatItsPathNeedsAndWhetherThereIsABody) {
  for (const auto& [name, route] : served_) {
    const auto found = described_.find(name);
    if (found == described_.end()) continue;
    const auto& operation = *found->second;
    const bool open = operation.contains("security") && operation["security"].empty();
    EXPECT_EQ(open, route->who == Who::anyone)
        << name << ": \"security\": [] says that a stranger may call it, Who::anyone as well.";
    EXPECT_EQ(operation.contains("requestBody"), route->body != Route::Body::none)
        << name << ": its requestBody and its Route::Body do not agree.";
    std::set<std::string> named;
    for (const auto& parameter : operation.value("parameters", base::Json::array())) {
      const auto reference = parameter.value("$ref", "");
      const auto& whole =
          reference.empty() ? parameter : document_[base::Json::json_pointer(reference.substr(1))];
      if (whole.value("in", "") == "path") named.insert(whole.value("name", ""));
    }
    std::set<std::string> needed;
    for (auto at = name.find('{'); at != std::string::npos; at = name.find('{', at + 1))
      needed.insert(name.substr(at + 1, name.find('}', at) - at - 1));
    EXPECT_EQ(named, needed) << name << ": its parameters \"in\": \"path\".";
  }
}

}  // namespace
}  // namespace rapport::server
