#include "store/server_process.hpp"

#include <fcntl.h>
#include <libpq-fe.h>
#include <locale.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <fstream>
#include <thread>

#include "store/database.hpp"

namespace rapport::store {

using base::ProblemKind;
using base::refuse;

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kLogTailBytes = 2000;

bool has_programs(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "initdb", ignored) && fs::exists(folder / "postgres", ignored);
}

// "postgres (PostgreSQL) 15.20 (Debian …)" → 15; 0 where it says something else.
int major_of(const fs::path& folder) {
  std::string said;
  const auto code = run({{(folder / "postgres").string(), "-V"}, current_user(), {}}, said);
  if (!code || *code != 0) return 0;
  const auto at = said.find("PostgreSQL) ");
  if (at == std::string::npos) return 0;
  int major = 0;
  std::from_chars(said.data() + at + 12, said.data() + said.size(), major);
  return major;
}

std::string tail_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return {};
  const auto size = static_cast<std::size_t>(in.tellg());
  const std::size_t from = size > kLogTailBytes ? size - kLogTailBytes : 0;
  in.seekg(static_cast<std::streamoff>(from));
  return {std::istreambuf_iterator<char>(in), {}};
}

// One call for a thousand files; initdb's own way takes seconds on a busy disk.
void sync_files_under(const fs::path& folder) {
  const int fd = open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  syncfs(fd);
  close(fd);
}

// The setting is a list with commas.
std::string listed(const fs::path& folder) {
  std::string out = "\"";
  for (const char c : folder.string()) {
    if (c == '"') out.push_back('"');
    out.push_back(c);
  }
  return out + '"';
}

// initdb fails where the locale is unknown to the system; PostgreSQL's own C then orders bytes,
// which for UTF-8 is the same order.
std::string cluster_locale() {
  if (const locale_t known = newlocale(LC_ALL_MASK, "C.UTF-8", nullptr)) {
    freelocale(known);
    return "C.UTF-8";
  }
  return "C";
}

}  // namespace

base::Result<Programs> find_programs(const fs::path& given, int major) {
  if (!given.empty()) {
    Programs programs{given, has_programs(given) ? major_of(given) : 0};
    if (programs.major >= kMajorMin) return programs;
    return refuse(ProblemKind::invalid, "store.no_programs",
                  "There is no PostgreSQL 15 or newer in " + given.string() + ".", {},
                  "Name the folder that holds initdb and postgres.");
  }
  Programs best;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const std::string name = entry.path().filename();
    int found = 0;
    std::from_chars(name.data(), name.data() + name.size(), found);
    const fs::path folder = entry.path() / "bin";
    if (found < kMajorMin || (major != 0 && found != major) || !has_programs(folder)) continue;
    if (found > best.major) best = {folder, found};
  }
  for (const char* folder : {"/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"}) {
    if (best.major != 0 || !has_programs(folder)) continue;
    const int found = major_of(folder);
    if (found >= kMajorMin && (major == 0 || found == major)) best = {folder, found};
  }
  if (best.major != 0) return best;
  const std::string wanted = std::to_string(major != 0 ? major : kMajorMin);
  return refuse(
      ProblemKind::unavailable, "store.no_programs",
      major != 0 ? "This data folder was made by PostgreSQL " + wanted + ", which is not installed."
                 : "PostgreSQL is not installed.",
      "looked in /usr/lib/postgresql, /usr/bin and /usr/local",
      "Install the package postgresql-" + wanted + ", or name the folder of its programs.");
}

