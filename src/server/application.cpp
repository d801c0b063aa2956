#include "server/application.hpp"

#include <atomic>
#include <filesystem>

#include "base/log.hpp"
#include "crm/insight/figures/set_names.hpp"
#include "crm/insight/insight.hpp"
#include "entity/catalog/catalog_store.hpp"
#include "entity/catalog/object_file.hpp"
#include "entity/road.hpp"
#include "entity/rules/rules.hpp"
#include "platform/exchange/exchange.hpp"
#include "platform/platform.hpp"
#include "server/edge/edge.hpp"
#include "server/handlers/call.hpp"
#include "server/live_changes.hpp"
#include "server/routes.hpp"
#include "store/cluster.hpp"
#include "store/database.hpp"
#include "store/external_database.hpp"
#include "store/migration.hpp"

namespace rapport::server {

namespace fs = std::filesystem;

// Members are declared in the order they are built; they go in the opposite one.
struct Application::State {
  Configuration configuration;
  base::Clock clock;

  std::optional<store::Cluster> cluster;  // none where --database names another
  std::string conninfo;
  std::unique_ptr<store::Pool> pool;
  std::vector<int> migrations;
  std::unique_ptr<entity::CatalogStore> catalog;
  entity::Rules rules;
  std::unique_ptr<entity::Road> road;
  std::unique_ptr<platform::Platform> platform;
  std::unique_ptr<platform::Exchange> exchange;
  std::unique_ptr<crm::Insight> insight;

  // Of `serve` alone.
  StaticFiles files;
  std::atomic<bool> ready = false;
  std::unique_ptr<Services> services;
  std::unique_ptr<Workers> workers, slow_workers;
  std::unique_ptr<Edge> edge;
  std::unique_ptr<LiveChanges> live;
  std::atomic<LiveChanges*> live_now = nullptr;  // for the listening thread

