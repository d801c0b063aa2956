// How long the rules of a basket file take: one basket a line, items separated by commas.
//
//   rules_bench FILE [SUPPORT [CONFIDENCE]]
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <unordered_map>

#include "analytics/baskets/rules.hpp"

int main(int argc, char** argv) {
  using namespace rapport::analytics;
  if (argc < 2) return 2;
  const double support = argc > 2 ? std::strtod(argv[2], nullptr) : 0.001;
  const double confidence = argc > 3 ? std::strtod(argv[3], nullptr) : 0.5;
  std::unordered_map<std::string, Item> known;
  Baskets baskets;
  std::ifstream file(argv[1]);
  for (std::string line; std::getline(file, line);) {
    std::vector<Item> items;
    for (std::size_t at = 0; at <= line.size();) {
      const std::size_t end = std::min(line.find(',', at), line.size());
      items.push_back(known.try_emplace(line.substr(at, end - at), static_cast<Item>(known.size()))
                          .first->second);
      at = end + 1;
    }
    baskets.add(items);
  }
  for (int run = 0; run < 5; ++run) {
    const std::clock_t from = std::clock();
    const auto rules = find_rules(baskets, {.support = support, .confidence = confidence});
    const double ms = 1e3 * static_cast<double>(std::clock() - from) / CLOCKS_PER_SEC;
    if (!rules) return std::fprintf(stderr, "%s\n", rules.error().message.c_str()), 1;
    std::printf("%zu baskets, %zu frequent sets, %zu rules: %.1f ms CPU\n", rules->baskets,
                rules->frequent_sets, rules->rules.size(), ms);
  }
  return 0;
}
