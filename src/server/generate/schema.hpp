// migrations/schema.sql: the schema that all migrations and object files together make, as
// PostgreSQL itself tells it. Nothing reads it but people, in whose reviews it shows what a
// migration does to the whole.
#pragma once

#include <filesystem>
#include <string>

#include "base/problem.hpp"

namespace rapport::server {

// Makes a private database in `folder`, a new one, and dumps its schema. As root the program
// becomes the database's user for good.
[[nodiscard]] base::Result<std::string> fresh_schema(const std::filesystem::path& folder);

// A dump without what depends on the version of pg_dump or of the server, and without its comments.
[[nodiscard]] std::string normalised_dump(std::string_view dump);

}  // namespace rapport::server
