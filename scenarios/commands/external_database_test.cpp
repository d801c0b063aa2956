// `--database URL`: the whole program on a PostgreSQL that someone else runs, reached over TCP with
// a password, as a role that owns its database and nothing more.
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <stdexcept>

#include "commands/program.hpp"
#include "store/database.hpp"
#include "store/server_process.hpp"

namespace rapport::scenarios {
namespace {

namespace fs = std::filesystem;

using base::Json;

const std::string password = "a long enough password";

template <class T>
T must(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " " + result.error().details);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

int free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no free port");
  ::close(fd);
  return ntohs(address.sin_port);
}

// A throw-away server as an administrator would set it up: scram passwords over TCP, the
// administrator himself over the socket.
class ForeignServer {
 public:
  ForeignServer() : user_(user()), port_(free_port()) {
    must(store::make_cluster(
        programs_, {.cluster = cluster_, .user = user_, .durable = false, .settings = {}}));
    std::ofstream(cluster_ / "pg_hba.conf") << "local all postgres trust\n"
                                               "host all all 127.0.0.1/32 scram-sha-256\n";
    std::ofstream(cluster_ / "postgresql.auto.conf")
        << "fsync = off\nfull_page_writes = off\nshared_buffers = 32MB\njit = on\n"
           "password_encryption = 'scram-sha-256'\n";
    start();
    admin("create role crm login password 's3cret'");
  }
  ~ForeignServer() { stop(); }
  ForeignServer(const ForeignServer&) = delete;
  ForeignServer& operator=(const ForeignServer&) = delete;

  void start() {
    process_ =
        must(store::spawn({{(programs_.folder / "postgres").string(), "-D", cluster_.string(), "-c",
                            "listen_addresses=127.0.0.1", "-c", "port=" + std::to_string(port_),
                            "-c", "unix_socket_directories=" + cluster_.string()},
                           user_,
                           {}}));
    for (int i = 0; i < 3000; ++i) {
      if (PQping(admin_conninfo("postgres").c_str()) == PQPING_OK) return;
      ::usleep(10'000);
    }
    throw std::runtime_error("the foreign server does not start");
  }
  void stop() {
    ::kill(process_, SIGINT);
    (void)store::wait_for(process_);
  }

  void admin(const std::string& sql, const std::string& database = "postgres") const {
    store::Pool pool({.conninfo = admin_conninfo(database), .connections_max = 1});
    const auto done = pool.run_alone({"test.admin", sql});
    if (!done) throw std::runtime_error(sql + ": " + done.error().message);
  }
  [[nodiscard]] std::string url(const std::string& database,
                                const std::string& secret = "s3cret") const {
    return "postgresql://crm:" + secret + "@127.0.0.1:" + std::to_string(port_) + "/" + database;
  }

 private:
  static store::OsUser user() {
    if (::geteuid() != 0) return store::current_user();
    for (const auto* name : {"postgres", "nobody"})
      if (auto found = store::find_user(name)) return *found;
    throw std::runtime_error("these tests need the user postgres when run as root");
  }
  [[nodiscard]] std::string admin_conninfo(const std::string& database) const {
    return "host=" + cluster_.string() + " port=" + std::to_string(port_) +
           " user=postgres dbname=" + database;
  }

  Folder folder_;
  store::OsUser user_;
  int port_;
  store::Programs programs_ = must(store::find_programs({}, 0));
  fs::path cluster_ = fs::path(folder_.path("data")) / "cluster";
  pid_t process_ = -1;
};

class ExternalDatabase : public testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = std::make_unique<ForeignServer>(); }
  static void TearDownTestSuite() { server_.reset(); }
  static ForeignServer& server() { return *server_; }

  Folder folder;
  // On a data folder of its own: what is not in the database (kept files) lies there.
  [[nodiscard]] Outcome rapport(const std::string& url, Arguments arguments,
                                const std::string& input = {}) const {
    arguments.insert(arguments.end(), {"--data", folder.path("data")});
    return run_program({std::move(arguments), input, {{"RAPPORT_DATABASE", url}}});
  }

 private:
  static inline std::unique_ptr<ForeignServer> server_;
};

