// The program: `rapport serve`, and the commands beside it. Each command stands in a file of its
// own under commands/.
#include "server/commands/commands.hpp"

int main(int argc, char** argv) {
  return rapport::server::run_command_line(argc, argv);
}
