#include "server/handlers/catalog.hpp"

#include <fmt/format.h>

#include "base/json_writer.hpp"
#include "entity/catalog/catalog_view.hpp"
#include "server/openapi/openapi.hpp"
#include "store/queries.hpp"

namespace rapport::server {

namespace {

const store::Statement behind_statement = store::queries("live")["behind"];

}  // namespace

Answer get_catalog(Call& call) {
  auto catalog = call.services.road.catalog();
  const auto& policy = *call.caller().policy;
  // Two roles see two catalogs of one version.
  auto etag =
      fmt::format("\"{}-{}-{}\"", catalog->version(), platform::name_of(call.admitted.user.role),
                  call.admitted.key ? base::to_text(*call.admitted.key) : "");
  if (has_already(call.request, etag)) {
    HttpResponse response;
    response.status = 304;
    return response.header("ETag", etag);
  }
  return json_answer(entity::catalog_json(*catalog, policy))
      .header("ETag", etag)
      .header("Vary", "Cookie, Authorization");
}

// The same for everybody: what the program can do, not what is in it.
Answer get_openapi(Call& call) {
  auto catalog = call.services.road.catalog();
  auto etag = fmt::format("\"{}-{}\"", RAPPORT_VERSION, catalog->version());
  HttpResponse response;
  if (has_already(call.request, etag)) {
    response.status = 304;
  } else {
    response = json_answer(openapi(*catalog, {.version = RAPPORT_VERSION}));
  }
  return response.header("ETag", etag);
}

// How far what follows the change log is behind it.
Answer get_status(Call& call) {
  auto transaction = call.services.road.pool().begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  auto rows = transaction->run(behind_statement, store::Params().text("search"));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::string body;
  base::JsonWriter json(body);
  json.begin_object();
  json.key("version");
  json.string(RAPPORT_VERSION);
  json.key("catalog");
  json.number(call.services.road.catalog()->version());
  json.key("search_behind");
  json.number(rows->integer(0, 0));
  json.end_object();
  return json_answer(std::move(body));
}

}  // namespace rapport::server
