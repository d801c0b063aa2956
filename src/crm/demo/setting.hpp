// What the demo company is made of: its assortment, and the names, places and small talk of its
// customers. Read from the files in `demo/` that the program carries with it.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/problem.hpp"
#include "crm/demo/random.hpp"

namespace rapport::crm {

struct Product {
  base::Id id;
  std::string number, name, category, brand, kind, unit, season;
  std::int64_t price_cents = 0, cost_cents = 0;
};

struct City {
  std::string name, region, postal;
};

struct Country {
  std::string code, language;
  int tax_percent = 0;
  int postal_length = 5;
  std::vector<std::string> phones, streets, female, male, family;
  std::vector<City> cities;
  Weights city_weights, female_weights, male_weights, family_weights;
};

struct CompanyKind {
  std::string industry;
  std::vector<std::string> names;
};

struct InteractionKind {
  std::string channel, direction, subject, body, outcome;
  int minutes = 0;
  std::int64_t cost_cents = 0;
};

struct TaskKind {
  std::string kind, subject;
};

// What a channel costs: minutes of capacity in a month for each person of the crowd, and what a
// minute costs.
struct DemoPool {
  std::string channel;
  double minutes = 0, rate = 0;
};

struct DemoRate {
  std::string channel, activity, minutes;
};

struct Setting {
  std::vector<DemoPool> cost_pools;
  std::vector<DemoRate> cost_rates;
  std::vector<Product> products;
  Weights winter_products, summer_products;
  std::vector<Country> countries;
  Weights country_weights;
  std::vector<CompanyKind> company_kinds;
  Weights company_weights;
  std::vector<std::string> company_roles, company_sources;
  std::vector<InteractionKind> interactions;
  Weights interaction_weights;
  std::vector<TaskKind> tasks;
  Weights task_weights;
  std::vector<std::string> sources;
  Weights source_weights;

  [[nodiscard]] const Product* product(std::string_view number) const;
  [[nodiscard]] const Country& country(std::string_view code) const;  // the first, where unknown
};

[[nodiscard]] Setting read_setting(std::uint64_t seed);

// The text of one of the demo's files; what is missing is a fault of the build.
[[nodiscard]] std::string_view demo_file(std::string_view name);

// "189.90" → 18990
[[nodiscard]] std::int64_t cents_of(std::string_view amount);

}  // namespace rapport::crm
