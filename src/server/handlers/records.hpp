// Records of every object type, by one set of handlers: the catalog says what there is.
#pragma once

#include "server/handlers/call.hpp"

namespace rapport::server {

Answer list_records(Call& call);     // GET    /api/v1/{plural}
Answer query_records(Call& call);    // POST   /api/v1/{plural}/query
Answer get_record(Call& call);       // GET    /api/v1/{plural}/{id}
Answer create_records(Call& call);   // POST   /api/v1/{plural}
Answer upsert_records(Call& call);   // POST   /api/v1/{plural}/upsert
Answer change_record(Call& call);    // PATCH  /api/v1/{plural}/{id}
Answer change_records(Call& call);   // POST   /api/v1/{plural}/changes
Answer remove_record(Call& call);    // DELETE /api/v1/{plural}/{id}
Answer remove_records(Call& call);   // POST   /api/v1/{plural}/removals
Answer restore_record(Call& call);   // POST   /api/v1/{plural}/{id}/restoration
Answer record_history(Call& call);   // GET    /api/v1/{plural}/{id}/changes
Answer record_timeline(Call& call);  // GET    /api/v1/{plural}/{id}/timeline
Answer export_records(Call& call);   // GET    /api/v1/{plural}/export

// What a list, its count and its export ask for alike.
[[nodiscard]] base::Result<entity::List> list_from_query(const Call& call,
                                                         const entity::ObjectType& object);

}  // namespace rapport::server
