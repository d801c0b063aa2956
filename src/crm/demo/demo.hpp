// The demo company: Firnspur, an invented outfitter with a cast, a story and a crowd of customers
// around it. The same seed and date make the same records. `demo/` holds what it is made of.
//
//   load_demo(road, {.size = DemoSize::large, .persons = 100'000, .date = today})
//
// Everything is written through the road, in chunks that are keyed effects: a load that was cut off
// is taken up where it stood when it is asked for again.
#pragma once

#include <cstdint>
#include <functional>

#include "base/instant.hpp"
#include "base/problem.hpp"
#include "entity/road.hpp"

namespace rapport::crm {

enum class DemoSize { small, large };

struct DemoProgress {
  std::int64_t persons = 0;  // known ones; stand-ins are counted apart
  std::int64_t persons_planned = 0;
  std::int64_t stand_ins = 0, companies = 0, orders = 0, order_lines = 0, interactions = 0;
  std::int64_t tasks = 0;
  std::int64_t revenue_cents = 0;  // of all orders, returns taken off
};

struct DemoOptions {
  static constexpr std::int64_t persons_small = 320;
  static constexpr std::int64_t persons_large = 100'000;

  DemoSize size = DemoSize::small;
  std::int64_t persons = 0;  // of `large`, the cast among them; 0: persons_large
  double orders_each = 4.0;  // on average, by persons of the crowd
  base::Date date;           // the day the story is told
  std::uint64_t seed = 1;
  // After each chunk; false stops the load there, without a problem.
  std::function<bool(const DemoProgress&)> progress;
};

[[nodiscard]] base::Result<DemoProgress> load_demo(entity::Road& road, const DemoOptions& options);

}  // namespace rapport::crm
