#pragma once

#include <nlohmann/json_fwd.hpp>

namespace rapport::base {

using Json = nlohmann::ordered_json;

}  // namespace rapport::base
