#pragma once

#include "server/handlers/call.hpp"

namespace rapport::server {

Answer get_catalog(Call& call);     // GET /api/v1/catalog
Answer get_openapi(Call& call);     // GET /api/v1/openapi.json
Answer get_status(Call& call);      // GET /api/v1/status
Answer search_records(Call& call);  // GET /api/v1/search
Answer live_events(Call& call);     // GET /api/v1/events

}  // namespace rapport::server
