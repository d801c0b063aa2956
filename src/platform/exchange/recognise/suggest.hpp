// What a file seems to hold: which field each column is, by its name and by what stands in it, and
// a mapping that would import it, to be looked over by a person.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json_fwd.hpp"
#include "entity/catalog/catalog.hpp"
#include "platform/exchange/recognise/content.hpp"

namespace rapport::platform {

struct Suggestion {
  std::string object, field;
};

struct SeenColumn {
  std::string name;
  ColumnProfile profile;
  std::optional<Suggestion> suggestion;
};

void suggest_fields(const entity::Catalog& catalog, std::vector<SeenColumn>& columns);

// The mapping's tree. `source` names the external keys: the file's name without its ending.
[[nodiscard]] base::Json suggest_mapping(const std::vector<SeenColumn>& columns,
                                         const std::string& source);

}  // namespace rapport::platform
