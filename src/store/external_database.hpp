// A PostgreSQL that someone else runs (`--database URL`). What the private cluster has by its
// configuration is asked for on each connection; what cannot serve is refused before anything is
// made in it, by a sentence that says what to do.
#pragma once

#include <string>
#include <string_view>

#include "store/database.hpp"

namespace rapport::store {

// What a server and a database say of themselves.
struct DatabaseFacts {
  int version = 0;  // as server_version_num: 150004
  std::string encoding;
  bool standby = false;
  std::string database, user;
  std::string schema;  // where tables would be made; empty: in none
  bool may_make_tables = false;
  bool may_make_temporary_tables = false;
  bool has_trigrams = false;  // the extension pg_trgm is installed, or can be by this user
  bool has_icu = false;       // the collation und-x-icu
};

// The address as given, with the settings of a session in its `options`; those that it gives itself
// win. Refuses what is no address of a database.
[[nodiscard]] base::Result<std::string> external_conninfo(std::string_view given);

// Whether Rapport can keep its records there.
[[nodiscard]] base::Result<void> check_facts(const DatabaseFacts& facts);

// Connects, asks and checks.
[[nodiscard]] base::Result<void> check_external_database(Pool& pool);

}  // namespace rapport::store
