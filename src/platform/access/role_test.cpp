#include "platform/access/role.hpp"

#include <gtest/gtest.h>

#include "entity/catalog/catalog.hpp"

namespace rapport::platform {
namespace {

using entity::Operation;

entity::ObjectType object_named(std::string name) {
  entity::ObjectType object;
  object.name = std::move(name);
  return object;
}

entity::Field field_named(std::string name, bool system = false) {
  entity::Field field;
  field.name = std::move(name);
  field.system = system;
  return field;
}

struct MayCase {
  Role role;
  std::vector<std::string> scopes;  // {"-"}: no key
  Operation operation;
  std::string_view object;
  bool may;
};

constexpr auto kRead = Operation::read, kCreate = Operation::create, kChange = Operation::change,
               kRemove = Operation::remove, kRestore = Operation::restore,
               kPurge = Operation::purge;

TEST(RolePolicy, EachRoleMayWhatItsTableSays) {
  const MayCase cases[] = {
      {Role::administrator, {"-"}, kRead, "person", true},
      {Role::administrator, {"-"}, kCreate, "user", true},
      {Role::administrator, {"-"}, kChange, "team", true},
      {Role::administrator, {"-"}, kRemove, "user", true},
      {Role::administrator, {"-"}, kPurge, "person", true},
      {Role::editor, {"-"}, kRead, "person", true},
      {Role::editor, {"-"}, kRead, "user", true},
      {Role::editor, {"-"}, kCreate, "person", true},
      {Role::editor, {"-"}, kChange, "order", true},
      {Role::editor, {"-"}, kRemove, "company", true},
      {Role::editor, {"-"}, kRestore, "company", true},
      {Role::editor, {"-"}, kPurge, "person", true},
      {Role::editor, {"-"}, kCreate, "x_boat", true},
      {Role::editor, {"-"}, kCreate, "user", false},
      {Role::editor, {"-"}, kChange, "user", false},
      {Role::editor, {"-"}, kRemove, "user", false},
      {Role::editor, {"-"}, kRestore, "user", false},
      {Role::editor, {"-"}, kPurge, "user", false},
      {Role::editor, {"-"}, kCreate, "team", false},
      {Role::editor, {"-"}, kChange, "team", false},
      {Role::reader, {"-"}, kRead, "person", true},
      {Role::reader, {"-"}, kRead, "user", true},
      {Role::reader, {"-"}, kCreate, "person", false},
      {Role::reader, {"-"}, kChange, "person", false},
      {Role::reader, {"-"}, kRemove, "person", false},
      {Role::reader, {"-"}, kRestore, "person", false},
      {Role::reader, {"-"}, kPurge, "person", false},
      // Keys: what the scopes say, within the role of their owner.
      {Role::administrator, {"read"}, kRead, "user", true},
      {Role::administrator, {"read"}, kCreate, "person", false},
      {Role::administrator, {"write"}, kRead, "person", true},
      {Role::administrator, {"write"}, kCreate, "user", true},
      {Role::administrator, {"write:person"}, kCreate, "person", true},
      {Role::administrator, {"write:person"}, kRead, "person", true},
      {Role::administrator, {"write:person"}, kRead, "order", false},
      {Role::administrator, {"write:person"}, kCreate, "order", false},
      {Role::administrator, {"read:order", "write:person"}, kRead, "order", true},
      {Role::editor, {"write"}, kCreate, "user", false},
      {Role::editor, {"write:user"}, kChange, "user", false},
      {Role::reader, {"write"}, kCreate, "person", false},
      {Role::reader, {"write", "read"}, kRead, "person", true},
      {Role::reader, {"read:person"}, kRead, "company", false},
      {Role::administrator, {}, kRead, "person", false},
  };
  for (const auto& c : cases) {
    const bool by_key = c.scopes != std::vector<std::string>{"-"};
    const auto policy =
        policy_of(c.role, by_key ? std::optional(Scopes::of(c.scopes).value()) : std::nullopt);
    EXPECT_EQ(policy->may(c.operation, object_named(std::string(c.object))), c.may)
        << name_of(c.role) << (by_key ? " by key " + (c.scopes.empty() ? "" : c.scopes[0]) : "")
        << ", operation " << static_cast<int>(c.operation) << " on " << c.object;
  }
}

struct FieldCase {
  Role role;
  std::string_view object, field;
  bool system, see, set;
};

TEST(RolePolicy, OnlyAdministratorsSeeUsersPrivateData) {
  const FieldCase cases[] = {
      {Role::administrator, "user", "email", false, true, true},
      {Role::administrator, "user", "role", false, true, true},
      {Role::administrator, "person", "note", false, true, true},
      {Role::editor, "user", "name", false, true, false},
      {Role::editor, "user", "full_name", false, true, false},
      {Role::editor, "user", "team", false, true, false},
      {Role::editor, "user", "active", false, true, false},
      {Role::editor, "user", "created_at", true, true, false},
      {Role::editor, "user", "email", false, false, false},
      {Role::editor, "user", "phone", false, false, false},
      {Role::editor, "user", "role", false, false, false},
      {Role::editor, "user", "zone", false, false, false},
      {Role::editor, "user", "x_salary", false, false, false},
      {Role::editor, "person", "email", false, true, true},
      {Role::editor, "person", "birth_date", false, true, true},
      {Role::reader, "user", "email", false, false, false},
      {Role::reader, "user", "full_name", false, true, false},
      {Role::reader, "person", "email", false, true, false},
  };
  for (const auto& c : cases) {
    const auto policy = policy_of(c.role);
    const auto object = object_named(std::string(c.object));
    const auto field = field_named(std::string(c.field), c.system);
    EXPECT_EQ(policy->may_see(object, field), c.see) << name_of(c.role) << " sees " << c.field;
    EXPECT_EQ(policy->may_set(object, field), c.set) << name_of(c.role) << " sets " << c.field;
  }
}

TEST(RolePolicy, AKeyDoesNotSeeFieldsOfObjectsOutsideItsScopes) {
  const auto policy =
      policy_of(Role::administrator, Scopes::of(std::vector<std::string>{"read:order"}).value());
  EXPECT_FALSE(policy->may_see(object_named("person"), field_named("email")));
  EXPECT_TRUE(policy->may_see(object_named("order"), field_named("number")));
}

TEST(Scopes, RefusesWhatItDoesNotKnow) {
  for (const std::string bad :
       {"", "admin", "read:", "write:Person", "read person", "read:a:b", "READ", "read:per-son"}) {
    EXPECT_FALSE(Scopes::of(std::vector<std::string>{bad})) << bad;
  }
  EXPECT_FALSE(Scopes::of(std::vector<std::string>(Scopes::count_max + 1, "read")));
}

TEST(Scopes, IncludesOnlyWhatItAllows) {
  struct Case {
    std::vector<std::string> mine, others;
    bool includes;
  };
  const Case cases[] = {
      {{"read", "write"}, {"read", "write"}, true},
      {{"write"}, {"read"}, true},
      {{"read"}, {"read:person"}, true},
      {{"read:person"}, {"read"}, false},
      {{"read"}, {"write:person"}, false},
      {{"write:person"}, {"read:person"}, true},
      {{"write:person"}, {"write"}, false},
      {{"read"}, {}, true},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(Scopes::of(c.mine)->includes(*Scopes::of(c.others)), c.includes)
        << c.mine.front() << " / " << (c.others.empty() ? "" : c.others.front());
  }
}

}  // namespace
}  // namespace rapport::platform
