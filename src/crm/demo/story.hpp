// The cast and its story, from demo/story.yaml, told as of one day.
#pragma once

#include <string>
#include <vector>

#include "base/problem.hpp"
#include "crm/demo/records.hpp"

namespace rapport::crm {

struct Story {
  std::vector<TeamRecord> teams;
  std::vector<UserRecord> users;
  Batch cast;
};

[[nodiscard]] base::Result<Story> read_story(const Setting& setting, base::Date date,
                                             std::uint64_t seed);

}  // namespace rapport::crm
