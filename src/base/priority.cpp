#include "base/priority.hpp"

#include <sys/resource.h>
#include <unistd.h>

namespace rapport::base {
namespace {

// A tenth of what others get: with less, who holds a lock that others wait for could not let go.
constexpr Niceness kGivingWay = 10;

}  // namespace

Niceness niceness() {
  return getpriority(PRIO_PROCESS, static_cast<id_t>(gettid()));
}

void give_way() {
  if (niceness() >= kGivingWay) return;
  setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kGivingWay);
}

}  // namespace rapport::base
