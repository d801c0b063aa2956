#include "records.hpp"

#include <algorithm>
#include <atomic>
#include <span>

#include "platform/platform.hpp"

namespace rapport::scenarios {

base::Value euro(std::int64_t cents) {
  return base::Money{base::Decimal::of(cents, 2), "EUR"};
}

entity::Item item(const base::Id& id, std::vector<std::pair<std::string, base::Value>> fields) {
  entity::Item made;
  made.id = id;
  for (auto& [name, value] : fields) made.fields.push_back({name, std::move(value)});
  return made;
}

void write_records(House& house, const std::string& object,
                   const std::vector<entity::Item>& items) {
  constexpr std::size_t at_once = 1000;
  for (std::size_t from = 0; from < items.size(); from += at_once) {
    const auto chunk = std::span(items).subspan(from, std::min(at_once, items.size() - from));
    entity::Work work;
    work.writes.push_back(entity::Create{.object = object, .items = {chunk.begin(), chunk.end()}});
    const auto done = house.program().road().write(entity::program({.kind = "story"}), work);
    ASSERT_TRUE(done) << done.error().message << done.error().details;
  }
}

std::unique_ptr<crm::Refresh> refresh_of(House& house) {
  return std::make_unique<crm::Refresh>(
      house.program().road(), house.program().platform().settings(), [&house] {
        static std::atomic<std::int64_t> microseconds = 0;
        return house.program().road().now() + base::Duration{++microseconds};
      });
}

}  // namespace rapport::scenarios
