// Migrations make the tables that are not object types. Each runs once, in order, in a transaction
// of its own under an advisory lock, and is recorded with its checksum in `migrations`; an applied
// one that changed since is refused. Files: migrations/0001_words_of_what_it_does.sql, embedded.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/database.hpp"

namespace rapport::store {

struct Migration {
  int number;
  std::string_view name;  // words_of_what_it_does
  std::string_view sql;
};

// What the program carries with it, in order.
[[nodiscard]] base::Result<std::vector<Migration>> embedded_migrations();

// Applies what is missing; gives the numbers applied now.
[[nodiscard]] base::Result<std::vector<int>> migrate(Pool& pool, std::span<const Migration> all);

}  // namespace rapport::store
