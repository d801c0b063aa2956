// The whole program put together, in the order it is built up and taken down:
//
//   private cluster → pool → migrations → catalog → road → platform → exchange → edge
//
// `serve` opens it and listens; commands open it and use what they need; scenario tests open it in
// their own process, with a clock they set.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/problem.hpp"
#include "server/configuration/configuration.hpp"
#include "server/static_files.hpp"

namespace rapport::crm {
class Insight;
}
namespace rapport::entity {
class Road;
}
namespace rapport::platform {
class Access;
class Exchange;
class Platform;
}  // namespace rapport::platform
namespace rapport::store {
class Pool;
}

namespace rapport::server {

class Application {
 public:
  // Without a database URL, the private cluster in the data folder, which must be prepared
  // (data_folder.hpp). Migrations and the catalog's additions are applied.
  static base::Result<std::unique_ptr<Application>> open(const Configuration& configuration,
                                                         base::Clock clock = base::system_now);
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  [[nodiscard]] store::Pool& pool();
  [[nodiscard]] entity::Road& road();
  [[nodiscard]] platform::Platform& platform();
  [[nodiscard]] platform::Access& access();
  [[nodiscard]] platform::Exchange& exchange();
  [[nodiscard]] crm::Insight& insight();
  [[nodiscard]] const std::vector<int>& applied_migrations() const;
  [[nodiscard]] const std::string& data() const;  // the data folder

  // Listens, and starts jobs and change listeners. /readyz answers 200 after set_ready().
  [[nodiscard]] base::Result<void> serve(StaticFiles files);
  void set_ready();
  [[nodiscard]] std::uint16_t port() const;
  // False once the private database has died underneath.
  [[nodiscard]] bool database_lives() const;
  [[nodiscard]] base::Result<void> restart_database();
  // Refuses what is new, finishes what runs.
  void stop();

 private:
  struct State;
  explicit Application(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rapport::server
