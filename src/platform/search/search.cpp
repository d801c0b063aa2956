#include "platform/search/search.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "entity/road.hpp"
#include "platform/search/finding.hpp"
#include "platform/search/search_projection.hpp"

namespace rapport::platform {
namespace {

// Object types asked for, with the classes of which the caller may see every field.
std::vector<Searched> places_of(const entity::Catalog& catalog, const entity::Caller& caller,
                                const std::vector<std::string>& asked) {
  std::vector<Searched> places;
  for (const auto& object : catalog.objects()) {
    if (!asked.empty() && std::find(asked.begin(), asked.end(), object.name) == asked.end()) {
      continue;
    }
    if (!is_searched(object) || !caller.policy->may(entity::Operation::read, object)) continue;
    // Search does not compile conditions on records: who sees only some finds none, for now.
    if (caller.policy->condition(entity::Operation::read, object)) continue;
    std::set<char> seen, hidden;
    for (const auto* field : searched_fields(object)) {
      (caller.policy->may_see(object, *field) ? seen : hidden).insert(field->search);
    }
    std::string classes;
    for (const char cls : seen) {
      if (!hidden.contains(cls)) classes += cls;
    }
    if (!classes.empty()) places.push_back({.object = &object, .classes = std::move(classes)});
  }
  return places;
}

}  // namespace

Search::Search(store::Pool& pool, entity::Road& road, const Settings& settings)
    : pool_(pool), road_(road), settings_(settings) {}

base::Result<std::vector<Found>> Search::find(const entity::Caller& caller,
                                              const SearchQuery& query) {
  if (query.text.size() > SearchQuery::text_bytes_max || !base::is_utf8(query.text)) {
    return base::refuse_field("search.too_long", "/q", "Search for at most 200 letters.");
  }
  const auto catalog = road_.catalog();
  auto typed = typed_text(query.text);
  if (typed.prefixes.empty()) return std::vector<Found>();
  auto places = places_of(*catalog, caller, query.objects);
  std::vector<Found> found;
  if (!places.empty()) {
    auto transaction = pool_.begin(store::Mode::read_only);
    if (!transaction) return std::unexpected(transaction.error());
    Finding finding(*transaction, std::move(places), std::move(typed),
                    std::clamp(query.limit, 1, SearchQuery::limit_max));
    if (const auto done = finding.run(); !done) return std::unexpected(done.error());
    (void)transaction->commit();
    found = finding.found(caller);
  }
  if (const auto done = find_by_identities(caller, query, found); !done) {
    return std::unexpected(done.error());
  }
  if (const auto done = find_in_torrents(caller, query, found); !done) {
    return std::unexpected(done.error());
  }
  return found;
}

}  // namespace rapport::platform
