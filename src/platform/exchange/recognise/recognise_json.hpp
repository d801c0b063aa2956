// A file as the import page shows it, and its first rows under a mapping.
#pragma once

#include <filesystem>
#include <string>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "platform/exchange/mapping/mapping.hpp"

namespace rapport::platform {

struct FileFacts {
  std::string id, name;
  std::int64_t bytes = 0;
};

[[nodiscard]] base::Result<std::string> recognised_json(const std::filesystem::path& path,
                                                        const FileFacts& facts,
                                                        const entity::Catalog& catalog);
[[nodiscard]] base::Result<std::string> preview_json(const std::filesystem::path& path,
                                                     const Mapping& mapping,
                                                     const entity::Catalog& catalog);

}  // namespace rapport::platform
