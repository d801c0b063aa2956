#include "commands/program.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>
#include <utility>

namespace rapport::scenarios {

namespace fs = std::filesystem;

namespace {

// A debug build on a busy machine takes its time for the first start.
constexpr int ready_ms_max = 60'000;
// A run takes seconds; one that hangs must not hang the stories with it.
constexpr int run_ms_max = 300'000;
constexpr int stop_ms_max = 60'000;
constexpr int pause_us = 10'000;
constexpr unsigned long long memory_bytes_min = 1ULL << 30;

std::string binary() {
  if (const char* named = std::getenv("RAPPORT_BINARY")) return named;
  return (fs::read_symlink("/proc/self/exe").parent_path() / "rapport").string();
}

fs::path folder_for_tests() {
  struct statvfs seen{};
  const char* const memory = "/dev/shm";
  if (!std::getenv("TMPDIR") && statvfs(memory, &seen) == 0 && ::access(memory, W_OK) == 0 &&
      static_cast<unsigned long long>(seen.f_bavail) * seen.f_frsize > memory_bytes_min)
    return memory;
  return fs::temp_directory_path();
}

fs::path new_folder() {
  auto pattern = (folder_for_tests() / "rapport-commands-XXXXXX").string();
  if (!::mkdtemp(pattern.data())) throw std::runtime_error("cannot make " + pattern);
  ::chmod(pattern.c_str(), 0755);
  return pattern;
}

// Nothing of ours reaches the program but what the story gives it.
std::vector<std::string> environment_of(const std::map<std::string, std::string>& variables) {
  std::vector<std::string> all{"PATH=/usr/bin:/bin", "LC_ALL=C", "HOME=/nonexistent"};
  for (const char* name : {"TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS"})
    if (const char* value = std::getenv(name)) all.push_back(std::string(name) + "=" + value);
  for (const auto& [name, value] : variables) all.emplace_back(name).append("=").append(value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  all.reserve(texts.size() + 1);
  for (auto& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

struct Files {
  fs::path in, out, err;
};

pid_t start(const Arguments& flags, const std::map<std::string, std::string>& variables,
            const Files& files) {
  auto words = flags;
  words.insert(words.begin(), binary());
  auto settings = environment_of(variables);
  auto arguments = pointers(words), environment = pointers(settings);
  auto child = ::fork();
  if (child < 0) throw std::runtime_error(std::string("cannot fork: ") + std::strerror(errno));
  if (child != 0) return child;
  const std::pair<const fs::path&, int> places[] = {{files.in, O_RDONLY},
                                                    {files.out, O_WRONLY | O_CREAT | O_APPEND},
                                                    {files.err, O_WRONLY | O_CREAT | O_APPEND}};
  for (int fd = 0; fd < 3; ++fd) {
    auto opened = ::open(places[fd].first.c_str(), places[fd].second, 0644);
    if (opened < 0 || ::dup2(opened, fd) < 0) ::_exit(126);
  }
  ::execve(arguments[0], arguments.data(), environment.data());
  ::_exit(127);
}

int code_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// The exit code of a child of ours; nullopt where it had to be killed.
std::optional<int> end_of(pid_t child, int ms_max) {
  int status = 0;
  for (int waited_us = 0; waited_us < ms_max * 1000; waited_us += pause_us) {
    const auto ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return code_of(status);
    if (ended < 0 && errno != EINTR)
      throw std::runtime_error(std::string("cannot wait: ") + std::strerror(errno));
    ::usleep(pause_us);
  }
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  return std::nullopt;
}

// The port of "Rapport serves on http://localhost:12345".
int port_in(const std::string& said) {
  const std::string words = "Rapport serves on http://localhost:";
  auto at = said.find(words);
  if (at == std::string::npos || said.find('\n', at) == std::string::npos) return 0;
  int port = 0;
  std::from_chars(said.data() + at + words.size(), said.data() + said.size(), port);
  return port;
}

}  // namespace

Outcome run_program(const Call& call) {
  Folder folder;
  const Files files{folder.write("in", call.input), folder.path("out"), folder.path("err")};
  const auto code = end_of(start(call.arguments, call.variables, files), run_ms_max);
  if (!code)
    throw std::runtime_error("the program does not end: " + text_of(files.out) +
                             text_of(files.err));
  return {*code, text_of(files.out), text_of(files.err)};
}

Serving::Serving(Arguments flags, const std::map<std::string, std::string>& variables)
    : log_(new_folder() / "said") {
  flags.insert(flags.begin(), "serve");
  flags.insert(flags.end(), {"--listen", "127.0.0.1:0", "--access-log", "false"});
  process_ = start(flags, variables, {"/dev/null", log_, log_});
  for (int waited_us = 0; waited_us < ready_ms_max * 1000; waited_us += pause_us) {
    int status = 0;
    if (::waitpid(process_, &status, WNOHANG) == process_) {
      process_ = -1;
      throw std::runtime_error("serve ended with " + std::to_string(code_of(status)) + ": " +
                               said());
    }
    if (port_ == 0) port_ = static_cast<std::uint16_t>(port_in(said()));
    if (port_ != 0 && browser().get("/readyz").status == 200) return;
    ::usleep(pause_us);
  }
  stop(SIGKILL);
  throw std::runtime_error("serve is not ready: " + said());
}

Serving::~Serving() {
  if (process_ > 0) stop(SIGKILL);
  std::error_code ignored;
  fs::remove_all(log_.parent_path(), ignored);
}

std::string Serving::address() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

Browser Serving::browser_of(const std::string& user, const std::string& password) const {
  auto visitor = browser();
  auto reply = visitor.post("/api/v1/session", {{"name", user}, {"password", password}});
  if (reply.status != 201) throw std::runtime_error("cannot sign in: " + reply.body);
  return visitor;
}

int Serving::stop(int signal) {
  // A signal to -1 would go to every process there is.
  if (process_ <= 0) throw std::logic_error("the program was stopped already");
  const auto process = std::exchange(process_, -1);
  ::kill(process, signal);
  const auto code = end_of(process, stop_ms_max);
  if (!code) throw std::runtime_error("the program does not stop: " + said());
  return *code;
}

std::string Serving::said() const {
  return text_of(log_);
}

Folder::Folder() : path_(new_folder()) {}

Folder::~Folder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Folder::write(std::string_view name, std::string_view text) const {
  std::ofstream(path_ / name, std::ios::binary) << text;
  return path(name);
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace rapport::scenarios
