// Search's listener, and how its projection is built where it is missing or of an older shape.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/log.hpp"
#include "entity/road.hpp"
#include "platform/search/search.hpp"
#include "platform/search/search_projection.hpp"
#include "store/queries.hpp"

namespace rapport::platform {
namespace {

const store::QueryFile& queries() {
  return store::queries("search");
}
const store::Statement kLock = queries()["lock"];
const store::Statement kAddCursor = queries()["add_cursor"];
const store::Statement kIds = queries()["ids"];
const store::Statement kDropRows = queries()["drop_rows"];
const store::Statement kDropWords = queries()["drop_words"];
const store::Statement kBuilt = queries()["built"];
const store::Statement kSetBuilt = queries()["set_built"];
const store::Statement kClearBuilt = queries()["clear_built"];
const store::Statement kClean = queries()["clean"];
const store::Statement kSweepWords = queries()["sweep_words"];

constexpr int kSweptAtOnce = 2000;

std::unexpected<base::Problem> failed(const store::DatabaseError& error) {
  return std::unexpected(store::as_problem(error));
}

class SearchListener final : public ChangeListener {
 public:
  explicit SearchListener(entity::Road& road) : road_(road) {}
  std::string name() const override { return "search"; }
  std::vector<std::string> objects() const override {
    std::vector<std::string> names;
    const auto catalog = road_.catalog();
    for (const auto& object : catalog->objects()) {
      if (is_searched(object)) names.push_back(object.name);
    }
    if (names.empty()) names.emplace_back("-");  // Empty would mean all.
    return names;
  }
  int batch_max() const override { return 1000; }
  base::Result<void> take(store::Transaction& transaction,
                          std::span<const ChangeRow> changes) override {
    std::map<std::string, std::set<base::Id>> touched;
    for (const auto& change : changes) touched[change.object].insert(change.record);
    const auto catalog = road_.catalog();
    for (const auto& [name, set] : touched) {
      const auto* object = catalog->find(name);
      if (object == nullptr || !is_searched(*object)) continue;
      const std::vector<base::Id> ids(set.begin(), set.end());
      const auto done = refresh_search(transaction, road_, *object, ids);
      if (!done) return std::unexpected(done.error());
    }
    return {};
  }

