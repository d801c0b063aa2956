#pragma once

#include "server/handlers/call.hpp"

namespace rapport::server {

Answer keep_import_file(Call& call);   // POST   /api/v1/import_files?name=F
Answer preview_import(Call& call);     // POST   /api/v1/import_previews
Answer start_import(Call& call);       // POST   /api/v1/imports
Answer list_imports(Call& call);       // GET    /api/v1/imports
Answer get_import(Call& call);         // GET    /api/v1/imports/{id}
Answer get_rejected_rows(Call& call);  // GET    /api/v1/imports/{id}/rejected
Answer undo_import(Call& call);        // POST   /api/v1/imports/{id}/undo
Answer list_mappings(Call& call);      // GET    /api/v1/import_mappings
Answer get_mapping(Call& call);        // GET    /api/v1/import_mappings/{id}
Answer create_mapping(Call& call);     // POST   /api/v1/import_mappings
Answer change_mapping(Call& call);     // PUT    /api/v1/import_mappings/{id}
Answer remove_mapping(Call& call);     // DELETE /api/v1/import_mappings/{id}

}  // namespace rapport::server
