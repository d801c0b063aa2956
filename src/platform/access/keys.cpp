#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "platform/access/access.hpp"
#include "platform/access/access_state.hpp"
#include "platform/access/access_statements.hpp"

namespace rapport::platform {
namespace {

constexpr std::size_t kKeyNameCharactersMax = 100;
constexpr std::size_t kPrefixBytes = 12;  // "rap_" and 8 characters

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  if (text.empty()) return words;
  for (const auto word : base::split(text, ' ')) words.emplace_back(word);
  return words;
}

std::optional<base::Instant> instant_or_none(const store::Rows& rows, std::size_t row,
                                             std::size_t column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return rows.instant(row, column);
}

base::Result<void> check_key(const NewKey& key, base::Instant now) {
  const auto name = base::clean_text(key.name);
  if (!name || base::trimmed(*name).empty() || base::characters(*name) > kKeyNameCharactersMax) {
    return base::refuse_field("access.key_name", "/name",
                              "A key needs a name of at most 100 characters.");
  }
  if (key.expires_at && *key.expires_at <= now) {
    return base::refuse_field("access.key_expired", "/expires_at",
                              "The key would have expired already.");
  }
  return {};
}

base::Result<Scopes> scopes_of(const NewKey& key) {
  return key.scopes.empty() ? base::Result<Scopes>(Scopes::all()) : Scopes::of(key.scopes);
}

std::unexpected<base::Problem> above_owner() {
  return base::refuse(base::ProblemKind::forbidden, "access.key_above_owner",
                      "A key may not be allowed more than who makes it.");
}

}  // namespace

base::Result<Admitted> Access::State::admit_key(std::string_view token) {
  const auto hash = hash_text(token);
  const auto now = clock();
  auto cached = cache.find(hash);
  const bool believed = cached && now < cached->believed_until;
  if (!believed) {
    const auto generation = cache.generation();
    auto transaction = pool.begin(store::Mode::read_only);
    if (!transaction) return std::unexpected(transaction.error());
    const auto rows = transaction->run(statements::kKey, store::Params().text(hash));
    if (!rows) return database_problem(rows.error());
    (void)transaction->commit();
    const auto role = rows->size() == 1 ? role_named(rows->text(0, 2)) : std::nullopt;
    if (!role || !rows->boolean(0, 6)) {
      cache.forget(hash);
      return unauthenticated();
    }
    const auto scopes = Scopes::of(words_of(rows->text(0, 8)));
    if (!scopes) return unauthenticated();
    UserInfo user{.id = rows->id(0, 0), .name = std::string(rows->text(0, 1)), .role = *role};
    if (!rows->text(0, 3).empty()) user.zone = rows->text(0, 3);
    cached = CachedAdmission{
        .admitted = std::make_shared<const Admitted>(Admitted{.caller = caller_of(user, *scopes),
                                                              .user = user,
                                                              .key = rows->id(0, 7),
                                                              .scopes = *scopes}),
        .believed_until = now + options.cache_for,
        .expires_at = instant_or_none(*rows, 0, 4),
        .seen_at = instant_or_none(*rows, 0, 5).value_or(base::Instant{})};
    cache.put(hash, *cached, generation);
  }
  if (cached->expires_at && now >= *cached->expires_at) return unauthenticated();
  if (now - cached->seen_at >= options.seen_every) {
    cache.seen(hash, now);
    if (auto transaction = pool.begin(store::Mode::read_write)) {
      (void)transaction->send(statements::kUseKey,
                              store::Params().id(*cached->admitted->key).instant(now));
      (void)transaction->commit();
    }
  }
  return *cached->admitted;
}

