#include "store/testing.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <mutex>
#include <stdexcept>

#include "store/server_process.hpp"

namespace rapport::store {

namespace fs = std::filesystem;

namespace {

constexpr const char* kTestSettings = R"(
# A throw-away cluster: fast, and nothing survives it.
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
shared_buffers = 64MB
max_connections = 100
autovacuum = off
jit = off
random_page_cost = 1.1
log_min_messages = fatal
max_wal_size = 512MB
min_wal_size = 80MB
)";

// Memory is ten times as fast as a disk that others use as well.
constexpr unsigned long long kMemoryBytesMin = 2ULL << 30;

fs::path folder_for_tests() {
  struct statvfs seen{};
  const char* const memory = "/dev/shm";
  if (std::getenv("TMPDIR") == nullptr && statvfs(memory, &seen) == 0 &&
      static_cast<unsigned long long>(seen.f_bavail) * seen.f_frsize > kMemoryBytesMin &&
      access(memory, W_OK) == 0) {
    return memory;
  }
  return fs::temp_directory_path();
}

template <class T>
T must(base::Result<T> result) {
  if (!result) {
    throw std::runtime_error(result.error().message + " " + result.error().details + " " +
                             result.error().hint);
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

OsUser test_user() {
  if (geteuid() != 0) return current_user();
  for (const char* name : {"postgres", "nobody"}) {
    if (auto user = find_user(name)) return *user;
  }
  throw std::runtime_error("the tests of the database need the user postgres when run as root");
}

// initdb takes a second or more; a copy of what it made takes a tenth. The made one is kept in the
// temporary folder for the next test program.
void copy_cluster(const Programs& programs, const OsUser& user, const fs::path& to) {
  const fs::path kept =
      fs::temp_directory_path() /
      ("rapport-test-cluster-" + std::to_string(programs.major) + "-" + std::to_string(user.uid));
  struct stat seen{};
  if (lstat(kept.c_str(), &seen) != 0) {
    const fs::path mine = kept.string() + "-" + std::to_string(getpid());
    must(make_cluster(programs, {.cluster = mine, .user = user, .durable = false}));
    std::error_code other_was_faster;
    fs::rename(mine, kept, other_was_faster);
    if (other_was_faster) (void)fs::remove_all(mine);
    if (lstat(kept.c_str(), &seen) != 0) throw std::runtime_error("cannot keep " + kept.string());
  }
  if (!S_ISDIR(seen.st_mode) || seen.st_uid != user.uid || (seen.st_mode & 077) != 0) {
    throw std::runtime_error(kept.string() + " is not ours; remove it");
  }
  std::string said;
  const int code = must(run({{"/bin/cp", "-a", kept.string(), to.string()}, user, {}}, said));
  if (code != 0) throw std::runtime_error("cannot copy " + kept.string() + ": " + said);
}

// One a program; never destroyed: the watcher removes it when the program is gone.
class TestCluster {
 public:
  TestCluster() {
    const OsUser user = test_user();
    std::string pattern = (folder_for_tests() / "rapport-test-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make " + pattern);
    folder_ = pattern;
    must(make_private_folder(folder_, user));
    const fs::path lock = folder_ / "lock";
    const int held = open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (held < 0 || flock(held, LOCK_SH) != 0) throw std::runtime_error("cannot lock");

    const pid_t server = start(user);
    leave_watcher({.lock = lock, .process = server, .signal = SIGQUIT, .remove = folder_});
    must(make_database(folder_, "test_base"));
    admin_ = std::make_unique<Pool>(
        PoolOptions{.conninfo = store::admin_conninfo(folder_, "postgres"), .connections_max = 2});
  }

  static TestCluster& of_program() {
    static TestCluster& cluster = *std::make_unique<TestCluster>().release();
    return cluster;
  }

  [[nodiscard]] const fs::path& folder() const { return folder_; }
  Pool& admin() { return *admin_; }
  std::mutex& mutex() { return mutex_; }
  std::map<std::string, std::string, std::less<>>& made() { return made_; }

  // A drop waits a tenth of a second for connections that are just being closed: databases are
  // dropped some tests later.
  void drop_later(std::string name) {
    constexpr std::size_t kept_max = 3;
    const std::lock_guard lock(mutex_);
    dropped_.push_back(std::move(name));
    if (dropped_.size() <= kept_max) return;
    const std::string sql = "drop database if exists " + dropped_.front() + " with (force)";
    (void)admin_->run_alone({"test.admin", sql});
    dropped_.pop_front();
  }

 private:
  [[nodiscard]] pid_t start(const OsUser& user) const {
    try {
      const Programs programs = must(find_programs({}, 0));
      copy_cluster(programs, user, folder_ / "cluster");
      std::ofstream(folder_ / "cluster" / "postgresql.auto.conf") << kTestSettings;
      return must(start_server(programs, {.cluster = folder_ / "cluster",
                                          .socket_folder = folder_,
                                          .log = folder_ / "log",
                                          .user = user}));
    } catch (...) {
      (void)fs::remove_all(folder_);  // no watcher yet
      throw;
    }
  }

  fs::path folder_;
  std::unique_ptr<Pool> admin_;
  std::mutex mutex_;
  std::deque<std::string> dropped_;
  std::map<std::string, std::string, std::less<>> made_;  // by name: the database to copy
};

void run_admin(const std::string& sql) {
  const Answer done = TestCluster::of_program().admin().run_alone({"test.admin", sql});
  if (!done) throw std::runtime_error(sql + ": " + done.error().message);
}

std::string new_name() {
  static std::atomic<int> last{0};
  return "test_" + std::to_string(++last);
}

std::string conninfo_of(const std::string& database) {
  return "host=" + conninfo_quoted(TestCluster::of_program().folder().string()) +
         " port=5432 user=rapport dbname=" + database;
}

}  // namespace

struct TestDatabase::State {
  std::string name;
  std::string conninfo;
  std::unique_ptr<Pool> pool;
};

TestDatabase::TestDatabase() {
  create("test_base");
}

TestDatabase::TestDatabase(std::string_view made_once, const std::function<void(Pool&)>& make) {
  TestCluster& cluster = TestCluster::of_program();
  std::string from;
  {
    const std::lock_guard lock(cluster.mutex());
    auto& made = cluster.made();
    if (const auto found = made.find(made_once); found != made.end()) {
      from = found->second;
    } else {
      from = new_name();
      run_admin("create database " + from + " template test_base owner rapport");
      Pool pool({.conninfo = conninfo_of(from), .connections_max = 4});
      make(pool);
      made.emplace(made_once, from);
    }
  }
  create(from);
}

void TestDatabase::create(std::string_view from) {
  state_ = std::make_unique<State>();
  state_->name = new_name();
  run_admin("create database " + state_->name + " template " + std::string(from) +
            " owner rapport");
  state_->conninfo = conninfo_of(state_->name);
  state_->pool = std::make_unique<Pool>(PoolOptions{.conninfo = state_->conninfo});
}

TestDatabase::~TestDatabase() {
  state_->pool.reset();
  TestCluster::of_program().drop_later(state_->name);
}

Pool& TestDatabase::pool() {
  return *state_->pool;
}
const std::string& TestDatabase::conninfo() const {
  return state_->conninfo;
}

std::string TestDatabase::admin_conninfo() const {
  return store::admin_conninfo(TestCluster::of_program().folder(), state_->name);
}

}  // namespace rapport::store