  [[nodiscard]] store::ClusterOptions cluster_options() const {
    return {.data = configuration.text("data"),
            .bin = configuration.text("postgres_bin"),
            .shared_buffers = configuration.text("shared_buffers"),
            .run_as = configuration.text("run_as")};
  }
  base::Result<void> open_database();
  base::Result<void> open_records();
  base::Result<void> open_platform();
  base::Result<void> listen();
  void changed(std::string_view payload);
};

base::Result<void> Application::State::open_database() {
  conninfo = configuration.text("database");
  if (conninfo.empty()) {
    auto started = store::Cluster::start_or_join(cluster_options());
    if (!started) return std::unexpected(started.error());
    cluster = std::move(*started);
    conninfo = cluster->conninfo();
  } else {
    auto external = store::external_conninfo(conninfo);
    if (!external) return std::unexpected(external.error());
    conninfo = std::move(*external);
  }
  pool = std::make_unique<store::Pool>(store::PoolOptions{
      .conninfo = conninfo,
      .connections_max = static_cast<int>(configuration.integer("connections"))});
  if (!cluster)
    if (auto good = store::check_external_database(*pool); !good) return good;
  auto all = store::embedded_migrations();
  if (!all) return std::unexpected(all.error());
  auto applied = store::migrate(*pool, *all);
  if (!applied) return std::unexpected(applied.error());
  migrations = std::move(*applied);
  return {};
}

base::Result<void> Application::State::open_records() {
  auto standard = entity::read_object_files(entity::embedded_object_types());
  if (!standard) return std::unexpected(standard.error());
  auto opened = entity::CatalogStore::open(*pool, std::move(*standard));
  if (!opened) return std::unexpected(opened.error());
  catalog = std::move(*opened);
  // A concept's rules are added here, one line a wing.
  rules.exclusive = [this](std::string_view kind) {
    if (kind == "email") return !platform || platform->settings().current()->email_exclusive;
    return kind != "phone";
  };
  road = std::make_unique<entity::Road>(*pool, *catalog, rules, clock);
  // The sets that figures open, one line a wing.
  for (const auto& set : crm::all_sets()) road->sets().add(set);
  return {};
}

base::Result<void> Application::State::open_platform() {
  platform::PlatformOptions options;
  options.conninfo = conninfo;
  options.access.session_idle = base::hours(configuration.integer("session_idle_hours"));
  options.access.session_absolute = base::days(configuration.integer("session_days"));
  options.changes_notified = [this](std::string_view payload) { changed(payload); };
  platform = std::make_unique<platform::Platform>(std::move(options), *pool, *road, clock);
  auto folder = fs::path(configuration.text("data")) / "imports";
  std::error_code error;
  fs::create_directories(folder, error);
  if (error)
    return base::refuse(base::ProblemKind::unavailable, "server.data_folder",
                        "Cannot make the folder " + folder.string() + ": " + error.message() + ".");
  exchange = std::make_unique<platform::Exchange>(
      *road, platform::ExchangeOptions{.folder = folder,
                                       .file_bytes_max = configuration.integer("upload_bytes")});
  insight = std::make_unique<crm::Insight>(*road, platform->settings(), clock);
  return platform->settings().load();
}

base::Result<void> Application::State::listen() {
  services = std::make_unique<Services>(
      Services{.road = *road,
               .access = platform->access(),
               .audit = platform->audit(),
               .search = platform->search(),
               .settings = platform->settings(),
               .exchange = *exchange,
               .insight = *insight,
               .public_url = configuration.text("public_url"),
               .session_lifetime = base::days(configuration.integer("session_days")),
               .ready = [this] { return ready.load(); }});
  auto count = [&](std::string_view name) {
    return static_cast<std::size_t>(configuration.integer(name));
  };
  workers = std::make_unique<Workers>(
      WorkersOptions{.name = "worker", .threads = count("workers"), .waiting_max = count("queue")});
  slow_workers = std::make_unique<Workers>(WorkersOptions{
      .name = "slow", .threads = count("slow_workers"), .waiting_max = count("queue")});
  auto uploads = fs::path(configuration.text("data")) / "uploads";
  std::error_code error;
  fs::remove_all(uploads, error);  // of requests that a crash cut off
  fs::create_directories(uploads, error);
  auto address = *parse_listen(configuration.text("listen"));
  auto started = Edge::start(
      {.address = address.address,
       .port = address.port,
       .limits = {},
       .upload_folder = uploads,
       .access_log = configuration.boolean("access_log")},
      site_of(
          *services, files,
          {.upload_bytes_max = static_cast<std::uint64_t>(configuration.integer("upload_bytes"))}),
      *workers, *slow_workers);
  if (!started) return std::unexpected(started.error());
  edge = std::move(*started);
  live = std::make_unique<LiveChanges>(
      *pool, [this](LiveEvent event) { edge->publish(std::move(event)); });
  live_now = live.get();
  return {};
}

void Application::State::changed(std::string_view) {
  if (auto* follower = live_now.load()) follower->wake();
}

base::Result<std::unique_ptr<Application>> Application::open(const Configuration& configuration,
                                                             base::Clock clock) {
  auto state = std::make_unique<State>();
  state->configuration = configuration;
  state->clock = std::move(clock);
  if (auto done = state->open_database(); !done) return std::unexpected(done.error());
  if (auto done = state->open_records(); !done) return std::unexpected(done.error());
  if (auto done = state->open_platform(); !done) return std::unexpected(done.error());
  return std::unique_ptr<Application>(new Application(std::move(state)));
}

base::Result<void> Application::serve(StaticFiles files) {
  state_->files = std::move(files);
  if (auto listening = state_->listen(); !listening) return listening;
  state_->exchange->use(state_->platform->jobs(), state_->platform->access());
  state_->insight->use(state_->platform->jobs(), state_->platform->listeners());
  if (auto started = state_->platform->start(); !started) return started;
  return state_->exchange->resume();
}

void Application::stop() {
  if (state_->edge) state_->edge->stop();
  if (state_->workers) state_->workers->stop();
  if (state_->slow_workers) state_->slow_workers->stop();
  state_->platform->stop();
  state_->live_now = nullptr;
  state_->live.reset();
  state_->edge.reset();
}

Application::Application(std::unique_ptr<State> state) : state_(std::move(state)) {}

Application::~Application() {
  stop();
}

void Application::set_ready() {
  state_->ready = true;
}
std::uint16_t Application::port() const {
  return state_->edge ? state_->edge->port() : 0;
}
bool Application::database_lives() const {
  return !state_->cluster || state_->cluster->alive();
}

base::Result<void> Application::restart_database() {
  auto again = store::Cluster::start_or_join(state_->cluster_options());
  if (!again) return std::unexpected(again.error());
  if (again->conninfo() != state_->conninfo)
    return base::refuse(base::ProblemKind::unavailable, "server.database_moved",
                        "The database came back at another socket; the program must restart.");
  state_->cluster = std::move(*again);
  return {};
}

store::Pool& Application::pool() {
  return *state_->pool;
}
entity::Road& Application::road() {
  return *state_->road;
}
platform::Platform& Application::platform() {
  return *state_->platform;
}
platform::Access& Application::access() {
  return state_->platform->access();
}
platform::Exchange& Application::exchange() {
  return *state_->exchange;
}
crm::Insight& Application::insight() {
  return *state_->insight;
}
const std::string& Application::data() const {
  return state_->configuration.text("data");
}
const std::vector<int>& Application::applied_migrations() const {
  return state_->migrations;
}

}  // namespace rapport::server
