// YAML read into JSON, remembering the line of every value. Plain true, false, null and numbers are
// what they look like; all else is text.
#pragma once

#include <map>
#include <string>

#include "base/json_fwd.hpp"
#include "base/problem.hpp"

namespace rapport::entity {

// Lines by JSON pointer.
class Lines {
 public:
  void note(const std::string& pointer, int line) { lines_.emplace(pointer, line); }
  // Of the value, or of the nearest one around it.
  [[nodiscard]] int at(std::string pointer) const;

 private:
  std::map<std::string, int> lines_;
};

// The fault's field is the line number as text.
[[nodiscard]] std::expected<base::Json, base::FieldProblem> json_of_yaml(const std::string& text,
                                                                         Lines& lines);

}  // namespace rapport::entity
