// For tests: a throw-away private cluster, started once a test program, and an empty database a
// test, made from a template in some ten milliseconds. The cluster ends with the program, however
// the program ends. The role is as in production: `rapport`, owner of its database, no superuser.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/database.hpp"

namespace rapport::store {

class TestDatabase {
 public:
  TestDatabase();  // a new empty database on the program's cluster
  // A copy of a database that `make` fills once a test program (migrations, object types, people).
  TestDatabase(std::string_view made_once, const std::function<void(Pool&)>& make);
  ~TestDatabase();  // dropped
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  [[nodiscard]] Pool& pool();
  [[nodiscard]] const std::string& conninfo() const;
  // The same database as superuser, for tests that break things.
  [[nodiscard]] std::string admin_conninfo() const;

 private:
  void create(std::string_view from);
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rapport::store
