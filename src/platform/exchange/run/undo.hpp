// The undo of a whole import: its changes are read back from the change log, newest first. What it
// made goes, its keys too; what it changed is put back field by field, unless somebody altered it
// since; keys and identities it gave to records that were there are taken back. What could not be
// undone is kept in a list with the reason.
#pragma once

#include <functional>

#include "entity/road.hpp"
#include "platform/exchange/run/import_store.hpp"

namespace rapport::platform {

[[nodiscard]] base::Result<ImportRecord> undo_import(
    entity::Road& road, const entity::Caller& caller, const base::Id& import,
    const std::function<bool(const ImportRecord&)>& go_on);

}  // namespace rapport::platform
