#include "platform/access/access.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "platform/access/secrets.hpp"
#include "platform/audit/audit.hpp"
#include "platform/testing.hpp"

namespace rapport::platform {
namespace {

constexpr std::string_view kUsers = R"(
  create table if not exists users (
    id uuid primary key, name text not null, full_name text, role text not null,
    zone text not null default 'UTC', active boolean not null default true,
    removed_at timestamptz))";

class AccessTest : public testing::Test {
 protected:
  AccessTest()
      : database("access", [](store::Pool& pool) {
          make_platform_tables(pool);
          must_run(pool, kUsers);
        }) {}

  store::Pool& pool() { return database.pool(); }

  base::Id add(const std::string& name, Role role, const std::string& password = "correct horse") {
    const auto id = base::new_id();
    must_run(pool(),
             "insert into users (id, name, full_name, role, zone) "
             "values ($1, $2, $2, $3, 'Europe/Madrid')",
             store::Params().id(id).text(name).text(name_of(role)));
    EXPECT_TRUE(access.set_password(id, password));
    return id;
  }

  base::Result<SignedIn> sign_in(const std::string& name, const std::string& password,
                                 const std::string& address = "10.0.0.1") {
    return access.sign_in({.name = name, .password = password, .address = address});
  }

  Admitted admitted_as(const base::Id& user) { return access.act_as(user).value(); }

  std::string admission(std::string_view session) {
    const auto admitted = access.admit({.session = session, .key = {}});
    return admitted ? "admitted" : admitted.error().code;
  }

  std::string key_admission(std::string_view key) {
    const auto admitted = access.admit({.session = {}, .key = key});
    return admitted ? "admitted" : admitted.error().code;
  }

  store::TestDatabase database;
  TestClock clock;
  Access access{database.pool(), clock.clock()};
};

TEST_F(AccessTest, NameAndPasswordGiveASessionThatIsAdmitted) {
  const auto ana = add("ana", Role::editor);
  const auto signed_in = sign_in("ana", "correct horse");
  ASSERT_TRUE(signed_in) << signed_in.error().message;
  const auto admitted = access.admit({.session = signed_in->token, .key = {}});
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->user.id, ana);
  EXPECT_EQ(admitted->user.role, Role::editor);
  EXPECT_EQ(admitted->caller.zone, "Europe/Madrid");
  EXPECT_EQ(admitted->caller.user, ana);
  ASSERT_TRUE(admitted->caller.policy);
}

TEST_F(AccessTest, NoTokenOfASessionOrKeyStandsInTheDatabase) {
  const auto ana = add("ana", Role::editor);
  const auto token = sign_in("ana", "correct horse")->token;
  const auto key =
      access.create_key_for(ana, {.name = "shop", .scopes = {}, .expires_at = {}, .user = {}});
  ASSERT_TRUE(key);
  for (const std::string table : {"sessions", "api_keys", "audit", "credentials"}) {
    const auto text =
        ask(pool(), "select coalesce(string_agg(t::text, ' '), '') from " + table + " t");
    EXPECT_EQ(text.find(token), std::string::npos) << table;
    EXPECT_EQ(text.find(key->key), std::string::npos) << table;
    EXPECT_EQ(text.find("correct horse"), std::string::npos) << table;
  }
}

TEST_F(AccessTest, TheNameIsFoundWhateverItsCase) {
  add("Ana", Role::editor);
  EXPECT_TRUE(sign_in("ana", "correct horse"));
  EXPECT_TRUE(sign_in(" Ana ", "correct horse"));
}

TEST_F(AccessTest, KnownUnknownAndDisabledUsersGetTheSameAnswer) {
  add("ana", Role::editor);
  const auto bruno = add("bruno", Role::editor);
  must_run(pool(), "update users set active = false where id = $1", store::Params().id(bruno));
  const auto wrong = sign_in("ana", "wrong horse");
  const auto unknown = sign_in("nobody", "wrong horse");
  const auto disabled = sign_in("bruno", "correct horse");
  for (const auto* answer : {&wrong, &unknown, &disabled}) {
    ASSERT_FALSE(*answer);
    EXPECT_EQ(answer->error().code, "access.wrong");
    EXPECT_EQ(answer->error().kind, base::ProblemKind::unauthenticated);
    EXPECT_EQ(answer->error().message, wrong.error().message);
    EXPECT_EQ(answer->error().extra, wrong.error().extra);
  }
}