base::Result<CreatedKey> Access::State::insert_key(const UserInfo& owner, const Scopes& scopes,
                                                   const NewKey& key,
                                                   const std::optional<base::Id>& by) {
  const auto now = clock();
  if (const auto checked = check_key(key, now); !checked) return std::unexpected(checked.error());
  CreatedKey created{.info = {.id = base::new_id(),
                              .user = owner.id,
                              .user_name = owner.name,
                              .name = *base::clean_text(key.name),
                              .prefix = {},
                              .scopes = scopes.names(),
                              .created_at = now,
                              .expires_at = key.expires_at,
                              .last_used_at = {}},
                     .key = "rap_" + random_token()};
  created.info.prefix = created.key.substr(0, kPrefixBytes);
  std::vector<std::optional<std::string>> names(created.info.scopes.begin(),
                                                created.info.scopes.end());
  store::Params params;
  params.id(created.info.id).id(owner.id).text(created.info.name).text(created.info.prefix);
  params.text(hash_text(created.key)).array(names).instant(now);
  if (key.expires_at) {
    params.instant(*key.expires_at);
  } else {
    params.null();
  }
  params.integer(keys_per_user_max);
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  const auto inserted = transaction->run(statements::kInsertKey, params);
  if (!inserted) return database_problem(inserted.error());
  if (inserted->affected() == 0) {
    return base::refuse(base::ProblemKind::conflict, "access.too_many_keys",
                        "A user may have at most 100 keys.", {}, "Remove one that is not used.");
  }
  Audit::note(*transaction,
              {.kind = Audited::key_created, .user = by, .subject = "key " + created.info.prefix},
              now);
  if (const auto done = transaction->commit(); !done) return database_problem(done.error());
  return created;
}

base::Result<CreatedKey> Access::create_key(const Admitted& by, const NewKey& key) {
  const auto scopes = scopes_of(key);
  if (!scopes) return std::unexpected(scopes.error());
  // A key makes keys only within itself.
  if (by.scopes && !by.scopes->includes(*scopes)) return above_owner();
  if (!key.user || *key.user == by.user.id) {
    return state_->insert_key(by.user, *scopes, key, by.user.id);
  }
  if (!by.may_administer()) {
    return base::refuse(base::ProblemKind::forbidden, "access.not_your_key",
                        "Only administrators make keys for others.");
  }
  const auto owner = act_as(*key.user);
  if (!owner) {
    return base::refuse_field("access.unknown_user", "/user", "There is no such active user.");
  }
  return state_->insert_key(owner->user, *scopes, key, by.user.id);
}

base::Result<CreatedKey> Access::create_key_for(const base::Id& user, const NewKey& key) {
  const auto scopes = scopes_of(key);
  if (!scopes) return std::unexpected(scopes.error());
  const auto owner = act_as(user);
  if (!owner) return std::unexpected(owner.error());
  return state_->insert_key(owner->user, *scopes, key, std::nullopt);
}

base::Result<std::vector<KeyInfo>> Access::keys(const Admitted& by) {
  store::Params params;
  if (by.may_administer()) {
    params.null();
  } else {
    params.id(by.user.id);
  }
  auto transaction = state_->pool.begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  const auto rows = transaction->run(statements::kKeys, params);
  if (!rows) return database_problem(rows.error());
  std::vector<KeyInfo> keys;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    keys.push_back({.id = rows->id(i, 0),
                    .user = rows->id(i, 1),
                    .user_name = std::string(rows->text(i, 2)),
                    .name = std::string(rows->text(i, 3)),
                    .prefix = std::string(rows->text(i, 4)),
                    .scopes = words_of(rows->text(i, 5)),
                    .created_at = rows->instant(i, 6),
                    .expires_at = instant_or_none(*rows, i, 7),
                    .last_used_at = instant_or_none(*rows, i, 8)});
  }
  return keys;
}

base::Result<void> Access::remove_key(const Admitted& by, const base::Id& key) {
  auto& s = *state_;
  store::Params params;
  params.id(key);
  if (by.may_administer()) {
    params.null();
  } else {
    params.id(by.user.id);
  }
  auto transaction = s.pool.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  const auto removed = transaction->run(statements::kDeleteKey, params);
  if (!removed) return database_problem(removed.error());
  if (removed->size() == 0) {  // Another's key looks like one that is not there.
    return base::refuse(base::ProblemKind::not_found, "access.no_such_key",
                        "There is no such key.");
  }
  const auto owner = base::to_text(removed->id(0, 0));
  (void)transaction->send(statements::kNotifyAccess, store::Params().text(owner));
  Audit::note(*transaction,
              {.kind = Audited::key_removed,
               .user = by.user.id,
               .subject = "key " + std::string(removed->text(0, 1))},
              s.clock());
  if (const auto done = transaction->commit(); !done) return database_problem(done.error());
  forget(owner);
  return {};
}

}  // namespace rapport::platform
