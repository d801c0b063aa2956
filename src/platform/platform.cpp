#include "platform/platform.hpp"

#include <atomic>
#include <utility>

#include "base/log.hpp"
#include "entity/road.hpp"
#include "platform/access/access_listener.hpp"
#include "store/listener.hpp"

namespace rapport::platform {
namespace {

constexpr base::Duration kSearchCleanEvery = base::seconds(30);
constexpr base::Duration kSearchSweepEvery = base::hours(24);
constexpr base::Duration kAccessSweepEvery = base::hours(1);

}  // namespace

struct Platform::State {
  State(PlatformOptions with_options, store::Pool& pool, entity::Road& road,
        const base::Clock& clock)
      : options(std::move(with_options)),
        access(pool, clock, options.access),
        audit(pool, clock),
        settings(pool, clock),
        search(pool, road, settings),
        jobs(pool, clock, options.jobs),
        listeners(pool, clock, options.listeners) {}

  PlatformOptions options;
  Access access;
  Audit audit;
  Settings settings;
  Search search;
  Jobs jobs;
  ChangeListeners listeners;
  std::unique_ptr<store::Listener> notices;

  void declare_jobs();
  void noticed(std::string_view channel, std::string_view payload);
  void connected();
};

Platform::Platform(PlatformOptions options, store::Pool& pool, entity::Road& road,
                   const base::Clock& clock)
    : state_(std::make_unique<State>(std::move(options), pool, road, clock)) {
  state_->declare_jobs();
  state_->listeners.add(state_->search.listener());
  state_->listeners.add(access_listener());
}

Platform::~Platform() {
  stop();
}

Access& Platform::access() {
  return state_->access;
}
Audit& Platform::audit() {
  return state_->audit;
}
Settings& Platform::settings() {
  return state_->settings;
}
Search& Platform::search() {
  return state_->search;
}
Jobs& Platform::jobs() {
  return state_->jobs;
}
ChangeListeners& Platform::listeners() {
  return state_->listeners;
}

void Platform::State::declare_jobs() {
  JobKind build;
  build.name = "search.build";
  build.run = [this](JobRun& run) -> base::Result<JobDone> {
    const auto done = search.build_missing([&run] { return run.may_go_on(); });
    if (!done && done.error().code == "search.stopped") return stopped();
    if (!done) return std::unexpected(done.error());
    return JobDone{};
  };
  jobs.declare(std::move(build));

  JobKind clean;
  clean.name = "search.clean";
  clean.every = kSearchCleanEvery;
  clean.run = [this](JobRun&) -> base::Result<JobDone> {
    if (const auto done = search.clean(); !done) return std::unexpected(done.error());
    return JobDone{};
  };
  jobs.declare(std::move(clean));

  JobKind forget;
  forget.name = "search.sweep";
  forget.every = kSearchSweepEvery;
  forget.run = [this](JobRun& run) -> base::Result<JobDone> {
    const auto done = search.sweep([&run] { return run.may_go_on(); });
    if (!done && done.error().code == "search.stopped") return stopped();
    if (!done) return std::unexpected(done.error());
    return JobDone{};
  };
  jobs.declare(std::move(forget));

  JobKind sweep;
  sweep.name = "access.sweep";
  sweep.every = kAccessSweepEvery;
  sweep.run = [this](JobRun&) -> base::Result<JobDone> {
    if (const auto done = access.sweep(); !done) return std::unexpected(done.error());
    return JobDone{};
  };
  jobs.declare(std::move(sweep));
}

base::Result<void> Platform::start() {
  auto& s = *state_;
  if (const auto loaded = s.settings.load(); !loaded) return loaded;
  s.jobs.start();
  s.listeners.start();
  s.notices = std::make_unique<store::Listener>(
      s.options.conninfo, std::vector<std::string>{"changes", "jobs", "access", "settings"},
      store::Listener::Callbacks{
          .notified = [&s](std::string_view channel,
                           std::string_view payload) { s.noticed(channel, payload); },
          .connected = [&s] { s.connected(); }});
  return s.jobs.enqueue({.kind = "search.build",
                         .payload = "{}",
                         .key = "search.build",
                         .run_at = {},
                         .running_will_do = true});
}

void Platform::stop() {
  auto& s = *state_;
  s.notices.reset();
  s.listeners.stop();
  s.jobs.stop();
}

void Platform::State::noticed(std::string_view channel, std::string_view payload) {
  if (channel == "changes") {
    listeners.wake();
    if (options.changes_notified) options.changes_notified(payload);
  } else if (channel == "jobs") {
    jobs.wake();
  } else if (channel == "access") {
    access.forget(payload);
  } else if (channel == "settings") {
    if (const auto loaded = settings.load(); !loaded) {
      base::log_warning("settings: " + loaded.error().message);
    }
  }
}

// What was notified while nobody listened is lost: as if all of it had come.
void Platform::State::connected() {
  for (const std::string_view channel : {"changes", "jobs", "access", "settings"}) {
    noticed(channel, "");
  }
}

}  // namespace rapport::platform