TEST_F(ExternalDatabase, the_whole_program_lives_there_and_survives_restarts_of_both) {
  server().admin("create database firm owner crm");
  const auto url = server().url("firm");
  auto added = rapport(url, {"user", "add", "ed", "--password-stdin"}, password);
  ASSERT_EQ(added.code, 0) << added.err;
  EXPECT_FALSE(fs::exists(folder.path("data") + "/postgres")) << "no private cluster is made";
  const Arguments flags{"--data", folder.path("data"), "--demo", "small"};
  const std::map<std::string, std::string> database{{"RAPPORT_DATABASE", url}};
  std::string path;
  {
    Serving serving(flags, database);
    auto ed = serving.browser_of("ed", password);
    auto made = ed.post("/api/v1/companies", {{"name", "Alpina GmbH"}});
    ASSERT_EQ(made.status, 201) << made.body;
    path = made.header("location");
    EXPECT_GT(ed.get("/api/v1/persons?count=exact").json()["page"]["count"]["value"], 100);

    const auto mapping =
        folder.write("m.yaml",
                     "objects:\n- object: company\n  key: {external: list, of: number}\n"
                     "  mode: upsert\n  fields: {name: name, number: number}\n");
    const auto file = folder.write("c.csv", "name,number\nBergwerk AG,B-1\nCanyon SL,C-1\n");
    auto imported = rapport(url, {"import", file, "--mapping", mapping, "--json"});
    ASSERT_EQ(imported.code, 0) << imported.err;
    EXPECT_EQ(imported.json().value("created", 0), 2) << imported.out;
    // Found at once: the listeners hear of changes there, too.
    std::string found;
    for (int i = 0; i < 100 && found != "Bergwerk AG"; ++i, ::usleep(50'000)) {
      auto data = ed.get("/api/v1/search?q=bergwerk").json()["data"];
      if (!data.empty()) found = data[0].value("title", "");
    }
    EXPECT_EQ(found, "Bergwerk AG");

    server().stop();
    EXPECT_GE(ed.get("/api/v1/persons").status, 500) << "no database";
    server().start();
    int status = 0;
    for (int i = 0; i < 100 && status != 200; ++i, ::usleep(50'000))
      status = ed.get("/api/v1/persons").status;
    EXPECT_EQ(status, 200) << "connections are opened again";
    EXPECT_EQ(serving.stop(SIGTERM), 0);
  }
  Serving again(flags, database);
  auto ed = again.browser_of("ed", password);
  EXPECT_EQ(ed.get(path).json()["name"], "Alpina GmbH");
  auto verified = rapport(url, {"verify", "--json"});
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
}

TEST_F(ExternalDatabase, two_programs_with_data_folders_of_their_own_share_it) {
  server().admin("create database shared owner crm");
  const auto url = server().url("shared");
  ASSERT_EQ(rapport(url, {"user", "add", "ed", "--password-stdin"}, password).code, 0);
  Serving one({"--data", folder.path("one"), "--database", url});
  Serving two({"--data", folder.path("two"), "--database", url});
  auto here = one.browser_of("ed", password);
  auto there = two.browser_of("ed", password);
  auto made = here.post("/api/v1/persons", {{"name", "Shared Person"}});
  ASSERT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(there.get(made.header("location")).status, 200);
}

TEST_F(ExternalDatabase, one_that_cannot_serve_is_refused_by_a_sentence_and_left_as_it_was) {
  server().admin("create database latin encoding 'LATIN1' locale 'C' template template0 owner crm");
  server().admin(
      "create database bytes encoding 'SQL_ASCII' locale 'C' template template0 owner crm");
  server().admin("create database theirs");
  server().admin("create database closed");
  server().admin("revoke connect on database closed from public");
  server().admin("create database no_extension");
  server().admin("grant create on schema public to crm", "no_extension");
  struct Case {
    std::string url;
    int code;
    std::string says, hints;
  };
  const Case cases[] = {
      {server().url("latin"), 1, "\"latin\" keeps its text in LATIN1", "encoding 'UTF8'"},
      {server().url("bytes"), 1, "SQL_ASCII", "encoding 'UTF8'"},
      {server().url("theirs"), 1, "\"crm\" may not make tables in the schema \"public\"", "owner"},
      {server().url("no_extension"), 1, "no extension pg_trgm", "create extension pg_trgm"},
      {server().url("closed"), 3, "\"closed\"", "permission denied"},
      {server().url("nowhere"), 3, "\"nowhere\"", "does not exist"},
      {server().url("theirs", "wrong"), 3, "user \"crm\"", "password authentication failed"},
      {"postgresql://crm@127.0.0.1:1/firm", 3, "port 1", "refused"},
      {"https://db.example/firm", 2, "cannot be read", "postgresql://"},
  };
  for (const auto& one : cases) {
    const auto outcome = rapport(one.url, {"serve", "--listen", "127.0.0.1:0"});
    EXPECT_EQ(outcome.code, one.code) << outcome.err;
    EXPECT_NE(outcome.err.find(one.says), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(one.hints), std::string::npos) << outcome.err;
    EXPECT_EQ(outcome.err.find("s3cret"), std::string::npos) << outcome.err;
  }
  server().admin("select 1 / (not exists (select from pg_tables where schemaname = 'public'))::int",
                 "latin");
}

}  // namespace
}  // namespace rapport::scenarios
