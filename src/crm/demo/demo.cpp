#include "crm/demo/demo.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <functional>
#include <utility>

#include "crm/demo/crowd.hpp"
#include "crm/demo/random.hpp"
#include "crm/demo/story.hpp"
#include "entity/policy.hpp"

namespace rapport::crm {
namespace {

using entity::Item;

// Persons of one chunk: with their orders and lines some thousands of records.
constexpr std::int64_t kChunkPersons = 500;
// Records of one transaction: well below the two seconds that one may take.
constexpr std::size_t kWorkItems = 2000;
constexpr std::uint64_t kCostStream = 0xC057;

class Loader {
 public:
  Loader(entity::Road& road, const DemoOptions& options)
      : road_(road), options_(options), caller_(entity::program({.kind = "demo", .id = {}})) {
    done_.persons_planned = planned(options);
  }

  base::Result<DemoProgress> load() {
    const Setting setting = read_setting(options_.seed);
    const auto story = read_story(setting, options_.date, options_.seed);
    if (!story) return std::unexpected(story.error());
    if (auto failed = firm(setting, *story)) return std::unexpected(std::move(*failed));
    CrowdOptions crowd_options;
    crowd_options.seed = options_.seed;
    crowd_options.date = options_.date;
    crowd_options.orders_each = options_.orders_each;
    for (const UserRecord& user : story->users) {
      if (user.role == "editor") crowd_options.users.push_back(user.id);
    }
    if (auto failed = costs(setting)) return std::unexpected(std::move(*failed));
    const Crowd crowd(setting, std::move(crowd_options));
    const auto told = std::ranges::count(story->cast.persons, false, &PersonRecord::anonymous);
    const std::int64_t crowd_size = done_.persons_planned - told;
    for (std::int64_t first = 0; first < crowd_size; first += kChunkPersons) {
      if (options_.progress && !options_.progress(done_)) return done_;
      const Batch people = crowd.batch(first, std::min(kChunkPersons, crowd_size - first));
      if (auto failed = batch(fmt::format("crowd/{}", first), people)) {
        return std::unexpected(std::move(*failed));
      }
    }
    // Lists show the newest first: whoever is told of comes last, to be met first.
    if (auto failed = batch("story", story->cast)) return std::unexpected(std::move(*failed));
    if (options_.progress) (void)options_.progress(done_);
    return done_;
  }

 private:
  using Failed = std::optional<base::Problem>;

  static std::int64_t planned(const DemoOptions& options) {
    if (options.size == DemoSize::small) return DemoOptions::persons_small;
    return options.persons > 0 ? options.persons : DemoOptions::persons_large;
  }

  // Teams and users name each other: the managers come last.
  Failed firm(const Setting& setting, const Story& story) {
    if (auto failed = create("firm", "product", setting.products)) return failed;
    if (auto failed = create("firm", "team", story.teams)) return failed;
    if (auto failed = create("firm", "user", story.users)) return failed;
    entity::Change managers{.object = "team", .items = {}};
    for (const TeamRecord& team : story.teams) {
      if (!team.manager) continue;
      Item item;
      item.id = team.id;
      item.fields.push_back({"manager", base::Value(*team.manager)});
      managers.items.push_back(std::move(item));
    }
    return write("firm/managers", std::move(managers));
  }

  // What channels cost, for as many persons as there will be: this month and the two years before.
  Failed costs(const Setting& setting) {
    constexpr int months = 25;
    constexpr std::int64_t capacity_min = 60;
    Random random(options_.seed, kCostStream);
    const auto new_id = [&] {
      return base::id_at(base::start_of_day(options_.date, "UTC").us / 1000, random.next(),
                         random.next());
    };
    std::vector<PoolRecord> pools;
    const auto today = base::civil_of(options_.date);
    const auto this_month = base::date_of({today.year, today.month, 1});
    for (const DemoPool& pool : setting.cost_pools) {
      for (int back = 0; back < months; ++back) {
        const double wanted = pool.minutes * static_cast<double>(done_.persons_planned) *
                              (.9 + .2 * random.uniform());
        const auto capacity = std::max(capacity_min, static_cast<std::int64_t>(wanted));
        pools.push_back({.id = new_id(),
                         .channel = pool.channel,
                         .month = base::plus_months(this_month, -back),
                         .cost_cents = static_cast<std::int64_t>(100 * pool.rate *
                                                                 static_cast<double>(capacity)),
                         .capacity_minutes = capacity});
      }
    }
    std::vector<RateRecord> rates;
    for (const DemoRate& rate : setting.cost_rates) {
      rates.push_back({new_id(), rate.channel, rate.activity, rate.minutes});
    }
    if (auto failed = create("costs", "cost_pool", pools)) return failed;
    return create("costs", "cost_rate", rates);
  }

