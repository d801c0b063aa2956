#include "store/external_database.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "store/testing.hpp"

namespace rapport::store {
namespace {

std::string setting(const std::string& conninfo, const std::string& name) {
  Pool pool({.conninfo = conninfo, .connections_max = 1});
  auto tx = pool.begin(Mode::read_only);
  const Answer rows = tx->run({"test.setting", "select current_setting('" + name + "')"});
  return rows ? std::string(rows->text(0, 0)) : rows.error().message;
}

TEST(ExternalDatabase, EachConnectionHasTheSettingsOfThePrivateCluster) {
  TestDatabase database;
  const auto conninfo = external_conninfo(database.conninfo());
  ASSERT_TRUE(conninfo) << conninfo.error().message;
  const std::pair<const char*, const char*> wanted[] = {
      {"jit", "off"},
      {"random_page_cost", "1.1"},
      {"work_mem", "16MB"},
      {"max_parallel_workers_per_gather", "1"},
      {"default_text_search_config", "pg_catalog.simple"},
      {"TimeZone", "UTC"}};
  for (const auto& [name, value] : wanted) EXPECT_EQ(setting(*conninfo, name), value);
}

TEST(ExternalDatabase, WhatTheAddressItselfSetsWins) {
  TestDatabase database;
  const auto conninfo = external_conninfo(database.conninfo() + " options='-c work_mem=3MB'");
  ASSERT_TRUE(conninfo);
  EXPECT_EQ(setting(*conninfo, "work_mem"), "3MB");
  EXPECT_EQ(setting(*conninfo, "jit"), "off");
}

TEST(ExternalDatabase, AnAddressIsReadInBothSpellingsAndItsPasswordIsNotRepeated) {
  const auto url = external_conninfo("postgresql://ada:p%40ss'word@db.example:6432/crm");
  ASSERT_TRUE(url) << url.error().message;
  for (const auto* part :
       {"user='ada'", "password='p@ss\\'word'", "host='db.example'", "port='6432'", "dbname='crm'"})
    EXPECT_NE(url->find(part), std::string::npos) << *url;
  EXPECT_TRUE(external_conninfo("host=/run/postgresql dbname=crm"));
  for (const auto* wrong : {"https://db.example/crm", "postgresql://ada:s3cret@[::1", "host"}) {
    const auto refused = external_conninfo(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().code, "store.bad_conninfo");
    EXPECT_EQ((refused.error().message + refused.error().details).find("s3cret"),
              std::string::npos);
  }
}

TEST(ExternalDatabase, TheTestsOwnDatabaseWouldDo) {
  TestDatabase database;
  const auto checked = check_external_database(database.pool());
  EXPECT_TRUE(checked) << checked.error().message;
}

TEST(ExternalDatabase, WhatCannotServeIsRefusedByName) {
  const DatabaseFacts good{.version = 150004,
                           .encoding = "UTF8",
                           .standby = false,
                           .database = "crm",
                           .user = "ada",
                           .schema = "public",
                           .may_make_tables = true,
                           .may_make_temporary_tables = true,
                           .has_trigrams = true,
                           .has_icu = true};
  ASSERT_TRUE(check_facts(good));
  struct Case {
    std::function<void(DatabaseFacts&)> spoil;
    const char* code;
    const char* says;
  };
  const Case cases[] = {
      {[](auto& facts) { facts.version = 140012; }, "store.too_old", "PostgreSQL 14"},
      {[](auto& facts) { facts.version = 90624; }, "store.too_old", "PostgreSQL 9"},
      {[](auto& facts) { facts.encoding = "SQL_ASCII"; }, "store.other_encoding", "\"crm\""},
      {[](auto& facts) { facts.has_icu = false; }, "store.no_icu", "ICU"},
      {[](auto& facts) { facts.standby = true; }, "store.standby", "standby"},
      {[](auto& facts) { facts.schema = ""; }, "store.no_schema", "\"ada\""},
      {[](auto& facts) { facts.may_make_tables = false; }, "store.may_not_create", "\"public\""},
      {[](auto& facts) { facts.may_make_temporary_tables = false; }, "store.may_not_create",
       "temporary"},
      {[](auto& facts) { facts.has_trigrams = false; }, "store.no_trigrams", "pg_trgm"},
  };
  for (const auto& one : cases) {
    auto facts = good;
    one.spoil(facts);
    const auto checked = check_facts(facts);
    ASSERT_FALSE(checked) << one.code;
    EXPECT_EQ(checked.error().code, one.code);
    EXPECT_NE(checked.error().message.find(one.says), std::string::npos) << checked.error().message;
    EXPECT_FALSE(checked.error().hint.empty()) << one.code;
  }
}

TEST(ExternalDatabase, OneThatDoesNotAnswerIsNamedWithoutItsPassword) {
  const auto conninfo = external_conninfo("postgresql://ada:s3cret@127.0.0.1:1/crm");
  ASSERT_TRUE(conninfo);
  Pool pool({.conninfo = *conninfo, .connections_max = 1});
  const auto checked = check_external_database(pool);
  ASSERT_FALSE(checked);
  const auto& problem = checked.error();
  EXPECT_EQ(problem.kind, base::ProblemKind::unavailable);
  for (const auto* part : {"\"crm\"", "127.0.0.1", "port 1", "\"ada\""})
    EXPECT_NE(problem.message.find(part), std::string::npos) << problem.message;
  EXPECT_EQ((problem.message + problem.details).find("s3cret"), std::string::npos);
}

}  // namespace
}  // namespace rapport::store
