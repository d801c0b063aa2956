#include "store/server_priority.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <fstream>
#include <string>

namespace rapport::store {
namespace {

// Of the process at the other end, seen from here; 0 where it is on another machine, or where its
// number means nothing on this side.
pid_t peer_of(const PGconn* pg) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(PQsocket(pg), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return 0;
  return peer.pid;
}

// The fourth field of /proc/PID/stat, behind the name, which may hold blanks.
pid_t parent_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  std::string text;
  std::getline(file, text);
  const auto name_ends = text.rfind(')');
  if (name_ends == std::string::npos) return 0;
  char state = 0;
  int parent = 0;
  if (std::sscanf(text.c_str() + name_ends + 1, " %c %d", &state, &parent) != 2) return 0;
  return parent;
}

}  // namespace

// The socket was made by the postmaster. Only a child of its is the process meant: in another
// container the same number may be anybody's.
void set_server_priority(const PGconn* pg, base::Niceness niceness) {
  const pid_t postmaster = peer_of(pg);
  const pid_t server = PQbackendPID(pg);
  if (postmaster == 0 || server <= 0 || parent_of(server) != postmaster) return;
  setpriority(PRIO_PROCESS, static_cast<id_t>(server), niceness);
}

}  // namespace rapport::store
