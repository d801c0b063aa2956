// What the server and its database cost: CPU time and memory, read from /proc.
#pragma once

#include <string>
#include <vector>

namespace rapport::bench {

struct Usage {
  double server_cpu_s = 0;    // of the program
  double database_cpu_s = 0;  // of PostgreSQL's processes, ended ones included
  double server_mb = 0;       // proportional set size
  double database_mb = 0;
};

// `server` is the program's process id, `database` the postmaster's.
Usage usage_of(int server, int database);

}  // namespace rapport::bench
