#include "store/cluster.hpp"

#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <thread>

#include "store/database.hpp"
#include "store/process.hpp"

namespace rapport::store {
namespace {

namespace fs = std::filesystem;

// One cluster for all of them, in a folder of its own: initdb is what takes time.
class ClusterTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const fs::path memory = "/dev/shm";
    const bool in_memory = std::getenv("TMPDIR") == nullptr && access(memory.c_str(), W_OK) == 0;
    const fs::path above = in_memory ? memory : fs::temp_directory_path();
    std::string pattern = (above / "rapport-cluster-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    base_ = new fs::path(pattern);
    chmod(pattern.c_str(), 0755);
    // Whatever the locale of the caller, the database is UTF-8.
    setenv("LC_ALL", "C", 1);
    unsetenv("LANG");
    const auto made = Cluster::start_or_join({.data = data()});
    ASSERT_TRUE(made) << made.error().message << made.error().details;
  }
  static void TearDownTestSuite() {
    unsetenv("LC_ALL");
    start().stop();  // after the watchers of the killed have done their work
    fs::remove_all(*base_);
    delete base_;
  }

  static fs::path data() { return *base_ / "data"; }
  static fs::path base() { return *base_; }

  static Cluster start() {
    auto cluster = Cluster::start_or_join({.data = data()});
    if (!cluster) {
      ADD_FAILURE() << cluster.error().message << "\n" << cluster.error().details;
      std::abort();
    }
    return std::move(*cluster);
  }

  static std::string ask(const Cluster& cluster, const std::string& sql) {
    Pool pool({.conninfo = cluster.conninfo(), .connections_max = 1});
    const Answer rows = pool.run_alone({"test.ask", sql});
    return rows ? std::string(rows->text(0, 0)) : rows.error().message;
  }

 private:
  static inline fs::path* base_ = nullptr;
};

// A process that starts or joins the cluster and then waits to be killed.
class OtherProgram {
 public:
  explicit OtherProgram(const fs::path& data) {
    int ends[2];
    if (pipe(ends) != 0) std::abort();
    child_ = fork();
    if (child_ == 0) {
      auto cluster = Cluster::start_or_join({.data = data});
      const int process = cluster ? cluster->process() : -1;
      if (write(ends[1], &process, sizeof process) != sizeof process) _exit(1);
      for (;;) pause();
    }
    close(ends[1]);
    if (read(ends[0], &server_, sizeof server_) != sizeof server_) server_ = -1;
    close(ends[0]);
  }
  ~OtherProgram() { kill9(); }
  OtherProgram(const OtherProgram&) = delete;
  OtherProgram& operator=(const OtherProgram&) = delete;

  void kill9() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    (void)wait_for(child_);
    child_ = -1;
  }
  [[nodiscard]] pid_t server() const { return server_; }

 private:
  pid_t child_ = -1;
  pid_t server_ = -1;
};

pid_t watcher_of(const fs::path& data) {
  pid_t watcher = -1;
  std::ifstream(data / "run" / "watcher") >> watcher;
  return watcher;
}

TEST_F(ClusterTest, SpeaksUtf8WhateverTheCallersLocale) {
  const Cluster cluster = start();
  EXPECT_EQ(ask(cluster, "show server_encoding"), "UTF8");
  EXPECT_EQ(ask(cluster, "select datcollate from pg_database where datname = 'rapport'"),
            "C.UTF-8");
  EXPECT_EQ(ask(cluster, "select upper('ñ' collate \"und-x-icu\")"), "Ñ");
  EXPECT_EQ(ask(cluster, "select similarity('Alpina', 'Alpin') > 0.5"), "t");
  EXPECT_EQ(ask(cluster, "select rolsuper from pg_roles where rolname = current_user"), "f");
  EXPECT_EQ(ask(cluster, "show listen_addresses"), "");
  EXPECT_EQ(ask(cluster, "show jit"), "off");
}

// Whoever has it archived or copied asked for that in his own settings; a log that cannot serve
// him would keep the database from starting.
TEST_F(ClusterTest, KeepsItsLogForCrashesAloneUnlessAnOperatorHasItCopied) {
  const fs::path file = data() / "postgres/postgresql.conf";
  std::string usual;
  {
    std::ifstream in(file);
    usual.assign(std::istreambuf_iterator<char>(in), {});
  }
  const auto level = [] { return ask(start(), "show wal_level"); };
  EXPECT_EQ(level(), "minimal");
  for (const auto* own : {"archive_mode = on", "  max_wal_senders=3", "wal_level replica"}) {
    std::ofstream(file, std::ios::app) << own << "\n";
    EXPECT_EQ(level(), "replica") << own;
    std::ofstream(file, std::ios::trunc) << usual;
  }
  std::ofstream(file, std::ios::app) << "# archive_mode = on\n";
  EXPECT_EQ(level(), "minimal");
  std::ofstream(file, std::ios::trunc) << usual;
}

