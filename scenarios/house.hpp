// The stage of the stories: the whole program in this process, on a database of its own and a clock
// that is set by hand, with three users: ada (administrator), ed (editor), ria (reader).
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "base/instant.hpp"
#include "browser.hpp"
#include "server/application.hpp"
#include "store/testing.hpp"

namespace rapport::scenarios {

inline constexpr std::string_view password = "a long enough password";

class House {
 public:
  House();
  ~House();
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  [[nodiscard]] Browser stranger() { return Browser(program_->port()); }
  // Signed in by name.
  [[nodiscard]] Browser browser_of(const std::string& user);
  void pass(base::Duration time) { *now_us_ += time.us; }
  [[nodiscard]] server::Application& program() { return *program_; }
  // Hash of every row of every table a request could have changed: equal before and after what was
  // refused.
  [[nodiscard]] std::string fingerprint();
  // Rows, as the database itself tells them.
  [[nodiscard]] std::string ask_database(std::string_view sql);
  // What the planner knows of records, which the database notes by itself within a minute; without,
  // it plans for empty tables. Gives what went wrong, or nothing. By table: of a whole database it
  // fails where a refresh drops a table in the meantime.
  [[nodiscard]] std::string analyze();
  // The statements that were run so far.
  [[nodiscard]] std::int64_t statements();

 private:
  store::TestDatabase database_;
  std::filesystem::path data_;
  std::shared_ptr<std::atomic<std::int64_t>> now_us_;
  std::unique_ptr<server::Application> program_;
};

// The stories of one theme share a house.
class Story : public testing::Test {
 protected:
  static void SetUpTestSuite() { house_ = std::make_unique<House>(); }
  static void TearDownTestSuite() { house_.reset(); }
  static House& house() { return *house_; }

 private:
  static inline std::unique_ptr<House> house_;
};

}  // namespace rapport::scenarios