base::Result<void> make_cluster(const Programs& programs, const ClusterMaking& making) {
  // A crash in the middle leaves only the folder beside, which the next attempt throws away.
  const fs::path beside = making.cluster.string() + ".new";
  std::error_code error;
  fs::remove_all(beside, error);
  if (auto made = make_private_folder(beside, making.user); !made) return made;
  const Command initdb{
      {(programs.folder / "initdb").string(), "--pgdata=" + beside.string(), "--encoding=UTF8",
       "--locale=" + cluster_locale(), "--username=postgres", "--auth-local=trust",
       "--auth-host=reject", "--no-instructions", "--no-sync"},
      making.user,
      {}};
  std::string said;
  const auto code = run(initdb, said);
  if (!code) return std::unexpected(code.error());
  if (*code != 0) {
    fs::remove_all(beside, error);
    const bool full = said.find("No space left") != std::string::npos;
    return refuse(
        ProblemKind::unavailable, full ? "store.disk_full" : "store.initdb_failed",
        full ? "There is no room on the disk for the database in " +
                   making.cluster.parent_path().string() + "."
             : "The database could not be made in " + making.cluster.parent_path().string() + ".",
        said, full ? "Make room, or choose another data folder." : "");
  }
  if (!making.settings.empty()) {
    // In place, so that the file keeps its owner.
    std::ofstream(beside / "postgresql.conf", std::ios::trunc) << making.settings;
    std::ofstream(beside / "pg_hba.conf", std::ios::trunc)
        << "# The socket's folder is open to the owner of the database alone.\n"
           "local all all trust\n";
  }
  if (making.durable) sync_files_under(beside);
  fs::rename(beside, making.cluster, error);
  if (error) {
    return refuse(ProblemKind::unavailable, "store.folder_not_writable",
                  "The database could not be moved to " + making.cluster.string() + ".",
                  error.message());
  }
  return {};
}

base::Result<pid_t> start_server(const Programs& programs, const ServerStart& start) {
  const Command server{
      {(programs.folder / "postgres").string(), "-D", start.cluster.string(), "-c",
       "listen_addresses=", "-c", "unix_socket_directories=" + listed(start.socket_folder), "-c",
       "unix_socket_permissions=0700", "-c", "port=5432"},
      start.user,
      start.log};
  auto child = spawn(server);
  if (!child) return child;
  const std::string address = admin_conninfo(start.socket_folder, "postgres");
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + std::chrono::milliseconds(kStartMsMax);
  while (PQping(address.c_str()) != PQPING_OK) {
    int status = 0;
    const bool ended = waitpid(*child, &status, WNOHANG) == *child;
    if (ended || Clock::now() > until) {
      if (!ended) kill(*child, SIGQUIT);
      const std::string said = tail_of(start.log);
      const bool full = said.find("No space left") != std::string::npos;
      return refuse(
          ProblemKind::unavailable, full ? "store.disk_full" : "store.start_failed",
          full ? "There is no room on the disk for the database." : "The database did not start.",
          said, "Its log is " + start.log.string() + ".");
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return child;
}

std::string conninfo_quoted(std::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    if (c == '\'' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('\'');
  return out;
}

std::string admin_conninfo(const fs::path& socket_folder, std::string_view database) {
  return "host=" + conninfo_quoted(socket_folder.string()) +
         " port=5432 user=postgres dbname=" + conninfo_quoted(database);
}

base::Result<void> make_database(const fs::path& socket_folder, const std::string& database) {
  Pool admin({.conninfo = admin_conninfo(socket_folder, "postgres"), .connections_max = 1});
  const auto run_once = [&](Pool& pool, const std::string& sql,
                            std::string_view there_already) -> base::Result<void> {
    const Answer done = pool.run_alone({"store.make_database", sql});
    if (done || done.error().sqlstate == there_already) return {};
    return std::unexpected(as_problem(done.error()));
  };
  auto done = run_once(admin, "create role rapport login", "42710");
  if (done) done = run_once(admin, "create database " + database + " owner rapport", "42P04");
  if (!done) return done;
  Pool inside({.conninfo = admin_conninfo(socket_folder, database), .connections_max = 1});
  for (const char* extension : {"pg_trgm", "unaccent"}) {
    done = run_once(inside, std::string("create extension if not exists ") + extension, "");
    if (!done) return done;
  }
  return {};
}

}  // namespace rapport::store
