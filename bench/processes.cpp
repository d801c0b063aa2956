#include "processes.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace rapport::bench {
namespace {

struct Process {
  int parent = 0;
  double cpu_s = 0;
  double children_cpu_s = 0;
};

// Fields 4, 14–17 of /proc/PID/stat; the name in field 2 may hold anything.
bool read_process(int pid, Process& process) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return false;
  std::istringstream rest(line.substr(line.rfind(')') + 2));
  std::string field;
  double ticks[4] = {};
  for (int n = 3; n <= 17 && rest >> field; ++n) {
    if (n == 4) process.parent = std::stoi(field);
    if (n >= 14) ticks[n - 14] = std::stod(field);
  }
  const double hertz = static_cast<double>(sysconf(_SC_CLK_TCK));
  process.cpu_s = (ticks[0] + ticks[1]) / hertz;
  process.children_cpu_s = (ticks[2] + ticks[3]) / hertz;
  return true;
}

double memory_mb(int pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("Pss:")) return std::stod(line.substr(4)) / 1024;
  }
  return 0;
}

}  // namespace

Usage usage_of(int server, int database) {
  Usage usage;
  Process process;
  if (read_process(server, process)) usage.server_cpu_s = process.cpu_s;
  usage.server_mb = memory_mb(server);
  if (read_process(database, process)) {
    usage.database_cpu_s = process.cpu_s + process.children_cpu_s;
    usage.database_mb = memory_mb(database);
  }
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const int pid = std::stoi(name);
    if (!read_process(pid, process) || process.parent != database) continue;
    usage.database_cpu_s += process.cpu_s;
    usage.database_mb += memory_mb(pid);
  }
  return usage;
}

}  // namespace rapport::bench
