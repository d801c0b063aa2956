// The only door to the records. A request passes the stages in order and no stage calls an earlier
// one: plan → gather → rules → write for writing, plan → query for reading.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/json_writer.hpp"
#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/catalog/catalog_source.hpp"
#include "entity/policy.hpp"
#include "entity/request/request.hpp"
#include "store/database.hpp"

namespace rapport::entity {

class CompiledChecks;
class Rules;  // entity/rules/rules.hpp: what concepts add to the road
class Sets;   // entity/plan/sets.hpp: the sets that lists can be of

struct Count {
  std::int64_t value = 0;
  bool exact = true;
};

// One record as read: values in the order of `Page::columns`.
struct Record {
  base::Id id;
  int version = 0;
  std::vector<base::Value> values;
};

struct OutputColumn {
  std::string name;    // "name", "company.name"
  const Field* field;  // of the catalog snapshot kept in Page
  // What it is there for: a field that was asked for, the record's own title, or the title of the
  // record that the link `name` points at.
  enum class Role { field, own_title, link_title } role = Role::field;
};

struct Page {
  std::shared_ptr<const Catalog> catalog;
  const ObjectType* object = nullptr;
  std::vector<OutputColumn> columns;
  std::vector<Record> records;
  std::string after;  // cursor of the next page; empty: this was the last
  std::optional<Count> count;
  Timing timing;
};

// {"id":…, "version":…, "name":…, "company.name":…, "$title":…, "$titles":{"company":…}}
void write_json(base::JsonWriter& out, const Page& page, const Record& record);

struct HistoryEntry {
  int version = 0;
  std::string kind;  // created, changed, removed, restored, …
  base::Instant at;
  base::Id actor;
  std::string cause_kind;
  std::optional<base::Id> cause;
  std::string fields;  // JSON object: {"name": [from, to]}, values as in records
};

class Road {
 public:
  Road(store::Pool& pool, CatalogSource& catalog, const Rules& rules, base::Clock clock);

  [[nodiscard]] base::Result<Page> get(const Caller& caller, const Get& request);
  [[nodiscard]] base::Result<Page> list(const Caller& caller, const List& request);
  [[nodiscard]] base::Result<std::vector<HistoryEntry>> history(const Caller& caller,
                                                                std::string_view object,
                                                                const base::Id& id,
                                                                int before_version, int limit);
  [[nodiscard]] base::Result<WorkResult> write(const Caller& caller, const Work& work);

  [[nodiscard]] std::shared_ptr<const Catalog> catalog() const;
  [[nodiscard]] base::Instant now() const { return clock_(); }
  [[nodiscard]] store::Pool& pool() { return pool_; }
  // To register sources before the first request.
  [[nodiscard]] Sets& sets() { return *sets_; }

 private:
  store::Pool& pool_;
  struct Cache;
  [[nodiscard]] std::shared_ptr<const CompiledChecks> checks();

  CatalogSource& catalog_;
  const Rules& rules_;
  base::Clock clock_;
  std::shared_ptr<Sets> sets_;
  std::shared_ptr<Cache> cache_;  // checks of the catalog snapshot, parsed once; the notifier
};

}  // namespace rapport::entity
