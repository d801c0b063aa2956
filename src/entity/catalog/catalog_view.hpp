// The catalog as its callers may see it: what `GET /api/v1/catalog` answers and the web interface
// draws its screens from.
#pragma once

#include <string>

#include "entity/catalog/catalog.hpp"
#include "entity/policy.hpp"

namespace rapport::entity {

// JSON. Object types that the caller may not read are left out, fields that they may not see too,
// from layouts as well; `may` and `may_set` say what they may do with the rest.
[[nodiscard]] std::string catalog_json(const Catalog& catalog, const Policy& policy);

}  // namespace rapport::entity
