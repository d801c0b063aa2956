// The platform in one piece: what one process does, others know of by NOTIFY.
#include "platform/platform.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "platform/testing_house.hpp"

namespace rapport::platform {
namespace {

using namespace std::chrono_literals;

class PlatformTest : public testing::Test {
 protected:
  std::unique_ptr<Platform> process() {
    auto platform = std::make_unique<Platform>(
        PlatformOptions{.conninfo = house.database.conninfo(),
                        .access = {},
                        .jobs = {},
                        .listeners = {},
                        .changes_notified = [this](std::string_view) { ++noticed; }},
        house.pool(), house.road, house.clock.clock());
    EXPECT_TRUE(platform->start());
    return platform;
  }

  template <class Condition>
  bool soon(Condition condition) {
    for (int i = 0; i < 500; ++i) {
      if (condition()) return true;
      std::this_thread::sleep_for(5ms);
    }
    return false;
  }

  entity::ItemResult change_user(const base::Id& id, std::string field, base::Value value) {
    entity::Item item{.id = id, .version = {}, .fields = {}, .keys = {}, .pointer = {}};
    item.fields.push_back({std::move(field), std::move(value)});
    return house.write(entity::Change{.object = "user", .items = {item}});
  }

  TestHouse house;
  std::atomic<int> noticed = 0;
};

TEST_F(PlatformTest, TheFirstAdministratorIsMadeOnceAndSignsIn) {
  auto platform = process();
  const auto first = platform->access().ensure_administrator(house.road);
  ASSERT_TRUE(first) << first.error().message;
  ASSERT_TRUE(*first);
  const auto signed_in = platform->access().sign_in(
      {.name = (*first)->name, .password = (*first)->password, .address = "10.0.0.1"});
  ASSERT_TRUE(signed_in);
  EXPECT_EQ(signed_in->user.role, Role::administrator);
  const auto again = platform->access().ensure_administrator(house.road);
  ASSERT_TRUE(again);
  EXPECT_FALSE(*again);
}

TEST_F(PlatformTest, AddedUsersHaveTheirRoleAndNoTwoHaveOneName) {
  auto platform = process();
  auto& access = platform->access();
  const NewUser ana{
      .name = "ana", .role = Role::editor, .password = "correct horse", .full_name = {}};
  const auto added = access.add_user(house.road, ana);
  ASSERT_TRUE(added) << added.error().message;
  EXPECT_EQ(access.user_named("ana")->role, Role::editor);
  EXPECT_EQ(access.add_user(house.road, ana).error().code, "access.name_taken");
  EXPECT_EQ(ask(house.pool(), "select count(*) from credentials"), "1");
  NewUser weak = ana;
  weak.name = "bruno";
  weak.password = "short";
  EXPECT_EQ(access.add_user(house.road, weak).error().code, "access.password_too_short");
  EXPECT_EQ(access.user_named("bruno").error().code, "access.unknown_user");
}

TEST_F(PlatformTest, ADisabledUserIsOutInAllProcessesAtOnce) {
  auto one = process(), two = process();
  const auto ana = one->access().add_user(
      house.road,
      {.name = "ana", .role = Role::editor, .password = "correct horse", .full_name = {}});
  ASSERT_TRUE(ana);
  const auto session =
      one->access().sign_in({.name = "ana", .password = "correct horse", .address = ""});
  ASSERT_TRUE(session);
  const Credentials credentials{.session = session->token, .key = {}};
  ASSERT_TRUE(one->access().admit(credentials));
  ASSERT_TRUE(two->access().admit(credentials));
  change_user(ana->id, "active", false);
  EXPECT_TRUE(soon([&] { return !one->access().admit(credentials); }));
  EXPECT_TRUE(soon([&] { return !two->access().admit(credentials); }));
  // Enabled again, the old session stays ended.
  change_user(ana->id, "active", true);
  std::this_thread::sleep_for(100ms);
  EXPECT_FALSE(one->access().admit(credentials));
}

TEST_F(PlatformTest, ANewRecordIsFoundAMomentLater) {
  auto platform = process();
  const auto reader = policy_of(Role::reader);
  house.create("person",
               {{"name", base::PersonName{.full = "Ana López", .given = {}, .family = {}}}});
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_TRUE(soon([&] {
    const auto found = platform->search().find(
        {.user = base::new_id(), .zone = "UTC", .policy = reader, .cause = {}},
        {.text = "lop", .objects = {}, .limit = 5});
    return found && found->size() == 1;
  }));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 1s);  // 0.3 s on a quiet machine.
  EXPECT_TRUE(soon([&] { return noticed > 0; }));
}

TEST_F(PlatformTest, SettingsChangedInOneProcessAreKnownInAnother) {
  auto one = process(), two = process();
  ASSERT_TRUE(one->settings().change_as_program(
      std::vector<std::pair<std::string, std::string>>{{"currency", "CHF"}}));
  EXPECT_TRUE(soon([&] { return two->settings().current()->currency == "CHF"; }));
}

TEST_F(PlatformTest, AJobOfOneProcessIsDoneByAnotherAtOnce) {
  std::atomic<int> runs = 0;
  auto one = process();
  auto two = std::make_unique<Platform>(PlatformOptions{.conninfo = house.database.conninfo(),
                                                        .access = {},
                                                        .jobs = {},
                                                        .listeners = {},
                                                        .changes_notified = {}},
                                        house.pool(), house.road, house.clock.clock());
  JobKind kind;
  kind.name = "test.count";
  kind.run = [&](JobRun&) -> base::Result<JobDone> {
    ++runs;
    return JobDone{};
  };
  two->jobs().declare(std::move(kind));
  ASSERT_TRUE(two->start());
  ASSERT_TRUE(
      one->jobs().enqueue({.kind = "test.count", .payload = "{}", .key = {}, .run_at = {}}));
  EXPECT_TRUE(soon([&] { return runs == 1; }));
}

TEST_F(PlatformTest, StopsAndStartsAgain) {
  auto platform = process();
  platform->stop();
  EXPECT_TRUE(platform->start());
}

}  // namespace
}  // namespace rapport::platform
