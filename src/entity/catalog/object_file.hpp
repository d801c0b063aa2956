// Object files: the object types that ship with the program, one YAML file each, beside the code of
// their concept. See architecture: "Object files", and object.schema.json, which editors use.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"

namespace rapport::entity {

struct ObjectFile {
  std::string path;  // "src/crm/customers/persons/person.object.yaml"; gives the wing
  std::string text;
};

struct ObjectFileLimits {
  static constexpr std::size_t bytes_max = 256 * 1024;
  static constexpr int depth_max = 12;
  static constexpr int nodes_max = 20'000;  // aliases count each time they are followed
};

// The files carried in the program; those below a folder (for `bin/generate` and tests).
[[nodiscard]] std::vector<ObjectFile> embedded_object_types();
[[nodiscard]] base::Result<std::vector<ObjectFile>> object_files_below(
    const std::filesystem::path& folder);

// One problem for all faults, a line each in its details:
//   src/crm/sales/orders/order.object.yaml:23: There is no type “txt”. Did you mean “text”?
[[nodiscard]] base::Result<std::vector<ObjectType>> read_object_files(
    std::span<const ObjectFile> files);
// And the whole of them checked together (Catalog::of), faults by file and line as well.
[[nodiscard]] base::Result<std::shared_ptr<const Catalog>> catalog_of_files(
    std::span<const ObjectFile> files);

}  // namespace rapport::entity
