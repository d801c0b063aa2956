// What a handler gets and gives. A handler is a plain function: it reads the request, asks the road
// or the platform, and renders; a problem it returns becomes a problem document.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/json_fwd.hpp"
#include "base/problem.hpp"
#include "entity/road.hpp"
#include "platform/access/access.hpp"
#include "server/edge/http.hpp"

namespace rapport::crm {
class Insight;
}
namespace rapport::platform {
class Audit;
class Exchange;
class Search;
class Settings;
}  // namespace rapport::platform

namespace rapport::server {

// What handlers may use; the same for all of them, for the life of the program.
struct Services {
  entity::Road& road;
  platform::Access& access;
  platform::Audit& audit;
  platform::Search& search;
  platform::Settings& settings;
  platform::Exchange& exchange;
  crm::Insight& insight;
  std::string public_url;
  base::Duration session_lifetime;
  std::function<bool()> ready;
};

struct Call {
  Services& services;
  const HttpRequest& request;
  platform::Admitted admitted;  // of routes for signed-in users

  [[nodiscard]] const entity::Caller& caller() const { return admitted.caller; }
  [[nodiscard]] const std::string& capture(std::size_t n) const { return request.captures[n]; }
};

using Answer = base::Result<HttpResponse>;
using Function = Answer (*)(Call&);

// ---- Reading -------------------------------------------------------------------------------

// The body as JSON; an empty one is refused.
[[nodiscard]] base::Result<base::Json> json_body(const Call& call);
// A member that must be a text.
[[nodiscard]] base::Result<std::string> text_member(const base::Json& json, std::string_view name);
// Parameters nobody declared are refused, with a suggestion: a mistyped filter must not show all.
[[nodiscard]] base::Result<void> only_parameters(const Call& call,
                                                 std::initializer_list<std::string_view> known);
[[nodiscard]] base::Result<int> whole_parameter(const Call& call, std::string_view name,
                                                int otherwise, std::pair<int, int> bounds);
[[nodiscard]] base::Result<bool> boolean_parameter(const Call& call, std::string_view name);
[[nodiscard]] std::vector<std::string> list_parameter(const Call& call, std::string_view name);
[[nodiscard]] base::Result<base::Id> id_capture(const Call& call, std::size_t n);
// The object type that "{plural}" names, where the caller may read it; else not found.
[[nodiscard]] base::Result<
    std::pair<std::shared_ptr<const entity::Catalog>, const entity::ObjectType*>>
object_capture(const Call& call);

// ---- Answering -----------------------------------------------------------------------------

[[nodiscard]] HttpResponse json_answer(std::string body, int status = 200);
[[nodiscard]] HttpResponse json_answer(const base::Json& json, int status = 200);
[[nodiscard]] HttpResponse empty_answer();  // 204
void add_timing(HttpResponse& response, const entity::Timing& timing);
[[nodiscard]] std::string etag_of(int version);
// Whether If-None-Match names this tag.
[[nodiscard]] bool has_already(const HttpRequest& request, std::string_view etag);

}  // namespace rapport::server
