// The description of the API that clients generate theirs from: OpenAPI 3.1, made from the catalog,
// so that a custom field stands in it the moment it exists.
#pragma once

#include <string>
#include <string_view>

#include "entity/catalog/catalog.hpp"

namespace rapport::server {

struct OpenapiOptions {
  std::string_view version = "0.1.0";  // of the program
  std::string_view url = "/";          // where it serves
};

[[nodiscard]] std::string openapi(const entity::Catalog& catalog,
                                  const OpenapiOptions& options = {});

}  // namespace rapport::server
