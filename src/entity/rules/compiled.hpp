// What applies to each object type of one catalog snapshot, made ready once: its checks, parsed.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "entity/catalog/catalog.hpp"
#include "expression/expression.hpp"

namespace rapport::entity {

struct CompiledCheck {
  const Check* check = nullptr;
  expression::Expression expression;
  std::vector<expression::Path> reads;
};

class CompiledChecks {
 public:
  explicit CompiledChecks(std::shared_ptr<const Catalog> catalog);
  [[nodiscard]] const std::vector<CompiledCheck>& of(const ObjectType& object) const;
  [[nodiscard]] const std::shared_ptr<const Catalog>& catalog() const { return catalog_; }

 private:
  std::shared_ptr<const Catalog> catalog_;
  std::unordered_map<const ObjectType*, std::vector<CompiledCheck>> checks_;
};

}  // namespace rapport::entity
