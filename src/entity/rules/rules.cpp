#include "entity/rules/rules.hpp"

#include <utility>

namespace rapport::entity {

void Rules::add(Rule rule) {
  by_object_[rule.object].push_back(std::move(rule));
}

std::span<const Rule> Rules::of(std::string_view object) const {
  const auto at = by_object_.find(object);
  if (at == by_object_.end()) return {};
  return at->second;
}

bool Rules::is_exclusive(std::string_view kind) const {
  return exclusive ? exclusive(kind) : kind != "phone";
}

}  // namespace rapport::entity
