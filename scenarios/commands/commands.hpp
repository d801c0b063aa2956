// The stage of the stories of commands: a data folder of one's own.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "commands/program.hpp"
#include "people_file.hpp"

namespace rapport::scenarios {

inline const std::string password = "a long enough password";

inline base::Json counts(int received, int created, int updated, int unchanged, int rejected) {
  return {{"received", received},
          {"created", created},
          {"updated", updated},
          {"unchanged", unchanged},
          {"rejected", rejected}};
}

inline base::Json counts_of(const base::Json& import) {
  base::Json counted;
  for (auto name : {"received", "created", "updated", "unchanged", "rejected"})
    counted[name] = import.value(name, base::Json());
  return counted;
}

inline std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

class Commands : public testing::Test {
 protected:
  Folder folder;
  const std::string data = folder.path("data");

  // On the data folder.
  [[nodiscard]] Outcome rapport(Arguments arguments, std::string input = {}) const {
    arguments.insert(arguments.end(), {"--data", data});
    return run_program({std::move(arguments), std::move(input), {}});
  }
  [[nodiscard]] base::Json answer(Arguments arguments, std::string input = {}) const {
    arguments.emplace_back("--json");
    auto outcome = rapport(arguments, std::move(input));
    EXPECT_EQ(outcome.code, 0) << arguments[0] << ": " << outcome.err;
    auto json = outcome.json();
    EXPECT_TRUE(json.is_object() || json.is_array()) << arguments[0] << ": " << outcome.out;
    return json.is_discarded() ? base::Json() : json;
  }
  [[nodiscard]] Arguments import_of(const std::string& file) const {
    return {"import", file, "--mapping", folder.write("people.mapping.yaml", people_mapping)};
  }
  // Each command once, in the order of a first day; gives the key that was made.
  [[nodiscard]] std::string first_day() const;
  void import_and_take_back() const;
  // Whether a database runs on the data folder.
  [[nodiscard]] bool database_runs() const {
    return std::filesystem::exists(data + "/postgres/postmaster.pid");
  }
};

}  // namespace rapport::scenarios