TEST_F(AccessTest, KnownAndUnknownUsersCostTheSameHash) {
  add("ana", Role::editor);
  const auto time_of = [&](const std::string& name) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 4; ++i) (void)sign_in(name, "wrong horse", "10.0.1." + std::to_string(i));
    return std::chrono::steady_clock::now() - begin;
  };
  (void)time_of("ana");
  const auto known = time_of("ana"), unknown = time_of("nobody");
  // Far apart if one of them left the hash out; the rest is the noise of a busy machine.
  EXPECT_LT(known.count(), unknown.count() * 3);
  EXPECT_LT(unknown.count(), known.count() * 3);
}

TEST_F(AccessTest, ManyWrongGuessesAreThrottledForOneAddressOnly) {
  add("ana", Role::editor);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("ana", "guess").error().code, "access.wrong");
  const auto refused = sign_in("ana", "correct horse");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "access.throttled");
  EXPECT_EQ(refused.error().kind, base::ProblemKind::too_many);
  EXPECT_NE(refused.error().extra.find("retry_after"), std::string::npos);
  EXPECT_TRUE(sign_in("ana", "correct horse", "10.0.0.2"));
  clock.advance(base::seconds(120));
  EXPECT_TRUE(sign_in("ana", "correct horse"));
}

TEST_F(AccessTest, UnknownNamesAreThrottledAlike) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("nobody", "guess").error().code, "access.wrong");
  EXPECT_EQ(sign_in("nobody", "guess").error().code, "access.throttled");
}

TEST_F(AccessTest, OneAddressThatTriesManyAccountsIsThrottled) {
  std::string code;
  for (int i = 0; i < 60 && code != "access.throttled"; ++i) {
    code = sign_in("user" + std::to_string(i), "guess").error().code;
  }
  EXPECT_EQ(code, "access.throttled");
}

