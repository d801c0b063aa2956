#include "store/running_server.hpp"

#include <signal.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "store/process.hpp"

namespace rapport::store {

namespace fs = std::filesystem;

namespace {

constexpr int kOrphansMsMax = 5000;

struct PidFile {
  pid_t process = -1;
  fs::path socket_folder;
};

// Lines: process, data folder, start time, port, socket folder, address, shared memory, state.
std::optional<PidFile> read_pid_file(const fs::path& cluster) {
  std::ifstream in(cluster / "postmaster.pid");
  PidFile file;
  std::string line;
  for (int n = 1; std::getline(in, line); ++n) {
    if (n == 1) std::from_chars(line.data(), line.data() + line.size(), file.process);
    if (n == 5) file.socket_folder = line;
  }
  if (file.process <= 0) return std::nullopt;
  return file;
}

// Every process of a server works in its cluster's folder.
bool works_in(const fs::path& process, const fs::path& cluster) {
  std::error_code error;
  const fs::path folder = fs::read_symlink(process / "cwd", error);
  return !error && fs::equivalent(folder, cluster, error) && !error;
}

std::vector<pid_t> processes_in(const fs::path& cluster) {
  std::vector<pid_t> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename();
    pid_t process = 0;
    const auto [end, wrong] = std::from_chars(name.data(), name.data() + name.size(), process);
    if (wrong != std::errc{} || *end != '\0' || !works_in(entry.path(), cluster)) continue;
    std::ifstream in(entry.path() / "comm");
    std::string program;
    if (std::getline(in, program) && program.starts_with("postgres")) found.push_back(process);
  }
  return found;
}

// A backend whose postmaster is gone ends by itself, at the latest with its statement; a new server
// must not begin before.
void end_orphans(const fs::path& cluster) {
  using Clock = std::chrono::steady_clock;
  const auto begun = Clock::now();
  for (int tries = 0;; ++tries) {
    const std::vector<pid_t> orphans = processes_in(cluster);
    if (orphans.empty()) return;
    const auto waited = Clock::now() - begun;
    if (tries == 0) base::log_info("waiting for what is left of a database that was killed");
    if (waited > std::chrono::milliseconds(kOrphansMsMax)) {
      for (const pid_t each : orphans) kill(each, SIGKILL);
    } else if (waited > std::chrono::milliseconds(kOrphansMsMax / 2)) {
      for (const pid_t each : orphans) kill(each, SIGQUIT);
    }
    if (waited > std::chrono::milliseconds(2 * kOrphansMsMax)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

}  // namespace

std::optional<RunningServer> find_running_server(const fs::path& cluster) {
  const auto file = read_pid_file(cluster);
  if (!file || !is_running(file->process) ||
      !works_in("/proc/" + std::to_string(file->process), cluster)) {
    return std::nullopt;
  }
  return RunningServer{file->process, file->socket_folder};
}

std::vector<fs::path> clear_after_crash(const fs::path& cluster) {
  end_orphans(cluster);
  std::vector<fs::path> socket_folders;
  if (const auto file = read_pid_file(cluster)) {
    if (!file->socket_folder.empty()) socket_folders.push_back(file->socket_folder);
    std::error_code ignored;
    fs::remove(cluster / "postmaster.pid", ignored);
  }
  return socket_folders;
}

}  // namespace rapport::store
