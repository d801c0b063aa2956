// The import held against real files with known answers, which stand outside the project: in the
// folder RAPPORT_REFERENCE_DATA (default ../shared/data, from the root of the sources).
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <random>
#include <thread>

#include "base/json.hpp"
#include "entity/request/request.hpp"
#include "platform/exchange/exchange.hpp"
#include "platform/exchange/testing.hpp"

namespace rapport::platform {
namespace {

std::filesystem::path reference_data() {
  const char* stated = std::getenv("RAPPORT_REFERENCE_DATA");
  return stated != nullptr ? stated : "../shared/data";
}

// Memory of this process that is not shared with files, in MiB.
int own_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("RssAnon:")) return std::stoi(line.substr(8)) / 1024;
  }
  return 0;
}

class ExchangeReference : public testing::Test {
 protected:
  void SetUp() override {
    if (std::filesystem::exists(reference_data() / "cdnow")) {
      database = std::make_unique<store::TestDatabase>("exchange", make_records_tables);
      engine = std::make_unique<TestEngine>(database->pool());
      exchange = std::make_unique<Exchange>(*engine->road,
                                            ExchangeOptions{.folder = folder.path() / "imports"});
      return;
    }
    const char* ci = std::getenv("CI");
    if (ci != nullptr && std::string_view(ci) == "true") {
      FAIL() << "The reference data is not at " << reference_data();
    }
    GTEST_SKIP() << "The reference data is not at " << reference_data()
                 << "; set RAPPORT_REFERENCE_DATA.";
  }

  // A copy in the test's folder, unpacked where it ends in .xz.
  std::filesystem::path file(const std::string& name) const {
    const auto from = reference_data() / name;
    auto to = folder.path() / from.filename();
    if (to.extension() != ".xz") return from;
    to.replace_extension();
    if (!std::filesystem::exists(to)) {
      const std::string command = "xz -dc '" + from.string() + "' > '" + to.string() + "'";
      EXPECT_EQ(std::system(command.c_str()), 0);
    }
    return to;
  }

  static std::string mapping(const std::string& name) {
    return read_whole("docs/examples/" + name + ".mapping.yaml");
  }

  ImportStatus import(const std::filesystem::path& path, const std::string& mapping_text) {
    const auto kept =
        exchange->keep_file(engine->caller, {.path = path, .name = path.filename().string()});
    EXPECT_TRUE(kept) << kept.error().message;
    const auto started = exchange->start(engine->caller, *kept, mapping_text);
    EXPECT_TRUE(started) << started.error().message;
    if (!started) return {};
    const int memory = own_memory();
    int peak = 0;
    const auto from = std::chrono::steady_clock::now();
    auto ended = exchange->run(engine->caller, *started, [&](const ImportStatus&) {
      peak = std::max(peak, own_memory() - memory);
      return true;
    });
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
    EXPECT_TRUE(ended) << ended.error().message << ended.error().details;
    if (!ended) return {};
    std::cout << path.filename().string() << ": " << ended->rows.received << " rows in "
              << took.count() << " s, "
              << static_cast<int>(static_cast<double>(ended->rows.received) / took.count())
              << " rows/s, memory +" << peak << " MiB\n";
    EXPECT_EQ(ended->state, ImportState::done) << ended->problem;
    EXPECT_LE(peak, 256);
    return *ended;
  }

  void undo(const base::Id& id) {
    ASSERT_TRUE(exchange->undo(engine->caller, id));
    const auto from = std::chrono::steady_clock::now();
    const auto ended = exchange->run(engine->caller, id);
    ASSERT_TRUE(ended) << ended.error().message << ended.error().details;
    EXPECT_EQ(ended->state, ImportState::undone);
    EXPECT_EQ(ended->not_undone_json, "[]");
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
    std::cout << "undone in " << took.count() << " s\n";
  }

  std::string one(std::string_view sql) { return ask(database->pool(), sql); }