TEST_F(AccessTest, ParallelGuessesAreAllCounted) {
  add("ana", Role::editor);
  std::atomic<int> wrong = 0, throttled = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 12; ++i) {
    threads.emplace_back([&] {
      const auto code = sign_in("ana", "guess").error().code;
      if (code == "access.wrong") ++wrong;
      if (code == "access.throttled") ++throttled;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(wrong, 5);
  EXPECT_EQ(wrong + throttled, 12);
}

TEST_F(AccessTest, ASessionEndsWithSignOut) {
  add("ana", Role::editor);
  const auto token = sign_in("ana", "correct horse")->token;
  EXPECT_EQ(admission(token), "admitted");
  access.sign_out(token);
  EXPECT_EQ(admission(token), "access.unauthenticated");
}

TEST_F(AccessTest, ASessionEndsWhenIdleAndAtItsAbsoluteEnd) {
  add("ana", Role::editor);
  const auto idle = sign_in("ana", "correct horse")->token;
  const auto used = sign_in("ana", "correct horse")->token;
  for (int hour = 0; hour < 13; ++hour) {
    clock.advance(base::hours(1));
    EXPECT_EQ(admission(used), "admitted") << hour;
  }
  EXPECT_EQ(admission(idle), "access.unauthenticated");
  std::string last = "admitted";
  for (int hour = 13; hour < 24 * 7 + 1; ++hour) {
    clock.advance(base::hours(1));
    last = admission(used);
  }
  EXPECT_EQ(last, "access.unauthenticated");
}

TEST_F(AccessTest, ASessionEndsWhenItsUserIsDisabledRemovedOrGetsAnotherRole) {
  const std::string_view updates[] = {
      "update users set active = false where id = $1",
      "update users set removed_at = now() where id = $1",
      "update users set role = 'reader' where id = $1",
      "delete from users where id = $1",
  };
  int n = 0;
  for (const auto update : updates) {
    const auto user = add("user" + std::to_string(n++), Role::administrator);
    const auto token = sign_in("user" + std::to_string(n - 1), "correct horse")->token;
    EXPECT_EQ(admission(token), "admitted");
    must_run(pool(), update, store::Params().id(user));
    access.forget("");  // as NOTIFY does
    EXPECT_EQ(admission(token), "access.unauthenticated") << update;
  }
}

TEST_F(AccessTest, WithoutANoticeTheCacheIsBelievedForAShortWhileOnly) {
  const auto ana = add("ana", Role::editor);
  const auto token = sign_in("ana", "correct horse")->token;
  EXPECT_EQ(admission(token), "admitted");
  must_run(pool(), "update users set active = false where id = $1", store::Params().id(ana));
  clock.advance(base::seconds(31));
  EXPECT_EQ(admission(token), "access.unauthenticated");
}

TEST_F(AccessTest, AnAdmittedRequestCostsNoStatement) {
  add("ana", Role::editor);
  const auto token = sign_in("ana", "correct horse")->token;
  EXPECT_EQ(admission(token), "admitted");
  const auto before = pool().statistics().statements;
  for (int i = 0; i < 100; ++i) EXPECT_EQ(admission(token), "admitted");
  EXPECT_EQ(pool().statistics().statements, before);
}

TEST_F(AccessTest, ANewPasswordEndsAllSessions) {
  const auto ana = add("ana", Role::editor);
  const auto token = sign_in("ana", "correct horse")->token;
  const auto self = access.admit({.session = token, .key = {}});
  ASSERT_TRUE(self);
  EXPECT_EQ(access.change_password(*self, ana, "wrong", "battery staple").error().code,
            "access.wrong_password");
  EXPECT_EQ(access.change_password(*self, ana, "correct horse", "short").error().code,
            "access.password_too_short");
  EXPECT_TRUE(access.change_password(*self, ana, "correct horse", "battery staple"));
  EXPECT_EQ(admission(token), "access.unauthenticated");
  EXPECT_FALSE(sign_in("ana", "correct horse"));
  EXPECT_TRUE(sign_in("ana", "battery staple"));
}

TEST_F(AccessTest, OnlyAdministratorsSetThePasswordsOfOthers) {
  const auto ana = add("ana", Role::editor);
  const auto root = add("root", Role::administrator);
  EXPECT_EQ(access.change_password(admitted_as(ana), root, "", "battery staple").error().code,
            "access.not_your_password");
  EXPECT_TRUE(access.change_password(admitted_as(root), ana, "", "battery staple"));
  EXPECT_TRUE(sign_in("ana", "battery staple"));
}

TEST_F(AccessTest, AKeyIsAdmittedWithItsScopesUntilItExpiresOrIsRemoved) {
  const auto ana = add("ana", Role::editor);
  const auto by = admitted_as(ana);
  const auto key = access.create_key(by, {.name = "shop",
                                          .scopes = {"read:person"},
                                          .expires_at = clock.now() + base::days(1),
                                          .user = {}});
  ASSERT_TRUE(key) << key.error().message;
  EXPECT_TRUE(key->key.starts_with(key->info.prefix));
  const auto admitted = access.admit({.session = {}, .key = key->key});
  ASSERT_TRUE(admitted);
  EXPECT_EQ(admitted->user.id, ana);
  EXPECT_EQ(admitted->key, key->info.id);
  EXPECT_TRUE(admitted->scopes->may_read("person"));
  EXPECT_FALSE(admitted->scopes->may_write("person"));
  EXPECT_EQ(key_admission(key->key + "x"), "access.unauthenticated");
  clock.advance(base::days(1));
  EXPECT_EQ(key_admission(key->key), "access.unauthenticated");

  const auto other =
      access.create_key(by, {.name = "other", .scopes = {}, .expires_at = {}, .user = {}});
  EXPECT_EQ(key_admission(other->key), "admitted");
  EXPECT_TRUE(access.remove_key(by, other->info.id));
  EXPECT_EQ(key_admission(other->key), "access.unauthenticated");
}

TEST_F(AccessTest, AKeyIsNeverAboveItsOwnerOrItsMaker) {
  const auto ana = add("ana", Role::editor);
  const auto root = add("root", Role::administrator);
  const auto narrow = access.create_key(
      admitted_as(ana), {.name = "n", .scopes = {"read:person"}, .expires_at = {}, .user = {}});
  const auto by_key = access.admit({.session = {}, .key = narrow->key});
  ASSERT_TRUE(by_key);
  EXPECT_EQ(
      access.create_key(*by_key, {.name = "w", .scopes = {"write"}, .expires_at = {}, .user = {}})
          .error()
          .code,
      "access.key_above_owner");
  EXPECT_EQ(access.create_key(*by_key, {.name = "all", .scopes = {}, .expires_at = {}, .user = {}})
                .error()
                .code,
            "access.key_above_owner");
  EXPECT_EQ(
      access
          .create_key(admitted_as(ana), {.name = "x", .scopes = {}, .expires_at = {}, .user = root})
          .error()
          .code,
      "access.not_your_key");
  const auto for_ana = access.create_key(
      admitted_as(root), {.name = "for ana", .scopes = {"write"}, .expires_at = {}, .user = ana});
  ASSERT_TRUE(for_ana);
  EXPECT_EQ(access.admit({.session = {}, .key = for_ana->key})->user.role, Role::editor);
}

TEST_F(AccessTest, AKeyFollowsTheRoleOfItsOwnerAndDiesWithHim) {
  const auto ana = add("ana", Role::administrator);
  const auto key =
      access.create_key_for(ana, {.name = "k", .scopes = {}, .expires_at = {}, .user = {}});
  EXPECT_EQ(access.admit({.session = {}, .key = key->key})->user.role, Role::administrator);
  must_run(pool(), "update users set role = 'reader' where id = $1", store::Params().id(ana));
  access.forget(base::to_text(ana));
  EXPECT_EQ(access.admit({.session = {}, .key = key->key})->user.role, Role::reader);
  must_run(pool(), "update users set active = false where id = $1", store::Params().id(ana));
  access.forget(base::to_text(ana));
  EXPECT_EQ(key_admission(key->key), "access.unauthenticated");
}

TEST_F(AccessTest, KeysAreListedToTheirOwnerAndToAdministrators) {
  const auto ana = add("ana", Role::editor), bruno = add("bruno", Role::reader),
             root = add("root", Role::administrator);
  const auto key =
      access.create_key_for(ana, {.name = "k", .scopes = {}, .expires_at = {}, .user = {}});
  EXPECT_EQ(access.keys(admitted_as(ana))->size(), 1u);
  EXPECT_EQ(access.keys(admitted_as(bruno))->size(), 0u);
  EXPECT_EQ(access.keys(admitted_as(root))->size(), 1u);
  EXPECT_EQ(access.remove_key(admitted_as(bruno), key->info.id).error().code, "access.no_such_key");
  EXPECT_TRUE(access.remove_key(admitted_as(root), key->info.id));
}

TEST_F(AccessTest, TheUseOfAKeyIsNotedButCheaply) {
  const auto ana = add("ana", Role::editor);
  const auto key =
      access.create_key_for(ana, {.name = "k", .scopes = {}, .expires_at = {}, .user = {}});
  EXPECT_FALSE(access.keys(admitted_as(ana))->at(0).last_used_at);
  EXPECT_EQ(key_admission(key->key), "admitted");
  EXPECT_EQ(access.keys(admitted_as(ana))->at(0).last_used_at, clock.now());
  clock.advance(base::seconds(20));
  EXPECT_EQ(key_admission(key->key), "admitted");
  EXPECT_NE(access.keys(admitted_as(ana))->at(0).last_used_at, clock.now());
}

TEST_F(AccessTest, MalformedTokensAreRefused) {
  for (const auto& bad : {std::string(), std::string("x"), std::string(5000, 'x'),
                          std::string("a\0b", 3), std::string("' or 1=1 --")}) {
    EXPECT_EQ(admission(bad), "access.unauthenticated");
    EXPECT_EQ(key_admission(bad), "access.unauthenticated");
  }
  EXPECT_EQ(sign_in("a\xff", "x").error().code, "access.wrong");
  EXPECT_EQ(sign_in("ana", std::string(2000, 'x')).error().code, "access.wrong");
}

TEST_F(AccessTest, SignInsAndFailuresStandInTheAuditForAdministrators) {
  const auto ana = add("ana", Role::editor);
  const auto root = add("root", Role::administrator);
  (void)sign_in("ana", "wrong horse", "10.9.8.7");
  (void)sign_in("ana", "correct horse", "10.9.8.7");
  Audit audit(pool(), clock.clock());
  EXPECT_EQ(audit.read(admitted_as(ana), {}).error().code, "audit.forbidden");
  const auto rows = audit.read(admitted_as(root), {});
  ASSERT_TRUE(rows);
  ASSERT_GE(rows->size(), 2u);
  EXPECT_EQ(rows->at(0).entry.kind, Audited::sign_in);
  EXPECT_EQ(rows->at(0).user_name, "ana");
  EXPECT_EQ(rows->at(1).entry.kind, Audited::sign_in_failed);
  EXPECT_EQ(rows->at(1).entry.address, "10.9.8.7");
  const auto failures =
      audit.read(admitted_as(root), {.kind = Audited::sign_in_failed, .user = {}});
  EXPECT_EQ(failures->size(), 1u);
}

TEST_F(AccessTest, SweepRemovesWhatHasExpired) {
  add("ana", Role::editor);
  (void)sign_in("ana", "correct horse");
  clock.advance(base::hours(13));
  EXPECT_TRUE(access.sweep());
  EXPECT_EQ(ask(pool(), "select count(*) from sessions"), "0");
}

TEST(Secrets, PasswordsAreHashedByArgon2idWithAtLeastNineteenMebibytes) {
  PasswordHasher hasher(1);
  const auto hash = hasher.hash("correct horse").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$")) << hash;
  EXPECT_TRUE(hasher.verify(hash, "correct horse").value());
  EXPECT_FALSE(hasher.verify(hash, "correct hors").value());
  EXPECT_FALSE(hasher.verify("", "").value());
  EXPECT_FALSE(PasswordHasher::outdated(hash));
}

}  // namespace
}  // namespace rapport::platform
