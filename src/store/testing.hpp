// For tests: a throw-away private cluster, started once a test program, and an empty database a
// test, made from a template in some ten milliseconds.
#pragma once

#include <memory>
#include <string>

#include "store/database.hpp"

namespace rapport::store {

class TestDatabase {
 public:
  TestDatabase();   // a new empty database on the program's cluster
  ~TestDatabase();  // dropped
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;
  [[nodiscard]] Pool& pool();
  [[nodiscard]] const std::string& conninfo() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rapport::store
