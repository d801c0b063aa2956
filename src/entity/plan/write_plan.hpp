// A write, checked against the catalog and the caller's policy before anything is read: known
// fields, settable, values of the right type, keys in their normal form. What is wrong with one
// item is kept with it, so that a partial work can go on without it.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "base/problem.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/policy.hpp"
#include "entity/request/request.hpp"

namespace rapport::entity {

enum class WriteKind { create, change, remove, restore, upsert, purge };

struct Assignment {
  std::size_t field = 0;               // its place in the object type
  const base::Value* value = nullptr;  // of the request, which outlives the plan
  const Key* key = nullptr;            // instead: the link's target by key
  std::size_t link_key = 0;            // of keys: its place among the plan's `link_keys`
};

struct PlannedItem {
  const Item* item = nullptr;
  std::vector<Assignment> fields;
  std::vector<Key> keys;  // in normal form
  std::optional<base::Problem> refused;
};

struct WritePlan {
  WriteKind kind = WriteKind::create;
  const ObjectType* object = nullptr;
  Upsert::Mode mode = Upsert::Mode::upsert;
  std::vector<PlannedItem> items;
  std::vector<Key> link_keys;         // in normal form
  std::vector<Collision> collisions;  // by the place of the field
};

[[nodiscard]] base::Result<WritePlan> plan_write(const Catalog& catalog, const Caller& caller,
                                                 const Write& write);

// What a problem of one item says, with the item's pointer before the field.
[[nodiscard]] base::Problem item_problem(base::ProblemKind kind, const Item& item,
                                         std::string_view field, std::string code,
                                         std::string message);
// One problem for a work that is refused as a whole, from those of its items.
[[nodiscard]] base::Problem joined(std::vector<const base::Problem*> problems);

}  // namespace rapport::entity
