// The demo company at start: `small` is there before the server says it is ready, `large` comes
// while it serves.
#pragma once

#include <atomic>
#include <optional>
#include <thread>

#include "base/problem.hpp"
#include "crm/demo/demo.hpp"
#include "server/application.hpp"

namespace rapport::server {

[[nodiscard]] crm::DemoOptions demo_options(const Configuration& configuration, crm::DemoSize size);
// None where it is there already, or where there are persons who are not of it. A load that was cut
// off is given again, with its day.
[[nodiscard]] base::Result<std::optional<crm::DemoOptions>> demo_to_load(
    Application& application, const Configuration& configuration, crm::DemoSize size);
[[nodiscard]] base::Result<crm::DemoProgress> load_demo_company(Application& application,
                                                                const crm::DemoOptions& options);

class DemoLoading {
 public:
  DemoLoading(Application& application, const Configuration& configuration)
      : application_(application), configuration_(configuration) {}
  ~DemoLoading() { stop(); }

  [[nodiscard]] base::Result<void> before_ready();
  void after_ready();
  void stop();  // a load cut off goes on at the next start

 private:
  Application& application_;
  const Configuration& configuration_;
  std::atomic<bool> stopping_ = false;
  std::jthread thread_;
};

}  // namespace rapport::server
