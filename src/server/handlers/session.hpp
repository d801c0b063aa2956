#pragma once

#include "server/handlers/call.hpp"

namespace rapport::server {

Answer sign_in(Call& call);          // POST   /api/v1/session
Answer get_session(Call& call);      // GET    /api/v1/session
Answer sign_out(Call& call);         // DELETE /api/v1/session
Answer list_keys(Call& call);        // GET    /api/v1/keys
Answer create_key(Call& call);       // POST   /api/v1/keys
Answer remove_key(Call& call);       // DELETE /api/v1/keys/{id}
Answer set_password(Call& call);     // PUT    /api/v1/users/{id}/password
Answer get_settings(Call& call);     // GET    /api/v1/settings
Answer change_settings(Call& call);  // PATCH  /api/v1/settings
Answer read_audit(Call& call);       // GET    /api/v1/audit

}  // namespace rapport::server
