#include "crm/demo/crowd.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "base/text.hpp"
#include "crm/demo/story.hpp"
#include "entity/types/shapes.hpp"

namespace rapport::crm {
namespace {

const Setting& setting() {
  static const Setting read = read_setting(1);
  return read;
}
base::Date today() {
  return base::date_of({2026, 3, 1});
}

Crowd crowd(std::uint64_t seed = 1) {
  CrowdOptions options;
  options.seed = seed;
  options.date = today();
  options.users = {base::id_at(1, 1, 1), base::id_at(1, 1, 2)};
  return {setting(), std::move(options)};
}

const Batch& thousands() {
  static const Batch made = crowd().batch(0, 8000);
  return made;
}

// Everything that could differ, as one text.
std::string told(const Batch& batch) {
  std::string out;
  for (const auto& p : batch.persons) {
    out += base::to_text(p.id) + p.given + p.family + p.email + p.phone + p.lifecycle + "\n";
  }
  for (const auto& o : batch.orders) {
    out +=
        base::to_text(o.id) + o.number + std::to_string(o.total_cents) + base::to_text(o.at) + "\n";
  }
  for (const auto& i : batch.interactions) out += base::to_text(i.id) + i.subject + "\n";
  return out;
}

TEST(Crowd, IsTheSameForTheSameSeed) {
  EXPECT_EQ(told(crowd().batch(0, 300)), told(crowd().batch(0, 300)));
  EXPECT_NE(told(crowd().batch(0, 300)), told(crowd(2).batch(0, 300)));
}

TEST(Crowd, IsTheSameInWhateverChunksItIsMade) {
  std::string pieces;
  for (int first = 0; first < 300; first += 60) pieces += told(crowd().batch(first, 60));
  std::string whole = told(crowd().batch(0, 300));
  std::string sorted_pieces, sorted_whole;
  for (auto* pair : {&pieces, &whole}) {
    std::vector<std::string> lines;
    for (const auto line : base::split(*pair, '\n')) lines.emplace_back(line);
    std::sort(lines.begin(), lines.end());
    for (const auto& line : lines) (pair == &pieces ? sorted_pieces : sorted_whole) += line + "\n";
  }
  EXPECT_EQ(sorted_pieces, sorted_whole);
}

TEST(Crowd, ItsNumbersReconcile) {
  std::set<base::Id> persons, companies, ids;
  for (const auto& c : thousands().companies) companies.insert(c.id);
  for (const auto& c : thousands().companies) {
    if (c.parent) {
      EXPECT_TRUE(companies.contains(*c.parent));
    }
  }
  for (const auto& p : thousands().persons) {
    persons.insert(p.id);
    if (p.company) {
      EXPECT_TRUE(companies.contains(*p.company));
    }
  }
  EXPECT_EQ(persons.size(), thousands().persons.size());
  for (const auto& o : thousands().orders) {
    EXPECT_TRUE(persons.contains(o.person));
    EXPECT_TRUE(ids.insert(o.id).second);
    std::int64_t lines = 0;
    int quantity = 0;
    for (const auto& line : o.lines) {
      EXPECT_TRUE(ids.insert(line.id).second);
      lines += line.total_cents;
      quantity += line.quantity;
      EXPECT_EQ(line.quantity < 0, o.is_return);
    }
    EXPECT_EQ(o.total_cents, lines - o.discount_cents + o.shipping_cents);
    EXPECT_EQ(o.quantity, quantity);
    EXPECT_LT(o.at, base::start_of_day(today(), "Europe/Vienna"));
  }
  for (const auto& i : thousands().interactions) EXPECT_TRUE(persons.contains(i.person));
}

TEST(Crowd, IsSpreadAsInLife) {
  std::map<base::Id, int> orders;
  std::map<std::string, int> countries, stages;
  int returns = 0;
  for (const auto& o : thousands().orders) {
    ++orders[o.person];
    returns += o.is_return;
  }
  std::vector<int> each;
  int known = 0;
  for (const auto& p : thousands().persons) {
    if (p.anonymous) continue;
    ++known;
    ++countries[p.address.country];
    ++stages[p.lifecycle];
    each.push_back(orders[p.id]);
  }
  std::sort(each.rbegin(), each.rend());
  const double all = std::accumulate(each.begin(), each.end(), 0.0);
  double top_fifth = 0;
  for (std::size_t i = 0; i < each.size() / 5; ++i) top_fifth += each[i];
  EXPECT_EQ(known, 8000);
  EXPECT_NEAR(all / known, 4.0, .5) << "orders each";
  EXPECT_GT(top_fifth / all, .5) << "a fifth of the customers makes most of the purchases";
  EXPECT_GT(countries["DE"], countries["ES"]);
  EXPECT_GT(countries["ES"], countries["GB"]);
  for (const char* stage : {"prospect", "customer", "at_risk", "lapsed", "won_back"}) {
    EXPECT_GT(stages[stage], 20) << stage;
  }
  EXPECT_GT(returns, 100);
}

TEST(Crowd, HasNoAddressOrNumberOfARealPerson) {
  std::set<std::string> mails;
  for (const auto& p : thousands().persons) {
    if (!p.email.empty()) {
      EXPECT_TRUE(mails.insert(p.email).second) << p.email;
      EXPECT_TRUE(p.email.ends_with(".example") || p.email.ends_with("@example.com") ||
                  p.email.ends_with("@example.org") || p.email.ends_with("@example.net"))
          << p.email;
      EXPECT_EQ(entity::email_form(p.email), p.email);
    }
    if (!p.phone.empty()) {
      EXPECT_EQ(entity::phone_form(p.phone, "AT"), p.phone);
    }
  }
}

TEST(Story, IsToldWhole) {
  const auto story = read_story(setting(), today(), 1);
  ASSERT_TRUE(story) << story.error().details;
  EXPECT_EQ(story->users.size(), 7U);
  EXPECT_EQ(story->cast.companies.size(), 9U);
  EXPECT_EQ(story->cast.persons.size(), 16U);
  const auto& marta = story->cast.persons.front();
  EXPECT_EQ(marta.given + " " + marta.family, "Marta Soler Vidal");
  for (const auto& p : story->cast.persons) {
    if (!p.phone.empty()) {
      EXPECT_EQ(entity::phone_form(p.phone, "AT"), p.phone) << p.family;
    }
  }
  for (const auto& o : story->cast.orders) EXPECT_NE(o.total_cents, 0);
}

TEST(Story, MovesWithItsDate) {
  const auto now = read_story(setting(), today(), 1);
  const auto later = read_story(setting(), base::plus_days(today(), 1), 1);
  ASSERT_TRUE(now && later);
  EXPECT_EQ(later->cast.orders.front().at - now->cast.orders.front().at, base::days(1));
}

}  // namespace
}  // namespace rapport::crm
