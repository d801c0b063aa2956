// How fast the road is over the real object types: `write_bench [PERSONS]` prints one line a
// measurement. Run it from a Release build; the figures of the README of bench/ come from HTTP.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "entity/catalog/catalog_store.hpp"
#include "entity/catalog/object_file.hpp"
#include "entity/road.hpp"
#include "entity/rules/rules.hpp"
#include "store/migration.hpp"
#include "store/testing.hpp"

namespace rapport::entity {
namespace {

constexpr int chunk = 2000;

// Processor seconds of a process so far, from the kernel's ticks: what a busy machine does not
// blur.
double cpu_of(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string word;
  double ticks = 0;
  for (int i = 1; file >> word; ++i) {
    if (i == 14 || i == 15) ticks += std::stod(word);  // utime, stime
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

template <class T>
T must(base::Result<T> result) {
  if (result) return std::move(*result);
  fmt::print(stderr, "{}: {} {}\n", result.error().code, result.error().message,
             result.error().details);
  std::exit(1);
}

std::unique_ptr<CatalogStore> open(store::Pool& pool) {
  must(store::migrate(pool, must(store::embedded_migrations())));
  return must(CatalogStore::open(pool, must(read_object_files(embedded_object_types()))));
}

Key external(std::string value) {
  return {Key::Kind::external, "bench", std::move(value)};
}

Item person(int i) {
  Item made;
  base::PersonName name;
  name.given = fmt::format("Given{}", i % 997);
  name.family = fmt::format("Family{}", i % 7919);
  name.full = name.given + " " + name.family;
  base::Address address;
  address.line1 = fmt::format("Street {}", i % 5000);
  address.city = fmt::format("City {}", i % 300);
  address.country = "ES";
  made.fields = {{"name", base::Value{name}},
                 {"email", base::Value{fmt::format("person{}@bench.example", i)}},
                 {"address", base::Value{address}},
                 {"lifecycle", base::Value{std::string(i % 3 == 0 ? "customer" : "prospect")}}};
  made.keys = {external(fmt::format("p{}", i))};
  made.pointer = fmt::format("row {}", i);
  return made;
}

Item order(int i, int persons) {
  Item made;
  base::Money total;
  total.amount = base::Decimal::of(1000 + i % 9000, 2);
  total.currency = "EUR";
  made.fields = {{"number", base::Value{fmt::format("{}", i)}},
                 {"placed_at", base::Value{base::Instant{1'700'000'000'000'000 + i * 1'000'000LL}}},
                 {"person", external(fmt::format("p{}", (i * 7919LL) % persons))},
                 {"total", base::Value{total}},
                 {"quantity", base::Value{base::Decimal(i % 9)}}};
  made.keys = {external(fmt::format("o{}", i))};
  return made;
}

class Bench {
 public:
  explicit Bench(int persons)
      : persons_(persons),
        catalog_(open(database_.pool())),
        road_(database_.pool(), *catalog_, rules_, base::system_now),
        caller_(program({})) {
    auto tx = must(database_.pool().begin(store::Mode::read_only));
    backend_ = tx.run({"pid", "select pg_backend_pid()"})->text(0, 0);
  }

  void run() {
    upserts("new persons", "person", persons_, [](int i) { return person(i); });
    upserts("the same persons", "person", persons_ / 5, [](int i) { return person(i); });
    const int orders = persons_ * 2;
    upserts("new orders", "order", orders, [&](int i) { return order(i, persons_); });
    upserts("the same orders", "order", orders / 5, [&](int i) { return order(i, persons_); });
    must(vacuum());
    singles();
    lists();
  }

 private:
  base::Result<int> vacuum() {
    database_.pool().run_alone({"vacuum", "vacuum analyze"});
    return 0;
  }

  void upserts(const char* what, const char* object, int many,
               const std::function<Item(int)>& make) {
    Timing timing;
    double spent = 0;
    const double own = cpu_of("self");
    const double of_database = cpu_of(backend_);
    for (int from = 0; from < many; from += chunk) {
      Upsert upsert{.object = object};
      for (int i = from; i < std::min(from + chunk, many); ++i) upsert.items.push_back(make(i));
      const Work work{.writes = {std::move(upsert)}, .partial = true};
      spent += seconds_of([&] {
        const auto done = must(road_.write(caller_, work));
        timing.plan.us += done.timing.plan.us;
        timing.gather.us += done.timing.gather.us;
        timing.rules.us += done.timing.rules.us;
        timing.write.us += done.timing.write.us;
      });
    }
    fmt::print(
        "{:<24} {:>9.0f}/s   cpu {:.1f} us + {:.1f} us of the database; plan {} ms, gather {} ms, "
        "rules {} ms, write {} ms\n",
        what, many / spent, 1e6 * (cpu_of("self") - own) / many,
        1e6 * (cpu_of(backend_) - of_database) / many, timing.plan.us / 1000,
        timing.gather.us / 1000, timing.rules.us / 1000, timing.write.us / 1000);
  }

  void report(const char* what, const std::function<void(int)>& one) {
    constexpr int times = 500;
    const double own = cpu_of("self");
    const double of_database = cpu_of(backend_);
    std::vector<double> ms;
    for (int i = 0; i < times; ++i) ms.push_back(1000 * seconds_of([&] { one(i); }));
    std::ranges::sort(ms);
    fmt::print("{:<24} p50 {:>7.2f} ms   p95 {:>7.2f} ms   cpu {:.2f} + {:.2f} ms\n", what,
               ms[times / 2], ms[times * 95 / 100], 1000 * (cpu_of("self") - own) / times,
               1000 * (cpu_of(backend_) - of_database) / times);
  }

  void singles() {
    std::vector<base::Id> ids;
    for (const Record& record :
         must(road_.list(caller_, {.object = "person", .limit = 1000})).records) {
      ids.push_back(record.id);
    }
    report("get", [&](int i) {
      must(road_.get(caller_, {.object = "person", .ids = {ids[i % ids.size()]}, .titles = true}));
    });
    report("create", [&](int i) {
      Item made = person(persons_ + i);
      must(road_.write(caller_, {.writes = {Create{"person", {std::move(made)}}}}));
    });
    report("change", [&](int i) {
      Item made;
      made.id = ids[i % ids.size()];
      made.fields = {{"job_title", base::Value{fmt::format("Title {}", i)}}};
      must(road_.write(caller_, {.writes = {Change{"person", {std::move(made)}}}}));
    });
  }

  void lists() {
    const auto list = [&](const char* what, List request) {
      request.object = "person";
      request.limit = 50;
      report(what, [&](int) { must(road_.list(caller_, request)); });
    };
    list("list by created", {.order = {"-created_at"}});
    list("list by name", {.order = {"name"}, .titles = true});
    list("list filtered", {.where = "lifecycle = 'customer'", .order = {"name"}});
    list("list filtered, counted",
         {.where = "lifecycle = 'customer'", .order = {"name"}, .count = Counting::exact});
    list("list estimated",
         {.where = "lifecycle = 'customer'", .order = {"name"}, .count = Counting::estimated});
    list("list far", {.order = {"name"}, .offset = persons_ / 2});
    List pages{.object = "person", .order = {"-name"}, .limit = 50};
    report("list by pages", [&](int) {
      const auto page = must(road_.list(caller_, pages));
      pages.after = page.after;
    });
  }

  int persons_;
  store::TestDatabase database_;
  std::unique_ptr<CatalogStore> catalog_;
  Rules rules_;
  Road road_;
  Caller caller_;
  std::string backend_;  // the one connection that all of this goes through
};

}  // namespace
}  // namespace rapport::entity

int main(int argc, char** argv) {
  const int persons = argc > 1 ? std::stoi(argv[1]) : 100'000;
  rapport::entity::Bench(persons).run();
}
