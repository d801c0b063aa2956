// Records written straight through the road, for stories that need many, and refreshes of a house
// at its own time.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "base/value.hpp"
#include "crm/insight/insight.hpp"
#include "entity/road.hpp"
#include "house.hpp"

namespace rapport::scenarios {

[[nodiscard]] base::Value euro(std::int64_t cents);

[[nodiscard]] entity::Item item(const base::Id& id,
                                std::vector<std::pair<std::string, base::Value>> fields);

// In works of a thousand; the story fails where one is refused.
void write_records(House& house, const std::string& object, const std::vector<entity::Item>& items);

// Its clock is the house's, a microsecond later each time it is asked: no two refreshes are of the
// same moment.
[[nodiscard]] std::unique_ptr<crm::Refresh> refresh_of(House& house);

}  // namespace rapport::scenarios
