#include "server/routes.hpp"

#include <fmt/format.h>

#include <chrono>
#include <memory>

#include "platform/audit/audit.hpp"
#include "server/cookies.hpp"
#include "server/edge/limits.hpp"
#include "server/handlers/catalog.hpp"
#include "server/handlers/imports.hpp"
#include "server/handlers/insight.hpp"
#include "server/handlers/records.hpp"
#include "server/handlers/session.hpp"
#include "server/problems.hpp"
#include "server/router.hpp"

namespace rapport::server {

namespace {

using enum Who;
using Pool = Route::Pool;
using Body = Route::Body;
using Key = Route::Key;

constexpr Route all_routes[] = {
    {Method::post, "/api/v1/session", sign_in, anyone, Pool::slow_workers, Body::small},
    {Method::get, "/api/v1/session", get_session},
    {Method::remove, "/api/v1/session", sign_out},
    {Method::get, "/api/v1/keys", list_keys},
    {Method::post, "/api/v1/keys", create_key, users, Pool::workers, Body::small},
    {Method::remove, "/api/v1/keys/{id}", remove_key},
    {Method::put, "/api/v1/users/{id}/password", set_password, users, Pool::slow_workers,
     Body::small},
    {Method::get, "/api/v1/settings", get_settings, administrators},
    {Method::patch, "/api/v1/settings", change_settings, administrators, Pool::workers,
     Body::small},
    {Method::get, "/api/v1/audit", read_audit, administrators},

    {Method::get, "/api/v1/catalog", get_catalog},
    {Method::get, "/api/v1/openapi.json", get_openapi},
    {Method::get, "/api/v1/status", get_status},
    {Method::get, "/api/v1/search", search_records},
    {Method::get, "/api/v1/events", live_events},

    {Method::post, "/api/v1/import_files", keep_import_file, writers, Pool::slow_workers,
     Body::upload},
    {Method::post, "/api/v1/import_previews", preview_import, writers, Pool::slow_workers,
     Body::small, Key::needless},
    {Method::get, "/api/v1/imports", list_imports, writers},
    {Method::post, "/api/v1/imports", start_import, writers, Pool::workers, Body::small,
     Key::honoured},
    {Method::get, "/api/v1/imports/{id}", get_import, writers},
    {Method::get, "/api/v1/imports/{id}/rejected", get_rejected_rows, writers},
    {Method::post, "/api/v1/imports/{id}/undo", undo_import, writers, Pool::workers, Body::none,
     Key::honoured},
    {Method::get, "/api/v1/import_mappings", list_mappings},
    {Method::post, "/api/v1/import_mappings", create_mapping, writers, Pool::workers, Body::small,
     Key::honoured},
    {Method::get, "/api/v1/import_mappings/{id}", get_mapping},
    {Method::put, "/api/v1/import_mappings/{id}", change_mapping, writers, Pool::workers,
     Body::small},
    {Method::remove, "/api/v1/import_mappings/{id}", remove_mapping, writers},

    {Method::get, "/api/v1/insight/scores", list_scores},
    {Method::get, "/api/v1/insight/value", value_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/whale", whale_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/rfm", rfm_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/cohorts", cohorts_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/retention", retention_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/alive", alive_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/two_by_two", two_by_two_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/profitability", profitability_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/next_offers", next_offers_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/countries", countries_figure, users, Pool::slow_workers},
    {Method::get, "/api/v1/insight/persons/{id}", person_insight},
    {Method::get, "/api/v1/insight/companies/{id}", company_insight},
    {Method::get, "/api/v1/insight/models", list_models},
    {Method::get, "/api/v1/insight/models/{id}", get_model},
    {Method::post, "/api/v1/insight/models/{id}/adoption", adopt_model, writers},
    {Method::post, "/api/v1/insight/fits", ask_fit, writers, Pool::workers, Body::small},
    {Method::get, "/api/v1/insight/fits/latest", latest_fit},
    {Method::get, "/api/v1/insight/fits/{id}", get_fit},
    {Method::post, "/api/v1/insight/refreshes", ask_refresh, writers},
    {Method::get, "/api/v1/insight/refreshes/latest", latest_refresh},

    {Method::get, "/api/v1/{plural}", list_records},
    {Method::post, "/api/v1/{plural}", create_records, users, Pool::workers, Body::records,
     Key::honoured},
    {Method::post, "/api/v1/{plural}/query", query_records, users, Pool::workers, Body::small,
     Key::needless},
    {Method::post, "/api/v1/{plural}/upsert", upsert_records, users, Pool::workers, Body::records,
     Key::honoured},
    {Method::post, "/api/v1/{plural}/changes", change_records, users, Pool::workers, Body::records,
     Key::honoured},
    {Method::post, "/api/v1/{plural}/removals", remove_records, users, Pool::workers, Body::records,
     Key::honoured},
    {Method::get, "/api/v1/{plural}/export", export_records, users, Pool::slow_workers},
    {Method::get, "/api/v1/{plural}/{id}", get_record},
    {Method::patch, "/api/v1/{plural}/{id}", change_record, users, Pool::workers, Body::records},
    {Method::remove, "/api/v1/{plural}/{id}", remove_record},
    {Method::post, "/api/v1/{plural}/{id}/restoration", restore_record, users, Pool::workers,
     Body::none, Key::honoured},
    {Method::get, "/api/v1/{plural}/{id}/changes", record_history},
    {Method::get, "/api/v1/{plural}/{id}/timeline", record_timeline},
};

bool reads_only(Method method) {
  return method == Method::get || method == Method::head;
}

// The token of "Authorization: Bearer …"; the scheme's name has no case.
std::string_view bearer_of(const HttpRequest& request) {
  auto header = request.header("authorization").value_or("");
  constexpr std::string_view scheme = "bearer ";
  if (header.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i)
    if ((header[i] | 0x20) != scheme[i]) return {};
  return header.substr(scheme.size());
}

base::Result<void> check_page(const Services& services, const HttpRequest& request) {
  if (reads_only(request.method) || from_own_page(request, services.public_url)) return {};
  return base::refuse(base::ProblemKind::forbidden, "server.foreign_page",
                      "This was asked by a page of another site.", {},
                      "If a proxy stands before the server, set public_url.");
}

// A key that did nothing would let a repeated request pass for one.
base::Result<void> check_key(const Route& route, const HttpRequest& request) {
  if (route.method != Method::post || route.key != Key::refused) return {};
  if (!request.header("idempotency-key")) return {};
  return base::refuse(
      base::ProblemKind::malformed, "server.key_not_honoured",
      "An Idempotency-Key cannot be honoured here: the request would be done again.", {},
      "Leave the key out, and look what is there before you ask again.");
}

base::Result<platform::Admitted> admit(const Services& services, const HttpRequest& request) {
  auto key = bearer_of(request);
  std::string session;
  if (key.empty()) {
    if (auto checked = check_page(services, request); !checked)
      return std::unexpected(checked.error());
    session = session_of(request, is_secure(request, services.public_url)).value_or("");
  }
  return services.access.admit({.session = session, .key = key});
}

base::Result<void> check_role(const Services& services, const Route& route,
                              const platform::Admitted& admitted) {
  if (route.who == administrators && !admitted.may_administer())
    return base::refuse(base::ProblemKind::forbidden, "server.administrators_only",
                        "Only administrators may do this.");
  if (route.who != writers) return {};
  auto catalog = services.road.catalog();
  for (const auto& object : catalog->objects())
    if (admitted.caller.policy->may(entity::Operation::create, object)) return {};
  return base::refuse(base::ProblemKind::forbidden, "server.writers_only",
                      "You may read records, and not write any.");
}

// Refusals stand in the audit: who tried what he may not.
void note_refusal(const Services& services, const platform::Admitted& admitted, const Route& route,
                  const HttpRequest& request) {
  services.audit.note({.kind = platform::Audited::refused,
                       .user = admitted.user.id,
                       .name = {},
                       .address = request.peer,
                       .subject = fmt::format("{} {}", name_of(request.method), route.pattern),
                       .details = {},
                       .at = {}});
}

Answer serve(Services& services, const Route& route, const HttpRequest& request) {
  Call call{services, request, {}};
  if (route.who == anyone) {
    if (auto checked = check_page(services, request); !checked)
      return std::unexpected(checked.error());
    return route.function(call);
  }
  auto admitted = admit(services, request);
  if (!admitted) return std::unexpected(admitted.error());
  call.admitted = std::move(*admitted);
  auto allowed = check_role(services, route, call.admitted);
  if (allowed) allowed = check_key(route, request);
  auto answer = allowed ? route.function(call) : Answer(std::unexpected(allowed.error()));
  if (!answer && answer.error().kind == base::ProblemKind::forbidden)
    note_refusal(services, call.admitted, route, request);
  return answer;
}

HttpResponse respond(Services& services, const Route& route, const HttpRequest& request) {
  auto began = std::chrono::steady_clock::now();
  auto answer = serve(services, route, request);
  auto response = answer ? std::move(*answer) : problem_response(answer.error());
  response.header("X-Content-Type-Options", "nosniff");
  auto took = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began);
  response.header("Server-Timing", fmt::format("total;dur={:.2f}", took.count()));
  return response;
}

std::uint64_t body_bytes(Route::Body body, const SiteOptions& options) {
  switch (body) {
    case Body::none:
      return body_bytes_small;  // an empty JSON object hurts nobody
    case Body::small:
      return body_bytes_small;
    case Body::records:
      return body_bytes_records;
    case Body::upload:
      return options.upload_bytes_max;
  }
  return 0;
}

Dispatch answered(HttpResponse response, std::string label) {
  Dispatch dispatch;
  dispatch.where = Dispatch::Where::here;
  dispatch.body_bytes_max = body_bytes_small;
  dispatch.label = std::move(label);
  dispatch.handle = [response = std::move(response)](const HttpRequest&) { return response; };
  return dispatch;
}

HttpResponse plain(int status, std::string text) {
  HttpResponse response;
  response.status = status;
  response.body = std::move(text);
  response.header("Content-Type", "text/plain; charset=utf-8").header("Cache-Control", "no-store");
  return response;
}

Dispatch dispatch_route(Services& services, const Route& route, const SiteOptions& options) {
  Dispatch dispatch;
  dispatch.where =
      route.pool == Pool::workers ? Dispatch::Where::workers : Dispatch::Where::slow_workers;
  dispatch.body_bytes_max = body_bytes(route.body, options);
  dispatch.to_file = route.body == Body::upload;
  dispatch.label = route.pattern;
  dispatch.handle = [&services, &route](const HttpRequest& request) {
    return respond(services, route, request);
  };
  // A stranger's upload is refused before it is read.
  if (dispatch.to_file)
    dispatch.admit = [&services, &route](const HttpRequest& request) {
      auto admitted = admit(services, request);
      if (!admitted) return problem_response(admitted.error());
      auto allowed = check_role(services, route, *admitted);
      if (allowed) allowed = check_key(route, request);
      return allowed ? HttpResponse{} : problem_response(allowed.error());
    };
  return dispatch;
}

struct ApiSite {
  Services& services;
  const StaticFiles& files;
  SiteOptions options;
  Router router;

