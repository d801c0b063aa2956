// The platform as one piece: what `serve` starts after the road and stops before it. Commands that
// only need a part (adding a user) make that part alone.
//
//   Platform platform({.conninfo = …}, pool, road, clock);
//   platform.jobs().declare(import_job);      // others add their jobs and listeners here
//   platform.start();
//
// One connection listens for what other processes did: `changes` wakes the change listeners,
// `jobs` the job runners, `access` and `settings` empty their caches.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "platform/access/access.hpp"
#include "platform/audit/audit.hpp"
#include "platform/jobs/changes.hpp"
#include "platform/jobs/jobs.hpp"
#include "platform/search/search.hpp"
#include "platform/settings/settings.hpp"

namespace rapport::platform {

struct PlatformOptions {
  std::string conninfo;  // for the listening connection
  AccessOptions access;
  JobsOptions jobs;
  ListenersOptions listeners;
  // Also called with the payload of each NOTIFY `changes` (live updates), on the listening thread;
  // with "" after the connection was lost and is back.
  std::function<void(std::string_view payload)> changes_notified;
};

class Platform {
 public:
  Platform(PlatformOptions options, store::Pool& pool, entity::Road& road,
           const base::Clock& clock);
  ~Platform();
  Platform(const Platform&) = delete;
  Platform& operator=(const Platform&) = delete;

  [[nodiscard]] Access& access();
  [[nodiscard]] Audit& audit();
  [[nodiscard]] Settings& settings();
  [[nodiscard]] Search& search();
  [[nodiscard]] Jobs& jobs();
  [[nodiscard]] ChangeListeners& listeners();

  // Loads the settings, starts listening, jobs and listeners, builds search where it is missing.
  [[nodiscard]] base::Result<void> start();
  void stop();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rapport::platform
