// New users pass through the road as every record does; their passwords do not.
#include <utility>

#include "base/text.hpp"
#include "entity/road.hpp"
#include "platform/access/access.hpp"
#include "platform/access/access_state.hpp"
#include "platform/access/access_statements.hpp"

namespace rapport::platform {
namespace {

entity::FieldInput text_field(std::string name, std::string value) {
  return {.field = std::move(name), .input = base::Value(std::move(value))};
}

base::Result<void> make_user(entity::Road& road, const base::Id& id, const NewUser& user) {
  entity::Item item;
  item.id = id;
  item.pointer = "/records/0";
  item.fields.push_back(text_field("name", user.name));
  item.fields.push_back(
      text_field("full_name", user.full_name.empty() ? user.name : user.full_name));
  item.fields.push_back(text_field("role", std::string(name_of(user.role))));
  entity::Work work;
  work.writes.emplace_back(entity::Create{.object = "user", .items = {std::move(item)}});
  const auto done = road.write(entity::program({.kind = "command", .id = {}, .depth = 0}), work);
  if (!done) return std::unexpected(done.error());
  const auto& result = done->writes.at(0).at(0);
  if (result.problem) return std::unexpected(*result.problem);
  return {};
}

}  // namespace

base::Result<UserInfo> Access::add_user(entity::Road& road, const NewUser& user) {
  auto& s = *state_;
  const auto hash = s.checked_hash(user.password);
  if (!hash) return std::unexpected(hash.error());
  NewUser cleaned = user;
  const auto name = base::clean_text(base::trimmed(user.name));
  if (!name || name->empty() || name->size() > name_bytes_max) {
    return base::refuse_field("access.name", "/name", "A user needs a name to sign in with.");
  }
  cleaned.name = *name;
  const auto taken = user_named(cleaned.name);
  if (taken) {
    return base::refuse(base::ProblemKind::conflict, "access.name_taken",
                        "There is a user \"" + taken->name + "\" already.");
  }
  // The password first: should the program die in between, no user stands without one.
  const auto id = base::new_id();
  if (const auto set = s.write_password(id, *hash, std::nullopt); !set) {
    return std::unexpected(set.error());
  }
  if (const auto made = make_user(road, id, cleaned); !made) {
    if (auto transaction = s.pool.begin(store::Mode::read_write)) {
      (void)transaction->send(statements::kDropPassword, store::Params().id(id));
      (void)transaction->commit();
    }
    return std::unexpected(made.error());
  }
  s.audit.note({.kind = Audited::user_added,
                .user = {},
                .name = {},
                .address = {},
                .subject = "user " + base::to_text(id)});
  return UserInfo{.id = id, .name = cleaned.name, .role = cleaned.role};
}

base::Result<std::optional<FirstUser>> Access::ensure_administrator(entity::Road& road) {
  {
    auto transaction = state_->pool.begin(store::Mode::read_only);
    if (!transaction) return std::unexpected(transaction.error());
    const auto rows = transaction->run(statements::kAnyAdministrator);
    if (!rows) return database_problem(rows.error());
    if (rows->boolean(0, 0)) return std::optional<FirstUser>();
  }
  FirstUser first{.name = "admin", .password = random_password()};
  const auto added = add_user(road, {.name = first.name,
                                     .role = Role::administrator,
                                     .password = first.password,
                                     .full_name = "Administrator"});
  if (added) return std::optional(std::move(first));
  // Another process made it at the same moment, or the user stands there without a password.
  return std::unexpected(added.error());
}

}  // namespace rapport::platform
