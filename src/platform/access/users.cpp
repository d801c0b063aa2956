#include <array>
#include <utility>

#include "base/text.hpp"
#include "platform/access/access.hpp"
#include "platform/access/access_state.hpp"
#include "platform/access/access_statements.hpp"
#include "platform/access/throttle.hpp"

namespace rapport::platform {
namespace {

base::Result<std::optional<UserInfo>> one_user(store::Pool& pool, const store::Statement& statement,
                                               const store::Params& params) {
  auto transaction = pool.begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  const auto rows = transaction->run(statement, params);
  if (!rows) return database_problem(rows.error());
  if (rows->size() == 0) return std::optional<UserInfo>();
  UserInfo user{.id = rows->id(0, 0),
                .name = std::string(rows->text(0, 1)),
                .role = role_named(rows->text(0, 2)).value_or(Role::reader)};
  if (!rows->text(0, 3).empty()) user.zone = rows->text(0, 3);
  return std::optional(std::move(user));
}

base::Result<void> check_password(std::string_view password) {
  if (password.size() > Access::password_bytes_max || !base::is_utf8(password)) {
    return base::refuse_field("access.password_too_long", "/password", "The password is too long.");
  }
  if (base::characters(password) < Access::password_characters_min) {
    return base::refuse_field("access.password_too_short", "/password",
                              "A password needs at least 8 characters.");
  }
  return {};
}

}  // namespace

base::Result<std::string> Access::State::checked_hash(std::string_view password) {
  if (const auto checked = check_password(password); !checked) {
    return std::unexpected(checked.error());
  }
  return hasher.hash(password);
}

base::Result<void> Access::State::write_password(const base::Id& user, const std::string& hash,
                                                 const std::optional<base::Id>& by) {
  const auto now = clock();
  const auto text = base::to_text(user);
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  (void)transaction->send(statements::kSetPassword,
                          store::Params().id(user).text(hash).instant(now));
  (void)transaction->send(statements::kEndSessionsOf, store::Params().id(user));
  (void)transaction->send(statements::kNotifyAccess, store::Params().text(text));
  Audit::note(*transaction,
              {.kind = Audited::password_changed, .user = by, .subject = "user " + text}, now);
  if (const auto done = transaction->commit(); !done) return database_problem(done.error());
  cache.forget_user(user);
  return {};
}

base::Result<void> Access::set_password(const base::Id& user, std::string_view password) {
  const auto hash = state_->checked_hash(password);
  if (!hash) return std::unexpected(hash.error());
  return state_->write_password(user, *hash, std::nullopt);
}

base::Result<void> Access::change_password(const Admitted& by, const base::Id& user,
                                           std::string_view current, std::string_view password) {
  auto& s = *state_;
  const bool own = user == by.user.id && !by.key;  // A key is not a person: no own password.
  if (!own && !by.may_administer()) {
    return base::refuse(base::ProblemKind::forbidden, "access.not_your_password",
                        "Only administrators set the passwords of others.");
  }
  if (own) {
    auto transaction = s.pool.begin(store::Mode::read_write);
    if (!transaction) return std::unexpected(transaction.error());
    const auto buckets = sign_in_buckets(by.user.name, "password change");
    const std::array<Bucket, 1> pair{buckets[0]};
    const auto counted = count_attempt(*transaction, pair, s.clock());
    const auto rows = transaction->run(statements::kPassword, store::Params().id(user));
    if (!rows) return database_problem(rows.error());
    if (const auto done = transaction->commit(); !done) return database_problem(done.error());
    if (!counted) return std::unexpected(counted.error());
    const std::string hash(rows->size() == 1 ? rows->text(0, 0) : std::string_view());
    const auto right = s.hasher.verify(hash, current);
    if (!right) return std::unexpected(right.error());
    if (!*right) {
      return base::refuse_field("access.wrong_password", "/current",
                                "The current password is wrong.");
    }
  } else if (const auto found = one_user(s.pool, statements::kUser, store::Params().id(user));
             !found || !*found) {
    return base::refuse(base::ProblemKind::not_found, "access.unknown_user",
                        "There is no such user.");
  }
  const auto hash = s.checked_hash(password);
  if (!hash) return std::unexpected(hash.error());
  return s.write_password(user, *hash, by.user.id);
}

base::Result<UserInfo> Access::user_named(std::string_view name) {
  auto found =
      one_user(state_->pool, statements::kUserNamed, store::Params().text(base::trimmed(name)));
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    return base::refuse(base::ProblemKind::not_found, "access.unknown_user",
                        "There is no user \"" + std::string(name) + "\".");
  }
  return std::move(**found);
}

}  // namespace rapport::platform
