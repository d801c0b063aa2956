// How long similarities and next offers of a million persons take.
//
//   offers_bench [PERSONS [PRODUCTS]]      default 1,000,000 persons and 2,000 products
#include <sys/resource.h>

#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "analytics/baskets/offers.hpp"

namespace {

using namespace rapport::analytics;

struct Usage {
  double wall, cpu;
};

Usage now() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {
      std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(),
      seconds(used.ru_utime) + seconds(used.ru_stime)};
}

void say(const char* what, const Usage& from) {
  const Usage until = now();
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  std::printf("%-28s %6.2f s CPU  %6.2f s  %5ld MiB at most\n", what, until.cpu - from.cpu,
              until.wall - from.wall, used.ru_maxrss / 1024);
}

// Ten products a person on average, some far more popular than others, half of them from the
// person's own tenth of the range.
Baskets crowd(std::size_t persons, Item products) {
  std::mt19937_64 random(20261121);
  std::uniform_real_distribution<double> uniform;
  const auto popular = [&](Item among) {
    return static_cast<Item>(among * std::pow(uniform(random), 2.5));
  };
  Baskets baskets;
  baskets.reserve(persons, persons * 10);
  std::vector<Item> items;
  for (std::size_t person = 0; person < persons; ++person) {
    items.clear();
    const Item tenth = products / 10, own = static_cast<Item>(random() % 10) * tenth;
    for (std::size_t n = 1 + random() % 19; n > 0; --n)
      items.push_back(n % 2 == 0 ? own + popular(tenth) : popular(products));
    baskets.add(items);
  }
  return baskets;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t persons = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1'000'000;
  const auto products = static_cast<Item>(argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 2'000);
  Usage from = now();
  const Baskets holds = crowd(persons, products);
  say("making up the crowd", from);
  std::printf("%zu persons, %zu lines, %zu products\n", holds.size(), holds.lines(), holds.items());
  from = now();
  const auto alike = similarities(holds);
  say("similarities", from);
  from = now();
  const auto offers = next_offers(*alike, holds, {}, {}, {});
  say("next offers of all", from);
  std::printf("%zu offers\n", offers->offers.size());
  return 0;
}
