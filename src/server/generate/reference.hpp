// What is generated from the object files and checked in: typed names for code that speaks of
// standard object types, and the manual's reference of every field.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "entity/catalog/catalog.hpp"
#include "entity/catalog/object_file.hpp"

namespace rapport::server {

struct GeneratedFile {
  std::string path;  // from the root of the sources
  std::string text;
};

// `src/…/person_view.gen.hpp` beside each object file.
[[nodiscard]] std::vector<GeneratedFile> views_of(const entity::Catalog& catalog,
                                                  std::span<const entity::ObjectFile> files);
// docs/reference/objects.md
[[nodiscard]] GeneratedFile reference_of(const entity::Catalog& catalog);

}  // namespace rapport::server
