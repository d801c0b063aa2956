#include "platform/settings/settings.hpp"

#include <gtest/gtest.h>

#include "platform/access/access.hpp"
#include "platform/testing.hpp"

namespace rapport::platform {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

class SettingsTest : public testing::Test {
 protected:
  SettingsTest() : database("platform", make_platform_tables) {}
  store::TestDatabase database;
  TestClock clock;
  Settings settings{database.pool(), clock.clock()};
};

Admitted admitted(Role role) {
  return {.caller = {},
          .user = {.id = base::new_id(), .name = "ana", .role = role, .zone = "UTC"},
          .key = {},
          .scopes = {}};
}

TEST_F(SettingsTest, AreTheirDefaultsUntilChanged) {
  ASSERT_TRUE(settings.load());
  const SettingValues defaults;
  for (const auto& row : settings.rows()) {
    EXPECT_TRUE(row.is_default) << row.declaration->name;
    EXPECT_FALSE(row.declaration->help.empty());
  }
  EXPECT_EQ(settings.current()->currency, defaults.currency);
}

TEST_F(SettingsTest, AChangeIsSeenByOtherProcessesOnceTheyLoad) {
  Settings other(database.pool(), clock.clock());
  ASSERT_TRUE(settings.change(admitted(Role::administrator),
                              Pairs{{"currency", "CHF"}, {"email_exclusive", "false"}}));
  EXPECT_EQ(settings.current()->currency, "CHF");
  EXPECT_EQ(other.current()->currency, "EUR");
  ASSERT_TRUE(other.load());
  EXPECT_EQ(other.current()->currency, "CHF");
  EXPECT_FALSE(other.current()->email_exclusive);
}

TEST_F(SettingsTest, APercentageIsANumberFromNoughtToAHundred) {
  const struct {
    const char* text;
    double kept;  // below nought: refused
  } cases[] = {{"0", 0},       {"12.5", 12.5}, {"100", 100},   {"-1", -1},
               {"100.01", -1}, {"1.234", -1},  {"a third", -1}};
  for (const auto& one : cases) {
    const auto done = settings.change(admitted(Role::administrator), Pairs{{"margin", one.text}});
    EXPECT_EQ(done.has_value(), one.kept >= 0) << one.text;
    if (one.kept >= 0) {
      EXPECT_EQ(settings.current()->margin, one.kept);
    }
  }
}

TEST_F(SettingsTest, WrongValuesAreRefusedEachAtItsPlaceAndNothingIsChanged) {
  const auto refused = settings.change(
      admitted(Role::administrator),
      Pairs{{"currency", "XYZ!"}, {"zone", "Mars/Olympus"}, {"colour", "red"}, {"region", "FR"}});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "settings.invalid");
  ASSERT_EQ(refused.error().fields.size(), 3u);
  EXPECT_EQ(refused.error().fields[0].field, "/currency");
  EXPECT_EQ(refused.error().fields[1].field, "/zone");
  EXPECT_EQ(refused.error().fields[2].code, "settings.unknown");
  EXPECT_EQ(ask(database.pool(), "select count(*) from settings"), "0");
}

TEST_F(SettingsTest, OnlyAdministratorsChangeThem) {
  EXPECT_EQ(settings.change(admitted(Role::editor), Pairs{{"region", "FR"}}).error().code,
            "settings.forbidden");
  EXPECT_EQ(ask(database.pool(), "select count(*) from settings"), "0");
}

TEST_F(SettingsTest, ChangesStandInTheAudit) {
  ASSERT_TRUE(settings.change(admitted(Role::administrator), Pairs{{"region", "FR"}}));
  ASSERT_TRUE(settings.change(admitted(Role::administrator), Pairs{{"region", "FR"}}));
  EXPECT_EQ(ask(database.pool(),
                "select string_agg(subject || ' ' || (details->>'from') || ' ' || "
                "(details->>'to'), ', ') from audit where kind = 'setting_changed'"),
            "region ES FR");
}

}  // namespace
}  // namespace rapport::platform
