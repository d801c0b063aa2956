#include "entity/rules/compiled.hpp"

#include <utility>

#include "base/log.hpp"

namespace rapport::entity {

CompiledChecks::CompiledChecks(std::shared_ptr<const Catalog> catalog)
    : catalog_(std::move(catalog)) {
  for (const ObjectType& object : catalog_->objects()) {
    for (const Check& check : object.checks) {
      auto parsed = expression::parse(check.is, object.name, *catalog_);
      if (!parsed) {
        // The catalog refuses such an object file; one that is here all the same must not pass
        // silently.
        base::log_error("The check " + object.name + "." + check.name + " does not compile.");
        continue;
      }
      auto reads = expression::reads(*parsed);
      checks_[&object].push_back({&check, std::move(*parsed), std::move(reads)});
    }
  }
}

const std::vector<CompiledCheck>& CompiledChecks::of(const ObjectType& object) const {
  static const std::vector<CompiledCheck> none;
  const auto at = checks_.find(&object);
  return at == checks_.end() ? none : at->second;
}

}  // namespace rapport::entity
