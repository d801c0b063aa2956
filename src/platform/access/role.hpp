// A role says what a user may do until finer permissions come:
//
//   administrator  everything: records, users, teams, settings, keys, the audit
//   editor         reads and writes records; not users, teams or settings
//   reader         reads records
//
// Nobody but administrators sees users' private data (e-mail, role, zone).
//
// A key carries scopes, which narrow its owner's role and never widen it: `read`, `write` (all
// objects), `read:person`, `write:order` (one object type). Whoever may write may also read.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "entity/policy.hpp"

namespace rapport::platform {

enum class Role { reader, editor, administrator };

[[nodiscard]] std::string_view name_of(Role role);
[[nodiscard]] std::optional<Role> role_named(std::string_view name);

class Scopes {
 public:
  static constexpr std::size_t count_max = 100;

  // Reads {"read", "write:person"}; refuses what it does not know.
  [[nodiscard]] static base::Result<Scopes> of(std::span<const std::string> names);
  // Everything its owner may.
  [[nodiscard]] static Scopes all();

  [[nodiscard]] bool may_read(std::string_view object) const;
  [[nodiscard]] bool may_write(std::string_view object) const;
  [[nodiscard]] bool may_write_all() const { return writes_.contains(""); }
  // Whether all that `other` allows is allowed here, too.
  [[nodiscard]] bool includes(const Scopes& other) const;
  [[nodiscard]] std::vector<std::string> names() const;

 private:
  std::set<std::string, std::less<>> reads_, writes_;  // object names; "" is all objects
};

// The policy of a role, narrowed by scopes where a key is used.
[[nodiscard]] std::shared_ptr<const entity::Policy> policy_of(
    Role role, std::optional<Scopes> scopes = std::nullopt);

}  // namespace rapport::platform
