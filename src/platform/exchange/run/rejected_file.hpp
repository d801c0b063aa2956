// The rows that were rejected, byte for byte as they were, each with a mark, the column and the
// reason after it. Mended, the file imports by the same mapping: a run leaves these columns out.
#pragma once

#include <filesystem>

#include "platform/exchange/run/import_store.hpp"

namespace rapport::platform {

[[nodiscard]] base::Result<void> write_rejected_file(ImportStore& store, const ImportRecord& import,
                                                     const std::filesystem::path& kept,
                                                     const std::filesystem::path& to);

}  // namespace rapport::platform
