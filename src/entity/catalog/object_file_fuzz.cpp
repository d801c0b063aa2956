// Object files are ours, but custom types and mistakes are not: any bytes give a catalog or a
// problem.
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "entity/catalog/object_file.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<rapport::entity::ObjectFile> files{
      {"src/crm/customers/a.object.yaml", std::string(reinterpret_cast<const char*>(data), size)}};
  (void)rapport::entity::catalog_of_files(files);
  return 0;
}