  Failed batch(const std::string& name, const Batch& batch) {
    for (int level = 0; level <= deepest(batch); ++level) {
      std::vector<CompanyRecord> companies;
      for (const CompanyRecord& company : batch.companies) {
        if (company.level == level) companies.push_back(company);
      }
      if (auto failed = create(fmt::format("{}/{}", name, level), "company", companies)) {
        return failed;
      }
    }
    if (auto failed = create(name, "person", batch.persons)) return failed;
    if (auto failed = create(name, "order", batch.orders)) return failed;
    if (auto failed = lines(name, batch.orders)) return failed;
    if (auto failed = create(name, "interaction", batch.interactions)) return failed;
    if (auto failed = create(name, "task", batch.tasks)) return failed;
    count(batch);
    return std::nullopt;
  }

  static int deepest(const Batch& batch) {
    int level = -1;
    for (const CompanyRecord& company : batch.companies) level = std::max(level, company.level);
    return level;
  }

  template <class Records>
  Failed create(const std::string& name, const char* object, const Records& records) {
    std::vector<Item> items;
    items.reserve(records.size());
    for (const auto& record : records) items.push_back(item_of(record));
    return create_items(name, object, std::move(items));
  }

  Failed lines(const std::string& name, const std::vector<OrderRecord>& orders) {
    std::vector<Item> items;
    for (const OrderRecord& order : orders) {
      for (std::size_t i = 0; i < order.lines.size(); ++i) items.push_back(item_of(order, i));
    }
    return create_items(name, "order_line", std::move(items));
  }

  Failed create_items(const std::string& name, const char* object, std::vector<Item> items) {
    for (std::size_t from = 0; from < items.size(); from += kWorkItems) {
      const std::size_t to = std::min(items.size(), from + kWorkItems);
      entity::Create create{.object = object, .items = {}};
      create.items.assign(
          std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(from)),
          std::make_move_iterator(items.begin() + static_cast<std::ptrdiff_t>(to)));
      if (auto failed = write(fmt::format("{}/{}/{}", name, object, from), std::move(create))) {
        return failed;
      }
    }
    return std::nullopt;
  }

  Failed write(const std::string& name, entity::Write what) {
    entity::Work work;
    work.writes.push_back(std::move(what));
    work.effect = fmt::format("demo/{}/{}/{}/{}/{}", base::to_text(options_.date), options_.seed,
                              done_.persons_planned, options_.orders_each, name);
    // The records' ids are known beforehand; the results need not be kept.
    work.note = [](const entity::WorkResult&) { return std::string("{}"); };
    auto result = road_.write(caller_, work);
    if (result) return std::nullopt;
    result.error().details = name + ": " + result.error().details;
    return std::move(result.error());
  }

  void count(const Batch& batch) {
    for (const PersonRecord& person : batch.persons) {
      ++(person.anonymous ? done_.stand_ins : done_.persons);
    }
    done_.companies += static_cast<std::int64_t>(batch.companies.size());
    done_.orders += static_cast<std::int64_t>(batch.orders.size());
    done_.interactions += static_cast<std::int64_t>(batch.interactions.size());
    done_.tasks += static_cast<std::int64_t>(batch.tasks.size());
    for (const OrderRecord& order : batch.orders) {
      done_.order_lines += static_cast<std::int64_t>(order.lines.size());
      done_.revenue_cents += order.total_cents;
    }
  }

  entity::Road& road_;
  const DemoOptions& options_;
  entity::Caller caller_;
  DemoProgress done_;
};

}  // namespace

base::Result<DemoProgress> load_demo(entity::Road& road, const DemoOptions& options) {
  return Loader(road, options).load();
}

}  // namespace rapport::crm
