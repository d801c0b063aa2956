#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/log.hpp"
#include "platform/access/access.hpp"
#include "server/commands/command_line.hpp"
#include "server/data_folder.hpp"
#include "server/demo.hpp"
#include "store/cluster.hpp"

namespace rapport::server {

namespace {

namespace fs = std::filesystem;

constexpr int database_restarts_max = 5;

// Where the web interface lies: as configured, beside the sources it was built from, or installed.
fs::path web_folder(const Configuration& configuration) {
  if (!configuration.text("web").empty()) return configuration.text("web");
  std::error_code error;
  auto program = fs::read_symlink("/proc/self/exe", error);
  for (fs::path candidate :
       {program.parent_path() / "../../web/dist", program.parent_path() / "../share/rapport/web",
        fs::path("/usr/share/rapport/web")})
    if (fs::exists(candidate / "index.html", error)) return candidate;
  return {};
}

void say(const std::string& text) {
  std::fputs((text + "\n").c_str(), stdout);
  std::fflush(stdout);
}

std::string address_of(const Configuration& configuration, std::uint16_t port) {
  if (!configuration.text("public_url").empty()) return configuration.text("public_url");
  auto host = parse_listen(configuration.text("listen"))->address;
  if (host == "0.0.0.0" || host == "127.0.0.1" || host == "::" || host == "::1") host = "localhost";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("http://{}:{}", host, port);
}

void warn_of_plain_http(const Configuration& configuration) {
  auto host = parse_listen(configuration.text("listen"))->address;
  if (configuration.text("public_url").starts_with("https://") || host == "127.0.0.1" ||
      host == "::1")
    return;
  base::log_warning(
      "Listening beyond this machine without HTTPS: passwords and the session's cookie can be read "
      "on the way. Put a proxy with HTTPS before the server and set public_url.");
}

// Blocked in every thread, so that only `wait_for_signal` takes them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  return signals;
}

// Until it is told to stop, or the database is lost for good.
int watch(Application& application, const sigset_t& signals) {
  int restarts = 0;
  while (true) {
    timespec second{.tv_sec = 1, .tv_nsec = 0};
    if (sigtimedwait(&signals, nullptr, &second) > 0) return exit_done;
    if (application.database_lives()) continue;
    base::log_error("The database has stopped; starting it again.");
    auto again = application.restart_database();
    if (again && ++restarts <= database_restarts_max) continue;
    base::log_error(again ? "The database stops again and again." : again.error().message);
    return exit_unavailable;
  }
}

base::Result<void> welcome(Application& application, const std::string& address) {
  auto first = application.access().ensure_administrator(application.road());
  if (!first) return std::unexpected(first.error());
  say(fmt::format("Rapport serves on {}", address));
  if (*first)
    say(fmt::format("Sign in as \"{}\" with the password \"{}\" (shown this once; change it).",
                    (*first)->name, (*first)->password));
  return {};
}

int serve(const CommandLine& line) {
  auto signals = block_signals();
  auto configuration = configuration_of(line);
  if (!configuration) return fail(line, configuration.error());
  // Read with the rights we were started with; they may be given up below.
  auto files = StaticFiles::load(web_folder(*configuration));
  if (!files) return fail(line, files.error());
  auto folder = enter_data_folder(*configuration);
  if (!folder) return fail(line, folder.error());
  if (!folder->notice.empty()) std::fprintf(stderr, "rapport: %s\n", folder->notice.c_str());
  auto lock = store::ServeLock::take(folder->path);
  if (!lock) return fail(line, lock.error());
  auto application = Application::open(*configuration);
  if (!application) return fail(line, application.error());
  if (files->empty())
    base::log_warning("There is no web interface to serve: build it, or name it with --web.");
  auto served = (*application)->serve(std::move(*files));
  if (!served) return fail(line, served.error());
  warn_of_plain_http(*configuration);
  auto address = address_of(*configuration, (*application)->port());
  if (auto welcomed = welcome(**application, address); !welcomed)
    return fail(line, welcomed.error());
  DemoLoading demo(**application, *configuration);
  if (auto loaded = demo.before_ready(); !loaded) return fail(line, loaded.error());
  (*application)->set_ready();
  demo.after_ready();
  int code = watch(**application, signals);
  say("Stopping.");
  demo.stop();
  (*application)->stop();
  return code;
}

}  // namespace

void add_serve(CLI::App& program, CommandLine& line) {
  auto* command = program.add_subcommand(
      "serve", "Serves the API and the web interface until it is told to stop (Ctrl-C).");
  add_setting_flags(*command, line, true);
  command->callback([&line] { line.run = [&line] { return serve(line); }; });
}

}  // namespace rapport::server
