#include "server/demo.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/log.hpp"
#include "entity/road.hpp"

namespace rapport::server {

namespace {

namespace fs = std::filesystem;

// What was begun and whether it was ended, so that the next start goes on with the same day instead
// of telling the story a second time.
struct Begun {
  std::string size;
  std::int64_t persons = 0;
  base::Date date;
  bool done = false;
};

fs::path marker(const Application& application) {
  return fs::path(application.data()) / "demo";
}

std::optional<Begun> read_marker(const Application& application) {
  std::ifstream in(marker(application));
  Begun begun;
  std::string date, state;
  if (!(in >> begun.size >> begun.persons >> date >> state)) return std::nullopt;
  begun.date = base::parse_date(date).value_or(base::Date{});
  begun.done = state == "done";
  return begun;
}

void write_marker(const Application& application, const crm::DemoOptions& options, bool done) {
  std::ofstream out(marker(application));
  out << (options.size == crm::DemoSize::small ? "small " : "large ") << options.persons << ' '
      << base::to_text(options.date) << (done ? " done\n" : " begun\n");
}

base::Result<bool> has_persons(Application& application) {
  entity::List list;
  list.object = "person";
  list.limit = 1;
  list.bin = entity::List::Bin::with;
  auto page =
      application.road().list(entity::program({.kind = "demo", .id = {}, .depth = 0}), list);
  if (!page) return std::unexpected(page.error());
  return !page->records.empty();
}

}  // namespace

crm::DemoOptions demo_options(const Configuration& configuration, crm::DemoSize size) {
  crm::DemoOptions options;
  options.size = size;
  if (size == crm::DemoSize::large) options.persons = configuration.integer("persons");
  auto date = base::parse_date(configuration.text("demo_date"));
  options.date = date ? *date : base::date_in_zone(base::system_now(), "UTC");
  return options;
}

base::Result<std::optional<crm::DemoOptions>> demo_to_load(Application& application,
                                                           const Configuration& configuration,
                                                           crm::DemoSize size) {
  auto options = demo_options(configuration, size);
  if (auto begun = read_marker(application)) {
    bool same = begun->size == (size == crm::DemoSize::small ? "small" : "large") &&
                begun->persons == options.persons;
    if (begun->done || !same) return std::nullopt;
    options.date = begun->date;
    return options;
  }
  auto persons = has_persons(application);
  if (!persons) return std::unexpected(persons.error());
  if (*persons) return std::nullopt;
  return options;
}

base::Result<crm::DemoProgress> load_demo_company(Application& application,
                                                  const crm::DemoOptions& options) {
  write_marker(application, options, false);
  bool whole = true;
  auto told = options;
  told.progress = [&](const crm::DemoProgress& progress) {
    whole = !options.progress || options.progress(progress);
    return whole;
  };
  auto loaded = crm::load_demo(application.road(), told);
  if (loaded && whole) write_marker(application, options, true);
  return loaded;
}

base::Result<void> DemoLoading::before_ready() {
  if (configuration_.text("demo") != "small") return {};
  auto options = demo_to_load(application_, configuration_, crm::DemoSize::small);
  if (!options) return std::unexpected(options.error());
  if (!*options) return {};
  auto loaded = load_demo_company(application_, **options);
  if (!loaded) return std::unexpected(loaded.error());
  base::log_info(fmt::format("demo: {} persons, {} orders", loaded->persons, loaded->orders));
  return {};
}

void DemoLoading::after_ready() {
  if (configuration_.text("demo") != "large") return;
  thread_ = std::jthread([this] {
    auto options = demo_to_load(application_, configuration_, crm::DemoSize::large);
    if (options && !*options) return;
    if (options) {
      (*options)->progress = [this](const crm::DemoProgress&) { return !stopping_; };
      auto loaded = load_demo_company(application_, **options);
      if (loaded) {
        base::log_info(fmt::format("demo: {} persons, {} orders", loaded->persons, loaded->orders));
        return;
      }
      base::log_error("demo: " + loaded.error().message);
      return;
    }
    base::log_error("demo: " + options.error().message);
  });
}

void DemoLoading::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

}  // namespace rapport::server
