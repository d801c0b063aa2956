// Who asks, and what they may. The engine knows no role: `platform/access` makes the policy, the
// plan applies it to every read and write.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "expression/expression.hpp"

namespace rapport::entity {

struct ObjectType;
struct Field;

enum class Operation { read, create, change, remove, restore, purge };

class Policy {
 public:
  virtual ~Policy() = default;
  [[nodiscard]] virtual bool may(Operation operation, const ObjectType& object) const = 0;
  [[nodiscard]] virtual bool may_see(const ObjectType& object, const Field& field) const = 0;
  [[nodiscard]] virtual bool may_set(const ObjectType& object, const Field& field) const = 0;
  // The program itself: it also sets fields that are read-only to everyone else.
  [[nodiscard]] virtual bool is_program() const { return false; }
  // The condition records must meet to exist for the caller; nullopt: all do.
  [[nodiscard]] virtual std::optional<expression::Expression> condition(
      Operation operation, const ObjectType& object) const = 0;
};

// What set a change in motion.
struct Cause {
  std::string kind = "user";   // user, import, rule, undo, demo, …
  std::optional<base::Id> id;  // of the import, the change …
  int depth = 0;               // how many causes up
};

struct Caller {
  base::Id user;
  std::string zone = "UTC";
  std::shared_ptr<const Policy> policy;
  Cause cause;
};

// The program itself: may everything.
[[nodiscard]] Caller program(Cause cause);

}  // namespace rapport::entity
