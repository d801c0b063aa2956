// A house whose insight is awake, and how a story waits for what its listener does.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "base/id.hpp"
#include "house.hpp"
#include "records.hpp"

namespace rapport::scenarios {

// What the database says, without the end of its line.
inline std::string told(House& house, const std::string& sql) {
  auto answer = house.ask_database(sql);
  if (answer.ends_with('\n')) answer.pop_back();
  return answer;
}

// Until it says so, for half a minute.
inline testing::AssertionResult told(House& house, const std::string& sql,
                                     const std::string& wanted) {
  constexpr int tries = 600;
  for (int i = 0; i < tries; ++i) {
    if (told(house, sql) == wanted) return testing::AssertionSuccess();
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return testing::AssertionFailure() << "stayed " << told(house, sql);
}

// Until the listener has taken all that was written.
inline testing::AssertionResult insight_heard(House& house) {
  return told(house,
              "select count(distinct l.listener) || ' ' || count(c.object) from listener_cursors l "
              "left join changes c on c.object in ('order', 'order_line', 'interaction', 'person') "
              "and (c.epoch, c.xid, c.ordinal) > (l.epoch, l.xid, l.ordinal) where l.listener = "
              "'insight.orders'",
              "1 0");
}

class InsightStory : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    house_ = std::make_unique<House>();
    refresh_ = refresh_of(*house_);
    ASSERT_TRUE(becomes("select count(*) from refreshes where state = 'done'", "1"))
        << "the first night";
  }
  static void TearDownTestSuite() {
    refresh_.reset();
    house_.reset();
  }

  static std::string ask(const std::string& sql) { return told(*house_, sql); }

  static testing::AssertionResult becomes(const std::string& sql, const std::string& wanted) {
    return told(*house_, sql, wanted);
  }
  static testing::AssertionResult heard() { return insight_heard(*house_); }

  static base::Id person() {
    const auto id = base::new_id();
    write_records(*house_, "person", {item(id, {})});
    return id;
  }
  static entity::Item talk(const base::Id& person) {
    return item(base::new_id(), {{"person", person},
                                 {"at", house_->program().road().now() - base::days(3)},
                                 {"channel", std::string("phone")},
                                 {"minutes", std::int64_t{7}},
                                 {"cost", euro(450)}});
  }
  static entity::Item order(const base::Id& person) {
    return item(base::new_id(), {{"person", person},
                                 {"placed_at", house_->program().road().now() - base::days(2)},
                                 {"total", euro(5'000)}});
  }
  static std::string months_of(const base::Id& person) {
    return ask(
        "select count(*) || ' ' || coalesce(sum(cost_to_serve), 0) from customer_months "
        "where person_id = '" +
        base::to_text(person) + "'");
  }

  static inline std::unique_ptr<House> house_;
  static inline std::unique_ptr<crm::Refresh> refresh_;
};

}  // namespace rapport::scenarios
