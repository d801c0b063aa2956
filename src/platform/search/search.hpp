// Search as typed, over every object type with searchable fields: names and numbers by their first
// letters at once, then by what nearly spells the same. It reads a projection, `search_rows`, that
// a change listener keeps beside the records, so that a record is found a moment after it was made.
//
// Search rows are kept per record and field class (A–D of the object file, and one class more for
// fields that not everybody may see), so that nobody finds a record by a field hidden from him.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/problem.hpp"
#include "entity/policy.hpp"
#include "platform/jobs/changes.hpp"
#include "store/database.hpp"

namespace rapport::entity {
class Road;
struct ObjectType;
}  // namespace rapport::entity

namespace rapport::platform {

class Settings;

struct SearchQuery {
  static constexpr std::size_t text_bytes_max = 200;
  static constexpr int limit_max = 50;  // of each object type

  std::string text;
  std::vector<std::string> objects;  // empty: all the caller may read
  int limit = 8;                     // of each object type
};

struct Found {
  std::string object;
  base::Id id;
  std::string title, subtitle;
  std::string matched;  // prefix, similar, exact, or identity: by a further e-mail, phone or number
};

class Search {
 public:
  // Settings give the region of phones typed without a country code.
  Search(store::Pool& pool, entity::Road& road, const Settings& settings);

  // Grouped by object type, best first.
  [[nodiscard]] base::Result<std::vector<Found>> find(const entity::Caller& caller,
                                                      const SearchQuery& query);

  // Keeps the projection; give it to ChangeListeners.
  [[nodiscard]] std::unique_ptr<ChangeListener> listener();
  // Makes the projection of one object type (or all: "") anew from its records, in steps, while
  // others read and write. Gives the records read.
  [[nodiscard]] base::Result<std::int64_t> rebuild(std::string_view object,
                                                   const std::function<bool()>& may_go_on);
  // Builds what has never been built (records from before the projection); a job calls it at start.
  [[nodiscard]] base::Result<void> build_missing(const std::function<bool()>& may_go_on);
  // Moves what writes left in the index's pending list to its place: a job calls it every second
  // or so, so that searches stay fast while records are written.
  [[nodiscard]] base::Result<void> clean();
  // Forgets words that no record has any more (an erased name among them): a daily job.
  [[nodiscard]] base::Result<void> sweep(const std::function<bool()>& may_go_on);

 private:
  base::Result<void> find_in_torrents(const entity::Caller& caller, const SearchQuery& query,
                                      std::vector<Found>& found);
  [[nodiscard]] std::string identity_condition(const SearchQuery& query,
                                               const entity::ObjectType& identity) const;
  base::Result<void> find_by_identities(const entity::Caller& caller, const SearchQuery& query,
                                        std::vector<Found>& found);
  base::Result<void> drop_unsearched(const std::map<std::string, std::string, std::less<>>& built);

  store::Pool& pool_;
  entity::Road& road_;
  const Settings& settings_;
};

}  // namespace rapport::platform
