// One import at work: one thread reads, shapes and cuts chunks, the calling thread writes them
// through the road and moves the import on. Killed anywhere and called again, it goes on.
#pragma once

#include <filesystem>
#include <functional>

#include "entity/road.hpp"
#include "platform/exchange/run/import_store.hpp"

namespace rapport::platform {

struct ImportRunOptions {
  std::filesystem::path folder;
  ChunkBuilder::Options chunks;
  std::function<bool(const ImportRecord&)> go_on;  // told after each chunk; false leaves
};

// Ends the import (done or failed), or leaves it to be resumed where `go_on` said so or the
// database is away (a problem of kind `unavailable`).
[[nodiscard]] base::Result<ImportRecord> run_import(entity::Road& road,
                                                    const entity::Caller& caller,
                                                    const base::Id& import,
                                                    const ImportRunOptions& options);

[[nodiscard]] std::filesystem::path kept_path(const std::filesystem::path& folder,
                                              const base::Id& file);

}  // namespace rapport::platform
