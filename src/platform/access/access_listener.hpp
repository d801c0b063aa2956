// Ends the sessions of users who were disabled, removed or given another role, and tells all
// processes to forget what they believed of them.
#pragma once

#include <memory>

#include "platform/jobs/changes.hpp"

namespace rapport::platform {

[[nodiscard]] std::unique_ptr<ChangeListener> access_listener();

}  // namespace rapport::platform
