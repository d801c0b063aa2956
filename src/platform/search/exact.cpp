// What the projection does not hold and an index of the records finds exactly: torrents by their
// number, persons by their further identities.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <ranges>
#include <set>

#include "base/text.hpp"
#include "entity/road.hpp"
#include "entity/types/shapes.hpp"
#include "expression/quoted.hpp"
#include "platform/search/search.hpp"
#include "platform/settings/settings.hpp"

namespace rapport::platform {
namespace {

using expression::quoted;

// Persons looked at who share one value (a switchboard's number): the bin takes some of them away.
constexpr int sharers_max = 500;

bool is_asked(const SearchQuery& query, const std::string& object) {
  return query.objects.empty() ||
         std::find(query.objects.begin(), query.objects.end(), object) != query.objects.end();
}

// The values under which an identity may be kept that was typed so. Nothing for texts that are
// plainly a name: these would cost each search another statement.
std::set<std::string> identity_values(const std::string& typed, const std::string& region) {
  constexpr std::size_t length_min = 4;
  if (typed.size() < length_min) return {};
  if (typed.find('@') != std::string::npos) {
    const auto form = entity::email_form(typed);
    return form ? std::set<std::string>{*form} : std::set<std::string>{};
  }
  if (std::none_of(typed.begin(), typed.end(), [](unsigned char c) { return std::isdigit(c); })) {
    return {};
  }
  std::set<std::string> values;
  if (typed.find(' ') == std::string::npos) values.insert(typed);
  if (const auto form = entity::phone_form(typed, region)) values.insert(*form);
  return values;
}

// Puts hits of one object type before the others of it, where that type stands in the catalog's
// order, and leaves the best of them all.
void put_first(const entity::Catalog& catalog, std::vector<Found> hits, std::size_t limit,
               std::vector<Found>& found) {
  if (hits.empty()) return;
  const std::string object = hits.front().object;
  const entity::ObjectType* own = catalog.find(object);
  const auto group = std::find_if(found.begin(), found.end(), [&](const Found& one) {
    return catalog.find(one.object) >= own;  // the objects of a catalog stand in one row
  });
  const auto at = found.insert(group, std::make_move_iterator(hits.begin()),
                               std::make_move_iterator(hits.end()));
  const auto end =
      std::find_if(at, found.end(), [&](const Found& one) { return one.object != object; });
  if (static_cast<std::size_t>(end - at) <= limit) return;
  found.erase(at + static_cast<std::ptrdiff_t>(limit), end);
}

}  // namespace

// Torrents are found by their exact number or name, through the road, where an index has it.
base::Result<void> Search::find_in_torrents(const entity::Caller& caller, const SearchQuery& query,
                                            std::vector<Found>& found) {
  const auto catalog = road_.catalog();
  const std::string exact(base::trimmed(query.text));
  const std::string clean = base::clean_text(exact).value_or("");
  if (clean.empty() || base::parse_id(clean)) return {};
  for (const auto& object : catalog->objects()) {
    if (!is_asked(query, object.name)) continue;
    const auto* title = object.find(object.title);
    if (!object.torrent || !object.navigable || title == nullptr || title->search != 'A' ||
        !title->indexed || title->type != entity::FieldType::text) {
      continue;
    }
    if (!caller.policy->may(entity::Operation::read, object) ||
        !caller.policy->may_see(object, *title)) {
      continue;
    }
    entity::List list;
    list.object = object.name;
    list.where = title->name + " = " + quoted(clean);
    list.limit = query.limit;
    list.fields = {title->name};
    const auto page = road_.list(caller, list);
    if (!page) return std::unexpected(page.error());
    for (const auto& record : page->records) {
      found.push_back({.object = object.name,
                       .id = record.id,
                       .title = record.values.empty() ? std::string()
                                                      : entity::to_text(*title, record.values[0]),
                       .subtitle = {},
                       .matched = "exact"});
    }
  }
  return {};
}

// By which condition the identities are found that were typed; empty where none was.
std::string Search::identity_condition(const SearchQuery& query,
                                       const entity::ObjectType& identity) const {
  const auto typed = base::clean_text(std::string(base::trimmed(query.text)));
  const auto values = identity_values(typed.value_or(""), settings_.current()->region);
  if (values.empty()) return {};
  // Of every kind there is: the index of identities begins with the kind.
  const auto kinds = identity.find("kind")->choices | std::views::transform(&entity::Choice::name);
  return fmt::format("value in ({}) and kind in ({})",
                     fmt::join(values | std::views::transform(quoted), ", "),
                     fmt::join(kinds | std::views::transform(quoted), ", "));
}

// Persons known by an e-mail address, a phone or a number besides the primary ones, which are in
// the projection. They are the first of the persons: nobody types a whole address to see another
// one's owner.
base::Result<void> Search::find_by_identities(const entity::Caller& caller,
                                              const SearchQuery& query, std::vector<Found>& found) {
  const auto catalog = road_.catalog();
  const auto* identity = catalog->find("identity");
  const auto* person = catalog->find("person");
  if (identity == nullptr || person == nullptr || !is_asked(query, person->name) ||
      !caller.policy->may(entity::Operation::read, *identity) ||
      !caller.policy->may(entity::Operation::read, *person)) {
    return {};
  }
  const std::string condition = identity_condition(query, *identity);
  if (condition.empty()) return {};
  const auto known = road_.list(
      caller,
      {.object = identity->name, .where = condition, .limit = sharers_max, .fields = {"person"}});
  if (!known) return std::unexpected(known.error());
  std::set<std::string> persons;
  for (const auto& record : known->records) {
    const auto* id = std::get_if<base::Id>(&record.values.at(0));
    const auto is_it = [id](const Found& other) { return other.id == *id; };
    if (id != nullptr && std::none_of(found.begin(), found.end(), is_it)) {
      persons.insert(base::to_text(*id));
    }
  }
  if (persons.empty()) return {};
  // A list, not a look-up by id: it leaves out who is in the bin or not the caller's to see.
  entity::List owners{
      .object = person->name,
      .where = fmt::format("id in ({})", fmt::join(persons | std::views::transform(quoted), ", ")),
      .order = {person->title},
      .limit = std::clamp(query.limit, 1, SearchQuery::limit_max),
      .fields = {person->title}};
  const auto page = road_.list(caller, owners);
  if (!page) return std::unexpected(page.error());
  std::vector<Found> named;
  named.reserve(page->records.size());
  for (const auto& record : page->records) {
    named.push_back({.object = person->name,
                     .id = record.id,
                     .title = entity::to_text(*person->find(person->title), record.values.at(0)),
                     .subtitle = {},
                     .matched = "identity"});
  }
  put_first(*catalog, std::move(named), static_cast<std::size_t>(owners.limit), found);
  return {};
}

}  // namespace rapport::platform
