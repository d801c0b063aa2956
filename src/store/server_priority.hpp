// The priority of the server process behind a connection.
#pragma once

#include <libpq-fe.h>

#include "base/priority.hpp"

namespace rapport::store {

// Has the process work at `niceness` where it runs on this machine and may be told so by us;
// elsewhere nothing happens.
void set_server_priority(const PGconn* pg, base::Niceness niceness);

}  // namespace rapport::store
