// One search on its way: what was typed, where to look, what was found so far.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "entity/catalog/catalog.hpp"
#include "entity/policy.hpp"
#include "platform/search/search.hpp"
#include "platform/search/search_keys.hpp"
#include "store/database.hpp"

namespace rapport::platform {

// How well a record was met; lower is better.
enum class Met { by_id, exact, prefix, narrowed, across, similar };

struct Hit {
  Met met = Met::prefix;
  char cls = 'A';
  std::string title, subtitle;
  bool begins_title = false;
};

struct Searched {
  const entity::ObjectType* object;
  std::string classes;  // that the caller may see in full
};

// Each step adds hits, until there are enough.
class Finding {
 public:
  Finding(store::Transaction& transaction, std::vector<Searched> where, Typed typed, int limit);

  base::Result<void> run();
  [[nodiscard]] std::vector<Found> found(const entity::Caller& caller) const;

 private:
  using Column = std::vector<std::optional<std::string>>;

  base::Result<void> by_id();
  base::Result<void> by_prefixes(const std::vector<std::string>& prefixes, Met met);
  base::Result<void> by_recent();
  base::Result<void> by_narrowing();
  base::Result<void> by_crossing(const std::map<std::string, std::string>& rarest);
  base::Result<void> by_spelling();
  base::Result<void> read_titles();

  void add(const std::string& object, const base::Id& id, Met met, char cls);
  [[nodiscard]] bool filled(const std::string& object) const;
  [[nodiscard]] std::size_t found_so_far() const;  // in all object types together
  // Object types and classes of those not filled yet.
  [[nodiscard]] std::pair<Column, Column> open_places() const;

  store::Transaction& transaction_;
  std::vector<Searched> where_;
  Typed typed_;
  std::size_t limit_;
  Column objects_, classes_;
  std::map<std::string, std::map<base::Id, Hit>> hits_;
  std::set<std::string> popular_;  // object types with more keys of the prefix than were read
};

}  // namespace rapport::platform
