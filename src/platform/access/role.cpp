#include "platform/access/role.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "entity/catalog/catalog.hpp"

namespace rapport::platform {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 3> kRoles{{
    {Role::reader, "reader"},
    {Role::editor, "editor"},
    {Role::administrator, "administrator"},
}};

// Records that say who works here and what they may: administrators write them.
constexpr std::array<std::string_view, 2> kAdministered{"user", "team"};

// What everybody sees of a user; all else is private. Closed by default: a field that comes later
// is hidden until it is named here.
constexpr std::array<std::string_view, 4> kUserFieldsOfAll{"name", "full_name", "team", "active"};

bool contains(const auto& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class RolePolicy final : public entity::Policy {
 public:
  RolePolicy(Role role, Scopes scopes) : role_(role), scopes_(std::move(scopes)) {}

  bool may(entity::Operation operation, const entity::ObjectType& object) const override {
    if (operation == entity::Operation::read) return scopes_.may_read(object.name);
    if (!scopes_.may_write(object.name)) return false;
    switch (role_) {
      case Role::administrator:
        return true;
      case Role::editor:
        return !contains(kAdministered, object.name);
      case Role::reader:
        return false;
    }
    return false;
  }

  bool may_see(const entity::ObjectType& object, const entity::Field& field) const override {
    if (!scopes_.may_read(object.name)) return false;
    if (role_ == Role::administrator || object.name != "user") return true;
    return field.system || contains(kUserFieldsOfAll, field.name);
  }

  bool may_set(const entity::ObjectType& object, const entity::Field& field) const override {
    return may(entity::Operation::change, object) && may_see(object, field);
  }

  std::optional<expression::Expression> condition(entity::Operation,
                                                  const entity::ObjectType&) const override {
    return std::nullopt;  // Roles see whole object types; ownership and teams come later.
  }

 private:
  Role role_;
  Scopes scopes_;
};

bool is_object_name(std::string_view name) {
  if (name.empty() || name.size() > 63) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

}  // namespace

std::string_view name_of(Role role) {
  for (const auto& [is, name] : kRoles) {
    if (is == role) return name;
  }
  return "reader";
}

std::optional<Role> role_named(std::string_view name) {
  for (const auto& [role, is] : kRoles) {
    if (is == name) return role;
  }
  return std::nullopt;
}

base::Result<Scopes> Scopes::of(std::span<const std::string> names) {
  if (names.size() > count_max) {
    return base::refuse_field("access.too_many_scopes", "/scopes",
                              "A key may have at most 100 scopes.");
  }
  Scopes scopes;
  for (const auto& name : names) {
    const auto colon = name.find(':');
    const auto verb = name.substr(0, colon);
    const auto object = colon == std::string::npos ? std::string() : name.substr(colon + 1);
    if ((verb != "read" && verb != "write") ||
        (colon != std::string::npos && !is_object_name(object))) {
      return base::refuse_field("access.unknown_scope", "/scopes",
                                "\"" + name +
                                    "\" is no scope: say read, write, read:person or "
                                    "write:person, with any object type.");
    }
    (verb == "read" ? scopes.reads_ : scopes.writes_).insert(object);
  }
  return scopes;
}

Scopes Scopes::all() {
  Scopes scopes;
  scopes.reads_.insert("");
  scopes.writes_.insert("");
  return scopes;
}

bool Scopes::may_read(std::string_view object) const {
  return reads_.contains("") || reads_.contains(object) || may_write(object);
}

bool Scopes::may_write(std::string_view object) const {
  return writes_.contains("") || writes_.contains(object);
}

bool Scopes::includes(const Scopes& other) const {
  // "" is asked for as such: only who may read all includes "read".
  return std::all_of(other.writes_.begin(), other.writes_.end(),
                     [&](const auto& object) { return may_write(object); }) &&
         std::all_of(other.reads_.begin(), other.reads_.end(),
                     [&](const auto& object) { return may_read(object); });
}

std::vector<std::string> Scopes::names() const {
  std::vector<std::string> names;
  for (const auto& object : reads_) names.push_back(object.empty() ? "read" : "read:" + object);
  for (const auto& object : writes_) names.push_back(object.empty() ? "write" : "write:" + object);
  return names;
}

std::shared_ptr<const entity::Policy> policy_of(Role role, std::optional<Scopes> scopes) {
  return std::make_shared<RolePolicy>(role, scopes ? std::move(*scopes) : Scopes::all());
}

}  // namespace rapport::platform