  // Orders' totals of persons who are known, through the road as the API reads them.
  std::string net_of_known() {
    entity::List list{.object = "order",
                      .where = "person.kind = 'identified'",
                      .limit = 1000,
                      .fields = {"total"}};
    base::Decimal sum;
    do {
      const auto page = engine->road->list(engine->caller, list);
      EXPECT_TRUE(page) << page.error().message;
      if (!page) return "";
      for (const auto& record : page->records) {
        const auto* total = std::get_if<base::Money>(&record.values[0]);
        if (total != nullptr) sum = *base::add(sum, total->amount);
      }
      list.after = page->after;
    } while (!list.after.empty());
    return base::to_text(base::rounded(sum, 2, base::Rounding::half_even));
  }

  TestFolder folder;
  std::unique_ptr<store::TestDatabase> database;
  std::unique_ptr<TestEngine> engine;
  std::unique_ptr<Exchange> exchange;
};

void expect_counts(const ImportStatus& status, const ImportCounts& expected) {
  EXPECT_EQ(status.rows.received, expected.received);
  EXPECT_EQ(status.rows.created, expected.created);
  EXPECT_EQ(status.rows.updated, expected.updated);
  EXPECT_EQ(status.rows.unchanged, expected.unchanged);
  EXPECT_EQ(status.rows.rejected, expected.rejected);
}

TEST_F(ExchangeReference, CdnowSampleAndFullSetMakeTheSameOrders) {
  const std::string before = content_of(database->pool());
  const auto sample = import(file("cdnow/CDNOW_sample.txt"), mapping("cdnow"));
  expect_counts(sample, {.received = 6919, .created = 6919});
  EXPECT_EQ(one("select count(*) from persons"), "2357");
  const auto full = import(file("cdnow/CDNOW_master.txt.xz"), mapping("cdnow"));
  expect_counts(full, {.received = 69'659, .created = 62'740, .unchanged = 6919});
  EXPECT_EQ(one("select count(*) from persons"), "23570");
  EXPECT_EQ(one("select count(*) from orders"), "69659");
  EXPECT_EQ(one("select sum(total) from orders"), "2500315.6300");
  const std::string after = content_of(database->pool());
  const auto again = import(file("cdnow/CDNOW_master.txt.xz"), mapping("cdnow"));
  expect_counts(again, {.received = 69'659, .unchanged = 69'659});
  EXPECT_EQ(content_of(database->pool()), after);
  undo(again.id);
  EXPECT_EQ(content_of(database->pool()), after);
  undo(full.id);
  undo(sample.id);
  EXPECT_EQ(content_of(database->pool()), before);
  expect_counts(import(file("cdnow/CDNOW_master.txt.xz"), mapping("cdnow")),
                {.received = 69'659, .created = 69'659});
  EXPECT_EQ(content_of(database->pool()), after);
}

TEST_F(ExchangeReference, OnlineRetailKeepsEveryLine) {
  const std::string before = content_of(database->pool());
  const auto path = file("online_retail/online_retail.csv.xz");
  const auto status = import(path, mapping("online_retail"));
  expect_counts(status, {.received = 541'909, .created = 541'909});
  EXPECT_EQ(one("select count(*) from persons where kind = 'identified'"), "4372");
  EXPECT_EQ(one("select count(*) from persons where kind = 'anonymous'"), "3710");
  EXPECT_EQ(one("select count(*) from orders"), "25900");
  EXPECT_EQ(one("select count(*) from orders where kind = 'return'"), "3836");
  EXPECT_EQ(one("select count(*) from order_lines"), "541909");
  EXPECT_EQ(one("select count(*) from products"), "4070");
  EXPECT_EQ(one("select round(sum(l.total), 2) from order_lines l join persons p "
                "on p.id = l.person_id where p.kind = 'identified'"),
            "8300065.81");
  EXPECT_EQ(net_of_known(), "8300065.81");
  std::map<std::string, int> reported;
  for (const auto& report : base::Json::parse(status.reported_json)) {
    reported[report["report"]] = report["count"];
  }
  EXPECT_EQ(reported["No description"], 1454);
  EXPECT_EQ(reported["A price of nought"], 2515);
  EXPECT_EQ(reported["A price below nought"], 2);
  EXPECT_EQ(reported["A negative quantity outside a cancellation"], 1336);
  EXPECT_GT(reported["order.placed_at differs"], 0);
  EXPECT_GT(reported["product.name differs"], 0);
  const std::string after = content_of(database->pool());
  const auto again = import(path, mapping("online_retail"));
  expect_counts(again, {.received = 541'909, .unchanged = 541'909});
  EXPECT_EQ(content_of(database->pool()), after);
  undo(again.id);
  EXPECT_EQ(content_of(database->pool()), after);
  undo(status.id);
  EXPECT_EQ(content_of(database->pool()), before);
}