  Dispatch dispatch(HttpRequest& request) const {
    bool reads = reads_only(request.method);
    if (request.path == "/livez" && reads) return answered(plain(200, "live\n"), "");
    if (request.path == "/readyz" && reads)
      return services.ready()
                 ? answered(plain(200, "ready\n"), "")
                 : answered(plain(503, "not ready yet\n").header("Retry-After", "1"), "");
    if (!request.path.starts_with("/api/")) return file(request, reads);
    auto match = router.find(request.method, request.path);
    if (match.kind == Router::Match::Kind::found) {
      if (!services.ready())
        return answered(problem_response({.kind = base::ProblemKind::unavailable,
                                          .code = "server.starting",
                                          .message = "The server is starting; try again soon.",
                                          .details = {},
                                          .hint = {},
                                          .fields = {},
                                          .extra = {}}),
                        "starting");
      request.captures = std::move(match.captures);
      return dispatch_route(services, all_routes[match.route], options);
    }
    if (match.kind == Router::Match::Kind::wrong_method)
      return answered(
          problem_response(405, "server.method", "This address does not take that method.")
              .header("Allow", match.allow),
          "405");
    return answered(problem_response({.kind = base::ProblemKind::not_found,
                                      .code = "server.no_such_address",
                                      .message = "There is nothing at this address.",
                                      .details = {},
                                      .hint = {},
                                      .fields = {},
                                      .extra = {}}),
                    "404");
  }

  Dispatch file(HttpRequest&, bool reads) const {
    if (!reads)
      return answered(
          problem_response(405, "server.method", "This address does not take that method.")
              .header("Allow", "GET, HEAD"),
          "405");
    Dispatch dispatch;
    dispatch.where = Dispatch::Where::here;
    dispatch.body_bytes_max = body_bytes_none;
    dispatch.handle = [this](const HttpRequest& request) { return files.answer(request); };
    return dispatch;
  }
};

}  // namespace

std::span<const Route> routes() {
  return all_routes;
}

Site site_of(Services& services, const StaticFiles& files, SiteOptions options) {
  auto site = std::make_shared<ApiSite>(ApiSite{services, files, options, {}});
  for (const auto& route : all_routes) site->router.add(route.method, route.pattern);
  return [site](HttpRequest& request) { return site->dispatch(request); };
}

}  // namespace rapport::server