TEST_F(ClusterTest, StopsWithItsOnlyProgram) {
  pid_t process = -1;
  {
    const Cluster cluster = start();
    EXPECT_TRUE(cluster.owned());
    EXPECT_TRUE(cluster.alive());
    process = cluster.process();
    EXPECT_TRUE(is_running(process));
  }
  EXPECT_FALSE(is_running(process));
  EXPECT_FALSE(fs::exists(data() / "run" / ".s.PGSQL.5432"));
}

TEST_F(ClusterTest, IsSharedAndStoppedByTheLastProgramThatLeaves) {
  Cluster first = start();
  Cluster second = start();
  EXPECT_TRUE(first.owned());
  EXPECT_FALSE(second.owned());
  EXPECT_EQ(first.process(), second.process());
  first.stop();
  EXPECT_TRUE(second.alive());
  EXPECT_EQ(ask(second, "select 1"), "1");
  const pid_t process = second.process();
  second.stop();
  EXPECT_FALSE(is_running(process));
}

TEST_F(ClusterTest, StopsWhenItsProgramIsKilled) {
  OtherProgram other(data());
  ASSERT_TRUE(is_running(other.server()));
  other.kill9();
  EXPECT_TRUE(wait_until_gone(other.server(), 10'000));
  const Cluster again = start();
  EXPECT_EQ(ask(again, "select 1"), "1");
}

TEST_F(ClusterTest, OutlivesTheProgramThatStartedItWhileAnotherUsesIt) {
  OtherProgram other(data());
  const Cluster joined = start();
  EXPECT_EQ(joined.process(), other.server());
  EXPECT_FALSE(joined.owned());
  other.kill9();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_TRUE(joined.alive());
  EXPECT_EQ(ask(joined, "select 1"), "1");
}

TEST_F(ClusterTest, FoundRunningWithoutAProgramIsAdopted) {
  OtherProgram other(data());
  kill(watcher_of(data()), SIGKILL);
  ASSERT_TRUE(wait_until_gone(watcher_of(data()), 5000));
  other.kill9();
  ASSERT_TRUE(is_running(other.server()));
  {
    const Cluster adopted = start();
    EXPECT_TRUE(adopted.owned());
    EXPECT_EQ(adopted.process(), other.server());
    EXPECT_TRUE(is_running_as(watcher_of(data()), kWatcherName));
  }
  EXPECT_FALSE(is_running(other.server()));
}

TEST_F(ClusterTest, IsStartedAnewAfterTheServerWasKilled) {
  Cluster cluster = start();
  EXPECT_EQ(ask(cluster, "create table kept as select 7 as n"), "");
  const pid_t killed = cluster.process();
  kill(killed, SIGKILL);
  ASSERT_TRUE(wait_until_gone(killed, 5000));
  EXPECT_FALSE(cluster.alive());
  cluster.stop();
  ASSERT_TRUE(fs::exists(data() / "postgres" / "postmaster.pid"));
  const Cluster again = start();
  EXPECT_EQ(ask(again, "select n from kept"), "7");
  EXPECT_EQ(ask(again, "drop table kept"), "");
}

TEST_F(ClusterTest, StaleLockFilesThatNameALivingProcessAreCleared) {
  for (const char* file : {"postgres/postmaster.pid", "run/.s.PGSQL.5432.lock"}) {
    std::ofstream(data() / file) << getpid() << "\n/elsewhere\n0\n5432\n"
                                 << (data() / "run").string() << "\n\n0 0\nready\n";
  }
  std::ofstream(data() / "run" / ".s.PGSQL.5432") << "";
  const Cluster cluster = start();
  EXPECT_EQ(ask(cluster, "select 1"), "1");
}

TEST_F(ClusterTest, ALostSocketLeadsToANewStart) {
  OtherProgram other(data());
  kill(watcher_of(data()), SIGKILL);
  other.kill9();
  fs::remove(data() / "run" / ".s.PGSQL.5432");
  const Cluster cluster = start();
  EXPECT_NE(cluster.process(), other.server());
  EXPECT_EQ(ask(cluster, "select 1"), "1");
}

TEST_F(ClusterTest, ALongPathGetsAShortSocketFolder) {
  const fs::path far = base() / std::string(120, 'x') / "da ta,'\"";
  fs::create_directories(far.parent_path());
  fs::rename(data(), far);
  {
    auto cluster = Cluster::start_or_join({.data = far});
    ASSERT_TRUE(cluster) << cluster.error().message << cluster.error().details;
    EXPECT_EQ(ask(*cluster, "select 1"), "1");
    EXPECT_NE(cluster->conninfo().find("/tmp/rapport-"), std::string::npos);
    const auto joined = Cluster::start_or_join({.data = far});
    ASSERT_TRUE(joined);
    EXPECT_EQ(joined->conninfo(), cluster->conninfo());
  }
  fs::rename(far, data());
}

TEST_F(ClusterTest, RefusesDataOfAnotherVersionAndTouchesNothing) {
  const fs::path version = data() / "postgres" / "PG_VERSION";
  std::ofstream(version) << "14\n";
  auto refused = Cluster::start_or_join({.data = data()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.no_programs");
  EXPECT_NE(refused.error().message.find("PostgreSQL 14"), std::string::npos);
  std::ofstream(version) << "15\n";
  EXPECT_EQ(ask(start(), "select 1"), "1");
}

TEST_F(ClusterTest, RefusesAFolderThatIsNoCluster) {
  const fs::path other = base() / "other";
  fs::create_directories(other / "postgres");
  std::ofstream(other / "postgres" / "letter.txt") << "dear";
  const auto refused = Cluster::start_or_join({.data = other});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.not_a_cluster");
  EXPECT_TRUE(fs::exists(other / "postgres" / "letter.txt"));
}

TEST_F(ClusterTest, SaysWhatIsMissing) {
  const auto no_programs = Cluster::start_or_join({.data = data(), .bin = "/nowhere"});
  ASSERT_FALSE(no_programs);
  EXPECT_EQ(no_programs.error().code, "store.no_programs");
  std::ofstream(base() / "file") << "";
  const auto no_folder = Cluster::start_or_join({.data = base() / "file"});
  ASSERT_FALSE(no_folder);
  EXPECT_EQ(no_folder.error().code, "store.not_a_folder");
}

TEST_F(ClusterTest, RootDropsToAUserThatCanReachTheFolder) {
  if (geteuid() != 0) GTEST_SKIP() << "only root drops to another user";
  struct stat seen{};
  ASSERT_EQ(stat((data() / "postgres").c_str(), &seen), 0);
  EXPECT_NE(seen.st_uid, 0U);
  const fs::path closed = base() / "home";
  fs::create_directories(closed);
  chmod(closed.c_str(), 0700);
  EXPECT_TRUE(reachable_by("postgres", data()));
  EXPECT_FALSE(reachable_by("postgres", closed / "data"));
  const auto refused = Cluster::start_or_join({.data = closed / "data"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "store.unreachable_folder");
  EXPECT_FALSE(fs::exists(closed / "data"));
  const auto unknown = Cluster::start_or_join({.data = base() / "new", .run_as = "nobody-here"});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, "store.no_such_user");
}

TEST_F(ClusterTest, AnotherUserIsTurnedAway) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can try it as another user";
  const pid_t child = fork();
  if (child == 0) {
    if (!become_user("nobody")) _exit(2);
    const auto refused = Cluster::start_or_join({.data = data()});
    _exit(!refused && refused.error().code == "store.not_the_owner" ? 0 : 1);
  }
  EXPECT_EQ(wait_for(child), 0);
}

TEST_F(ClusterTest, WorksForTheUserRootHasDroppedTo) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can drop";
  OtherProgram as_root(data());
  const pid_t child = fork();
  if (child == 0) {
    if (!become_user("postgres")) _exit(2);
    const auto joined = Cluster::start_or_join({.data = data()});
    _exit(joined && ask(*joined, "select 1") == "1" ? 0 : 1);
  }
  EXPECT_EQ(wait_for(child), 0);
  as_root.kill9();
  const pid_t alone = fork();
  if (alone == 0) {
    if (!become_user("postgres")) _exit(2);
    const auto started = Cluster::start_or_join({.data = data()});
    _exit(started && started->owned() && ask(*started, "select 1") == "1" ? 0 : 1);
  }
  EXPECT_EQ(wait_for(alone), 0);
}

TEST_F(ClusterTest, ManyProgramsComeAndGoAndAreKilled) {
  std::vector<pid_t> children;
  for (int n = 0; n < 6; ++n) {
    const pid_t child = fork();
    if (child == 0) {
      for (int k = 0; k < 3; ++k) {
        auto cluster = Cluster::start_or_join({.data = data()});
        if (!cluster || ask(*cluster, "select 1") != "1") _exit(1);
        if (n % 3 == 2 && k == 2) kill(getpid(), SIGKILL);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (std::size_t n = 0; n < children.size(); ++n) {
    EXPECT_EQ(wait_for(children[n]), n % 3 == 2 ? 128 + SIGKILL : 0);
  }
  const Cluster after = start();
  EXPECT_EQ(ask(after, "select 1"), "1");
}

TEST_F(ClusterTest, AFolderThatCannotBeWrittenIsRefused) {
  if (geteuid() == 0) GTEST_SKIP() << "root can write everywhere";
  const fs::path closed = base() / "read_only";
  fs::create_directories(closed);
  chmod(closed.c_str(), 0555);
  for (const fs::path& folder : {closed, closed / "data"}) {
    const auto refused = Cluster::start_or_join({.data = folder});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, "store.folder_not_writable");
  }
}

TEST_F(ClusterTest, OnlyOneServerRunsOnAFolder) {
  auto first = ServeLock::take(data());
  ASSERT_TRUE(first);
  const auto second = ServeLock::take(data());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "store.already_serving");
  EXPECT_NE(second.error().message.find(std::to_string(getpid())), std::string::npos);
  {
    const ServeLock gone = std::move(*first);
  }
  EXPECT_TRUE(ServeLock::take(data()));
}

}  // namespace
}  // namespace rapport::store
