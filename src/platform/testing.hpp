// For tests: a database with the program's own tables, a table of users with its cast, and a clock
// that is set by hand.
#pragma once

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "store/database.hpp"
#include "store/migration.hpp"
#include "store/testing.hpp"

namespace rapport::platform {

class TestClock {
 public:
  [[nodiscard]] base::Clock clock() const {
    return [us = us_] { return base::Instant{*us}; };
  }
  [[nodiscard]] base::Instant now() const { return {*us_}; }
  void advance(base::Duration d) { *us_ += d.us; }

 private:
  std::shared_ptr<std::atomic<std::int64_t>> us_ =
      std::make_shared<std::atomic<std::int64_t>>(base::system_now().us);
};

inline void must_run(store::Pool& pool, std::string_view sql, const store::Params& params = {}) {
  auto transaction = pool.begin(store::Mode::read_write);
  if (!transaction) throw std::runtime_error(transaction.error().message);
  (void)transaction->send({"test", sql}, params);
  if (const auto done = transaction->commit(); !done) {
    throw std::runtime_error(done.error().message);
  }
}

// The first cell of the first row; empty where there is none.
inline std::string ask(store::Pool& pool, std::string_view sql, const store::Params& params = {}) {
  auto transaction = pool.begin(store::Mode::read_only);
  if (!transaction) throw std::runtime_error(transaction.error().message);
  const auto rows = transaction->run({"test", sql}, params);
  if (!rows) throw std::runtime_error(rows.error().message);
  return rows->size() == 0 ? "" : std::string(rows->text(0, 0));
}

inline void make_platform_tables(store::Pool& pool) {
  const auto all = store::embedded_migrations();
  if (!all) throw std::runtime_error(all.error().message);
  if (const auto done = store::migrate(pool, *all); !done) {
    throw std::runtime_error(done.error().message + " " + done.error().details);
  }
}

}  // namespace rapport::platform