// ---- Killed at random moments ------------------------------------------------------------------

// The child of the test below: runs an import until it ends or is killed.
TEST(ExchangeCrashChild, DISABLED_Runs) {
  const char* conninfo = std::getenv("RAPPORT_CRASH_DATABASE");
  const char* folder = std::getenv("RAPPORT_CRASH_FOLDER");
  const auto id = base::parse_id(std::getenv("RAPPORT_CRASH_IMPORT"));
  ASSERT_TRUE(conninfo != nullptr && folder != nullptr && id);
  store::Pool pool({.conninfo = conninfo});
  TestEngine engine(pool);
  Exchange exchange(*engine.road, {.folder = folder, .rows_per_chunk = 200});
  const auto ended = exchange.run(engine.caller, *id);
  ASSERT_TRUE(ended) << ended.error().message;
  EXPECT_EQ(ended->state, ImportState::done);
}

class ExchangeCrash : public ExchangeReference {
 protected:
  // Whether the child came to its end before it was killed.
  bool run_child(const base::Id& import, std::chrono::milliseconds killed_after) const {
    const std::string id = base::to_text(import);
    const std::string imports = (folder.path() / "imports").string();
    const pid_t child = ::fork();
    if (child == 0) {
      ::setenv("RAPPORT_CRASH_DATABASE", database->conninfo().c_str(), 1);
      ::setenv("RAPPORT_CRASH_FOLDER", imports.c_str(), 1);
      ::setenv("RAPPORT_CRASH_IMPORT", id.c_str(), 1);
      ::execl("/proc/self/exe", "platform_test", "--gtest_also_run_disabled_tests",
              "--gtest_filter=ExchangeCrashChild.DISABLED_Runs", "--gtest_brief=1", nullptr);
      ::_exit(127);
    }
    const auto until = std::chrono::steady_clock::now() + killed_after;
    int status = 0;
    while (std::chrono::steady_clock::now() < until) {
      if (::waitpid(child, &status, WNOHANG) == child) {
        EXPECT_EQ(status, 0);
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    return false;
  }
};

TEST_F(ExchangeCrash, ARunKilledTwentyTimesEndsAsAnUndisturbedOne) {
  constexpr int kills_wanted = 20;
  constexpr int kills_of_one_import = 6;
  const auto path = file("cdnow/CDNOW_sample.txt");
  const auto undisturbed = import(path, mapping("cdnow"));
  const std::string expected = content_of(database->pool());
  undo(undisturbed.id);
  std::mt19937 random(20);  // NOLINT: the same moments each time
  std::uniform_int_distribution<int> moment(20, 500);
  int kills = 0, imports = 0;
  while (kills < kills_wanted) {
    const auto kept = exchange->keep_file(engine->caller, {.path = path, .name = "sample.txt"});
    const auto started = exchange->start(engine->caller, *kept, mapping("cdnow"));
    ASSERT_TRUE(started) << started.error().message;
    ++imports;
    int mine = 0;
    while (mine < kills_of_one_import &&
           !run_child(*started, std::chrono::milliseconds(moment(random)))) {
      ++mine;
    }
    kills += mine;
    ASSERT_TRUE(run_child(*started, std::chrono::minutes(5)));
    const auto ended = exchange->status(entity::program({}), *started);
    EXPECT_EQ(ended->state, ImportState::done);
    expect_counts(*ended, {.received = 6919, .created = 6919});
    EXPECT_EQ(content_of(database->pool()), expected);
    undo(*started);
  }
  std::cout << "killed " << kills << " times in " << imports << " imports\n";
}

}  // namespace
}  // namespace rapport::platform