 private:
  entity::Road& road_;
};

// One transaction that alone may write the projection.
base::Result<store::Transaction> alone(store::Pool& pool) {
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  const auto locked = transaction->run(kLock);
  if (!locked) return failed(locked.error());
  return transaction;
}

base::Result<void> refresh_alone(store::Pool& pool, entity::Road& road,
                                 const entity::ObjectType& object, std::span<const base::Id> ids) {
  auto transaction = alone(pool);
  if (!transaction) return std::unexpected(transaction.error());
  if (const auto done = refresh_search(*transaction, road, object, ids); !done) {
    return std::unexpected(done.error());
  }
  if (const auto done = transaction->commit(); !done) return failed(done.error());
  return {};
}

std::unexpected<base::Problem> told_to_stop() {
  return base::refuse(base::ProblemKind::unavailable, "search.stopped",
                      "Building the search was stopped; it goes on later.");
}

// What search holds of records that are gone (or changed unheard).
base::Result<void> refresh_held(store::Pool& pool, entity::Road& road,
                                const entity::ObjectType& object,
                                const std::function<bool()>& may_go_on) {
  base::Id last;
  for (;;) {
    if (!may_go_on()) return told_to_stop();
    auto transaction = pool.begin(store::Mode::read_only);
    if (!transaction) return std::unexpected(transaction.error());
    const auto rows = transaction->run(
        kIds, store::Params().text(object.name).id(last).integer(static_cast<int>(kRefreshMax)));
    if (!rows) return failed(rows.error());
    (void)transaction->commit();
    if (rows->size() == 0) return {};
    std::vector<base::Id> ids;
    for (std::size_t i = 0; i < rows->size(); ++i) ids.push_back(rows->id(i, 0));
    last = ids.back();
    if (const auto done = refresh_alone(pool, road, object, ids); !done) return done;
  }
}

base::Result<std::int64_t> refresh_listed(store::Pool& pool, entity::Road& road,
                                          const entity::ObjectType& object,
                                          const std::function<bool()>& may_go_on) {
  std::int64_t count = 0;
  entity::List list;
  list.object = object.name;
  list.limit = static_cast<int>(kRefreshMax);
  list.fields = {object.title};
  const auto caller = entity::program({.kind = "search", .id = {}, .depth = 0});
  for (;;) {
    if (!may_go_on()) return told_to_stop();
    const auto page = road.list(caller, list);
    if (!page) return std::unexpected(page.error());
    std::vector<base::Id> ids;
    for (const auto& record : page->records) ids.push_back(record.id);
    if (!ids.empty()) {
      if (const auto done = refresh_alone(pool, road, object, ids); !done) {
        return std::unexpected(done.error());
      }
    }
    count += static_cast<std::int64_t>(ids.size());
    if (page->after.empty()) return count;
    list.after = page->after;
  }
}

base::Result<void> run_one(store::Pool& pool, const store::Statement& statement,
                           const store::Params& params) {
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  (void)transaction->send(statement, params);
  if (const auto done = transaction->commit(); !done) return failed(done.error());
  return {};
}

}  // namespace

std::unique_ptr<ChangeListener> Search::listener() {
  return std::make_unique<SearchListener>(road_);
}

base::Result<std::int64_t> Search::rebuild(std::string_view object,
                                           const std::function<bool()>& may_go_on) {
  if (const auto done = run_one(pool_, kAddCursor, {}); !done) {
    return std::unexpected(done.error());
  }
  const auto catalog = road_.catalog();
  std::int64_t count = 0;
  for (const auto& type : catalog->objects()) {
    if (!is_searched(type) || (!object.empty() && type.name != object)) continue;
    if (const auto done = refresh_held(pool_, road_, type, may_go_on); !done) {
      return std::unexpected(done.error());
    }
    const auto listed = refresh_listed(pool_, road_, type, may_go_on);
    if (!listed) return std::unexpected(listed.error());
    count += *listed;
    const auto set =
        run_one(pool_, kSetBuilt, store::Params().text(type.name).text(search_fingerprint(type)));
    if (!set) return std::unexpected(set.error());
  }
  return count;
}

base::Result<void> Search::build_missing(const std::function<bool()>& may_go_on) {
  auto transaction = pool_.begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  const auto built_ticket = transaction->send(kBuilt);
  const auto rows = transaction->take(built_ticket);
  if (!rows) return failed(rows.error());
  (void)transaction->commit();
  std::map<std::string, std::string, std::less<>> built;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    built.emplace(std::string(rows->text(i, 0)), std::string(rows->text(i, 1)));
  }
  const auto catalog = road_.catalog();
  for (const auto& type : catalog->objects()) {
    if (!is_searched(type)) continue;
    const auto found = built.find(type.name);
    if (found != built.end() && found->second == search_fingerprint(type)) continue;
    const auto count = rebuild(type.name, may_go_on);
    if (!count) return std::unexpected(count.error());
    if (*count > 0)
      base::log_info("search: built " + type.plural + ", " + std::to_string(*count) + " records");
  }
  return drop_unsearched(built);
}

base::Result<void> Search::drop_unsearched(
    const std::map<std::string, std::string, std::less<>>& built) {
  const auto catalog = road_.catalog();
  for (const auto& [name, fingerprint] : built) {
    const auto* type = catalog->find(name);
    if (type != nullptr && is_searched(*type)) continue;
    auto transaction = alone(pool_);
    if (!transaction) return std::unexpected(transaction.error());
    for (const auto* statement : {&kDropRows, &kDropWords, &kClearBuilt}) {
      (void)transaction->send(*statement, store::Params().text(name));
    }
    if (const auto done = transaction->commit(); !done) return failed(done.error());
  }
  return {};
}

base::Result<void> Search::sweep(const std::function<bool()>& may_go_on) {
  std::vector<std::optional<std::string>> objects, classes;
  const auto catalog = road_.catalog();
  for (const auto& type : catalog->objects()) {
    if (!is_searched(type)) continue;
    std::set<char> of_type;
    for (const auto* field : searched_fields(type)) of_type.insert(field->search);
    for (const char cls : of_type) {
      objects.emplace_back(type.name);
      classes.emplace_back(std::string(1, cls));
    }
  }
  for (std::string last;;) {
    if (!may_go_on()) return told_to_stop();
    auto transaction = alone(pool_);
    if (!transaction) return std::unexpected(transaction.error());
    const auto rows = transaction->run(
        kSweepWords,
        store::Params().text(last).integer(kSweptAtOnce).array(objects).array(classes));
    if (!rows) return failed(rows.error());
    if (const auto done = transaction->commit(); !done) return failed(done.error());
    if (rows->size() == 0 || rows->is_null(0, 0)) return {};
    last = rows->text(0, 0);
  }
}

base::Result<void> Search::clean() {
  return run_one(pool_, kClean, {});
}

}  // namespace rapport::platform
