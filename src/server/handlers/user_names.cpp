#include "server/handlers/user_names.hpp"

#include <algorithm>
#include <variant>

namespace rapport::server {

UserNames::UserNames(Call& call, const std::vector<entity::HistoryEntry>& entries) {
  entity::Get get{.object = "user", .ids = {}, .fields = {}, .removed = true, .titles = true};
  for (const auto& entry : entries)
    if (!entry.actor.empty() && std::ranges::find(get.ids, entry.actor) == get.ids.end())
      get.ids.push_back(entry.actor);
  auto catalog = call.services.road.catalog();
  const auto* user = catalog->find("user");
  if (get.ids.empty() || !user) return;
  get.fields = {user->title};
  // A name is not worth failing for.
  auto page = call.services.road.get(call.caller(), get);
  if (!page) return;
  for (const auto& record : page->records)
    for (const auto& value : record.values) {
      if (const auto* text = std::get_if<std::string>(&value)) names_[record.id] = *text;
      if (const auto* name = std::get_if<base::PersonName>(&value)) names_[record.id] = name->full;
    }
}

std::string_view UserNames::of(const base::Id& user) const {
  auto found = names_.find(user);
  return found == names_.end() ? std::string_view{} : found->second;
}

}  // namespace rapport::server
