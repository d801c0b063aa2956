#include "crm/demo/setting.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <stdexcept>

#include "base/decimal.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"

namespace rapport::crm {
namespace {

// When the assortment was made: three years before anybody could ask.
constexpr std::int64_t kProductsMadeMs = 1'600'000'000'000;
// How steeply names thin out with their rank.
constexpr double kGivenFlat = 5;
constexpr double kFamilyFlat = 9;

using Row = std::vector<std::string>;

// The demo's tables quote nothing: no cell has the separator in it. The head is left out.
std::vector<Row> table(std::string_view name, char separator) {
  std::vector<Row> rows;
  for (const std::string_view line : base::split(demo_file(name), '\n')) {
    if (line.empty()) continue;
    Row row;
    for (const std::string_view cell : base::split(line, separator)) row.emplace_back(cell);
    rows.push_back(std::move(row));
  }
  rows.erase(rows.begin());
  return rows;
}

std::vector<std::string> texts(const YAML::Node& list) {
  return list.as<std::vector<std::string>>();
}

void read_products(Setting& setting, std::uint64_t seed) {
  constexpr double in_season = 1.6;
  constexpr double out_of_season = 0.25;
  Random random(seed, 0xF1);
  for (const Row& row : table("products.csv", ',')) {
    Product product;
    product.id = base::id_at(kProductsMadeMs, random.next(), random.next());
    product.number = row.at(0);
    product.name = row.at(1);
    product.category = row.at(2);
    product.brand = row.at(3);
    product.kind = row.at(4);
    product.price_cents = cents_of(row.at(5));
    product.cost_cents = cents_of(row.at(6));
    product.unit = row.at(7);
    product.season = row.at(8);
    const double weight = std::stod(row.at(9));
    const bool all_year = product.season == "all";
    const auto in = [&](std::string_view season) {
      return weight * (all_year ? 1 : product.season == season ? in_season : out_of_season);
    };
    setting.winter_products.add(in("winter"));
    setting.summer_products.add(in("summer"));
    setting.products.push_back(std::move(product));
  }
}

void read_countries(Setting& setting) {
  const YAML::Node places = YAML::Load(std::string(demo_file("places.yaml")));
  const YAML::Node names = YAML::Load(std::string(demo_file("names.yaml")));
  for (const auto& entry : places) {
    Country country;
    country.code = entry.first.as<std::string>();
    const YAML::Node& place = entry.second;
    country.language = place["language"].as<std::string>();
    country.tax_percent = place["tax"].as<int>();
    country.postal_length = place["postal_length"].as<int>();
    country.phones = texts(place["phone"]);
    country.streets = texts(place["streets"]);
    for (const auto& city : place["cities"]) {
      country.cities.push_back(
          {city[0].as<std::string>(), city[1].as<std::string>(), city[2].as<std::string>()});
      country.city_weights.add(city[3].as<double>());
    }
    const YAML::Node known = names[country.code];
    country.female = texts(known["female"]);
    country.male = texts(known["male"]);
    country.family = texts(known["family"]);
    country.female_weights = Weights::by_rank(country.female.size(), kGivenFlat);
    country.male_weights = Weights::by_rank(country.male.size(), kGivenFlat);
    country.family_weights = Weights::by_rank(country.family.size(), kFamilyFlat);
    setting.country_weights.add(place["weight"].as<double>());
    setting.countries.push_back(std::move(country));
  }
}

void read_companies(Setting& setting) {
  const YAML::Node companies = YAML::Load(std::string(demo_file("companies.yaml")));
  for (const auto& kind : companies["kinds"]) {
    setting.company_kinds.push_back({kind["industry"].as<std::string>(), texts(kind["names"])});
    setting.company_weights.add(kind["weight"].as<double>());
  }
  setting.company_roles = texts(companies["roles"]);
  setting.company_sources = texts(companies["sources"]);
}

void read_small_talk(Setting& setting) {
  for (const Row& row : table("interactions.csv", '|')) {
    setting.interactions.push_back({row.at(0), row.at(1), row.at(2), row.at(3), row.at(4),
                                    std::stoi(row.at(5)), cents_of(row.at(6))});
    setting.interaction_weights.add(std::stod(row.at(7)));
  }
  for (const Row& row : table("tasks.csv", '|')) {
    setting.tasks.push_back({row.at(0), row.at(1)});
    setting.task_weights.add(std::stod(row.at(2)));
  }
  for (const Row& row : table("sources.csv", '|')) {
    setting.sources.push_back(row.at(0));
    setting.source_weights.add(std::stod(row.at(1)));
  }
}

void read_costs(Setting& setting) {
  for (const Row& row : table("cost_pools.csv", ',')) {
    setting.cost_pools.push_back({row.at(0), std::stod(row.at(1)), std::stod(row.at(2))});
  }
  for (const Row& row : table("cost_rates.csv", ',')) {
    setting.cost_rates.push_back({row.at(0), row.at(1), row.at(2)});
  }
}

}  // namespace

const Product* Setting::product(std::string_view number) const {
  const auto found = std::find_if(products.begin(), products.end(),
                                  [&](const Product& p) { return p.number == number; });
  return found == products.end() ? nullptr : &*found;
}

const Country& Setting::country(std::string_view code) const {
  const auto found = std::find_if(countries.begin(), countries.end(),
                                  [&](const Country& c) { return c.code == code; });
  return found == countries.end() ? countries.front() : *found;
}

Setting read_setting(std::uint64_t seed) {
  Setting setting;
  read_products(setting, seed);
  read_countries(setting);
  read_companies(setting);
  read_small_talk(setting);
  read_costs(setting);
  return setting;
}

std::string_view demo_file(std::string_view name) {
  for (const base::EmbeddedFile& file : base::embedded_demo_files()) {
    if (file.path.ends_with(name)) return file.text;
  }
  throw std::logic_error("the program was built without demo/" + std::string(name));
}

std::int64_t cents_of(std::string_view amount) {
  const auto decimal = base::parse_decimal(amount);
  if (!decimal) throw std::logic_error("no amount: " + std::string(amount));
  auto cents = static_cast<std::int64_t>(decimal->coefficient());
  for (int scale = decimal->scale(); scale < 2; ++scale) cents *= 10;
  return cents;
}

}  // namespace rapport::crm
