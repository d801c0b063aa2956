// Writes fields kept beside records for (nearly) all records of a type at once. An update of each
// row costs an entry in every index and leaves the old row behind; where most rows change, a new
// table with its indexes costs a fifth and leaves nothing behind. It is built while others read and
// write, and put in the old one's place in a moment:
//
//   stage (COPY) → new table: old rows with what is staged → indexes → rows written meanwhile →
//   names change → links are checked
//
// Measured at a million persons with seven indexed fields: 10 s of CPU against 55.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "entity/write/beside.hpp"

namespace rapport::entity {

// Whoever reads records of the type for longer than this keeps the tables from changing places.
inline constexpr base::Duration rebuild_wait_max = base::seconds(45);

struct RebuildOptions {
  base::Duration wait_max = rebuild_wait_max;
  // Asked once the new table stands, before it takes the old one's place; what it refuses with ends
  // the work, and nothing was written.
  std::function<base::Result<void>()> may_swap = [] { return base::Result<void>{}; };
};

// `next` fills a row (a value a field, as BesideWriter::add takes them) until it gives false; name
// a record once. Records that it does not name, and other fields, stay as they are; so does a row
// that somebody else writes in the meantime. False: the tables were in use all the time, and
// nothing was written. Transactions of its own; asserts the catalog's version (`catalog_changed`).
// One at a time for a type of records: the caller sees to that.
[[nodiscard]] base::Result<bool> rebuild_beside(store::Pool& pool, const Catalog& catalog,
                                                std::string_view object,
                                                const std::vector<std::string>& fields,
                                                const std::function<bool(BesideRow&)>& next,
                                                const RebuildOptions& options = {});

}  // namespace rapport::entity
