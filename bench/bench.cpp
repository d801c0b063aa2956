// The measured workloads. Each is asked over HTTP, by 1 and by 16 connections, for a number of
// operations that is the same every time; given are the 50th, 95th and 99th percentile of what a
// client waited, operations a second, and CPU time per operation of the server and the database.
//
//   rapport_bench HOST PORT KEY SERVER_PID POSTMASTER_PID OPERATIONS
//   rapport_bench HOST PORT KEY SERVER_PID POSTMASTER_PID beside PID A_SECOND
//
// prints one JSON document. The second asks by one connection, the workloads in turn and at most
// A_SECOND times a second (0: without a pause), for as long as process PID is at work: what people
// wait for beside it. `bin/bench` makes the data, starts the
// server and prints the table.
#include <fmt/core.h>
#include <signal.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <random>
#include <stdexcept>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/json.hpp"
#include "client.hpp"
#include "processes.hpp"

namespace rapport::bench {
namespace {

using Time = std::chrono::steady_clock;
using Random = std::mt19937_64;

struct Sample {
  std::string id, name, email, etag;
};

struct Setting {
  std::string host, port, key;
  int server_pid = 0;
  int database_pid = 0;
  int operations = 1000;
  std::vector<Sample> persons;
};

// One operation by one client; throws where the answer is not the one expected.
using Operation = std::function<void(Client&, Random&)>;

struct Figures {
  double p50_ms, p95_ms, p99_ms, per_second, server_cpu_ms, database_cpu_ms;
};

double percentile(const std::vector<double>& sorted, double p) {
  const auto index = static_cast<std::size_t>(p * static_cast<double>(sorted.size() - 1));
  return sorted[index];
}

Figures measure(const Setting& setting, const Operation& operation, int connections) {
  std::vector<std::vector<double>> waits(static_cast<std::size_t>(connections));
  std::vector<std::thread> threads;
  threads.reserve(static_cast<std::size_t>(connections));
  std::mutex mutex;
  std::exception_ptr failure;
  const int each = std::max(1, setting.operations / connections);
  const Usage before = usage_of(setting.server_pid, setting.database_pid);
  const auto started = Time::now();
  for (int t = 0; t < connections; ++t) {
    threads.emplace_back([&, t] {
      try {
        Client client(setting.host, setting.port, setting.key);
        Random random(static_cast<std::uint64_t>(t) + 1);
        auto& mine = waits[static_cast<std::size_t>(t)];
        for (int i = 0; i < each; ++i) {
          const auto begin = Time::now();
          operation(client, random);
          mine.push_back(std::chrono::duration<double, std::milli>(Time::now() - begin).count());
        }
      } catch (...) {
        const std::scoped_lock lock(mutex);
        failure = std::current_exception();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  if (failure) std::rethrow_exception(failure);
  const double took = std::chrono::duration<double>(Time::now() - started).count();
  const Usage after = usage_of(setting.server_pid, setting.database_pid);
  std::vector<double> all;
  for (const auto& mine : waits) all.insert(all.end(), mine.begin(), mine.end());
  std::sort(all.begin(), all.end());
  const auto n = static_cast<double>(all.size());
  return {percentile(all, .50),
          percentile(all, .95),
          percentile(all, .99),
          n / took,
          (after.server_cpu_s - before.server_cpu_s) * 1000 / n,
          (after.database_cpu_s - before.database_cpu_s) * 1000 / n};
}

Reply expect(Reply reply, int status, const std::string& what) {
  if (reply.status != status) {
    throw std::runtime_error(
        fmt::format("{} answered {}: {}", what, reply.status, reply.body.substr(0, 400)));
  }
  return reply;
}

const Sample& any(const Setting& setting, Random& random) {
  return setting.persons[random() % setting.persons.size()];
}

// Persons to ask for, from all over the list.
std::vector<Sample> sample_persons(const Setting& setting) {
  Client client(setting.host, setting.port, setting.key);
  Random random(7);
  const auto first = base::parse_json(
      expect(client.get("/api/v1/persons?limit=1&count=exact"), 200, "count").body);
  const auto total = (*first)["page"]["count"]["value"].get<std::uint64_t>();
  std::vector<Sample> samples;
  for (int page = 0; page < 10; ++page) {
    const auto offset = total > 200 ? random() % (total - 200) : 0;
    const auto reply = base::parse_json(
        expect(
            client.get(fmt::format(
                "/api/v1/persons?limit=200&order=created_at&fields=name,email&offset={}", offset)),
            200, "sample")
            .body);
    for (const auto& row : (*reply)["data"]) {
      const auto& name = row["name"];
      samples.push_back({row["id"], name.is_object() ? name["full"].get<std::string>() : "",
                         row["email"].is_string() ? row["email"].get<std::string>() : "",
                         fmt::format("\"{}\"", row["version"].get<std::int64_t>())});
    }
  }
  if (samples.empty()) throw std::runtime_error("there are no persons to measure with");
  return samples;
}

std::string prefix_of(const Sample& person, Random& random) {
  const std::size_t length = 3 + random() % 4;
  std::string prefix = person.name.substr(0, std::min(length, person.name.size()));
  while (!prefix.empty() && (static_cast<unsigned char>(prefix.back()) & 0x80) != 0) {
    prefix.pop_back();  // not half a character
  }
  return prefix;
}

// Two neighbours swapped in the middle of the name.
std::string typo_of(const Sample& person) {
  std::string name = person.name;
  for (std::size_t i = 1; i + 2 < name.size(); ++i) {
    if (std::isalpha(static_cast<unsigned char>(name[i])) != 0 &&
        std::isalpha(static_cast<unsigned char>(name[i + 1])) != 0 && name[i] != name[i + 1]) {
      std::swap(name[i], name[i + 1]);
      break;
    }
  }
  return name;
}

struct Workload {
  std::string name;
  Operation operation;
  int every = 1;  // slow ones are done only so many times less often
};

// Each person is new, also to what earlier runs left behind.
std::string new_person(Random&) {
  static const auto run = std::random_device{}();
  static std::atomic<std::uint64_t> made = 0;
  const std::uint64_t n = (static_cast<std::uint64_t>(run) << 32) + ++made;
  return fmt::format(
      R"({{"name":{{"given":"Bench","family":"Person {:x}"}},"email":"bench.{:x}@example.com"}})",
      n % 0xFFFF, n);
}

// The versions that screens hold of the persons they show.
class Versions {
 public:
  explicit Versions(const Setting& setting) {
    for (const auto& person : setting.persons) seen_[person.id] = person.etag;
  }
  std::string of(const std::string& person) {
    const std::scoped_lock lock(mutex_);
    return seen_[person];
  }
  void note(const std::string& person, std::string etag) {
    const std::scoped_lock lock(mutex_);
    seen_[person] = std::move(etag);
  }

 private:
  std::mutex mutex_;
  std::unordered_map<std::string, std::string> seen_;
};

// A change of one field with the version at hand; who holds none, or an old one, reads it first, as
// a screen would, and waits for that too.
void update_one(const Setting& setting, Versions& versions, Client& client, Random& random) {
  const Sample& person = any(setting, random);
  const std::string target = "/api/v1/persons/" + person.id;
  for (int attempt = 0; attempt < 5; ++attempt) {
    auto version = versions.of(person.id);
    if (version.empty()) {
      version = expect(client.get(target + "?fields=job_title"), 200, "read for update").etag;
    }
    const auto reply = client.patch(
        target, fmt::format(R"({{"job_title":"Guide {}"}})", random() % 1000000), version);
    versions.note(person.id, reply.status == 200 ? reply.etag : "");
    if (reply.status == 200) return;
    if (reply.status != 412 && reply.status != 409) expect(reply, 200, "update");
  }
  throw std::runtime_error("an update was stale five times");
}

std::vector<Workload> workloads(const Setting& setting, Versions& versions) {
  const std::string filter = "where=" + escaped("lifecycle = 'customer'") + "&order=name&limit=50";
  return {
      {"record",
       [&](Client& c, Random& r) {
         expect(c.get("/api/v1/persons/" + any(setting, r).id + "?titles=true"), 200, "record");
       }},
      {"record page",
       [&](Client& c, Random& r) {
         const std::string target = "/api/v1/persons/" + any(setting, r).id;
         expect(c.get(target + "?titles=true"), 200, "record");
         expect(c.get(target + "/timeline?limit=20"), 200, "timeline");
       }},
      {"list",
       [&, filter](Client& c, Random&) {
         expect(c.get("/api/v1/persons?titles=true&" + filter), 200, "list");
       }},
      {"list, exact count",
       [&, filter](Client& c, Random&) {
         expect(c.get("/api/v1/persons?titles=true&count=exact&" + filter), 200, "list");
       },
       10},
      {"search, prefix",
       [&](Client& c, Random& r) {
         expect(c.get("/api/v1/search?limit=10&q=" + escaped(prefix_of(any(setting, r), r))), 200,
                "search");
       }},
      {"search, typing error",
       [&](Client& c, Random& r) {
         expect(c.get("/api/v1/search?limit=10&q=" + escaped(typo_of(any(setting, r)))), 200,
                "search");
       }},
      {"create",
       [&](Client& c, Random& r) {
         expect(c.post("/api/v1/persons", new_person(r)), 201, "create");
       }},
      {"update", [&](Client& c, Random& r) { update_one(setting, versions, c, r); }},
  };
}

// Writes in the background, one at a time, as long as it lives.
class Writer {
 public:
  explicit Writer(const Setting& setting)
      : thread_([this, &setting] {
          Client client(setting.host, setting.port, setting.key);
          Random random(99);
          while (!stop_ && client.post("/api/v1/persons", new_person(random)).status == 201) {
            ++written_;
          }
        }) {}
  ~Writer() {
    stop_ = true;
    thread_.join();
  }
  [[nodiscard]] int written() const { return written_; }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<int> written_ = 0;
  std::thread thread_;
};

base::Json as_json(const std::string& name, int connections, const Figures& f) {
  auto two = [](double v) { return std::round(v * 100) / 100; };
  return {{"workload", name},
          {"connections", connections},
          {"p50_ms", two(f.p50_ms)},
          {"p95_ms", two(f.p95_ms)},
          {"p99_ms", two(f.p99_ms)},
          {"per_second", std::round(f.per_second)},
          {"server_cpu_ms", two(f.server_cpu_ms)},
          {"database_cpu_ms", two(f.database_cpu_ms)}};
}

bool at_work(int process) {
  return kill(process, 0) == 0;
}

// The workloads in turn by one connection until `process` ends; then given are the waits of each.
base::Json run_beside(Setting& setting, int process, double a_second) {
  setting.persons = sample_persons(setting);
  Versions versions(setting);
  const auto all = workloads(setting, versions);
  std::vector<std::vector<double>> waits(all.size());
  Client client(setting.host, setting.port, setting.key);
  Random random(1);
  const std::chrono::duration<double> between(a_second > 0 ? 1 / a_second : 0);
  for (int round = 0; at_work(process); ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (round % all[i].every != 0) continue;
      const auto begin = Time::now();
      all[i].operation(client, random);
      const auto took = Time::now() - begin;
      waits[i].push_back(std::chrono::duration<double, std::milli>(took).count());
      std::this_thread::sleep_for(between - took);
    }
  }
  base::Json rows = base::Json::array();
  for (std::size_t i = 0; i < all.size(); ++i) {
    std::ranges::sort(waits[i]);
    if (waits[i].empty()) continue;
    rows.push_back({{"workload", all[i].name},
                    {"calls", waits[i].size()},
                    {"p50_ms", percentile(waits[i], .50)},
                    {"p95_ms", percentile(waits[i], .95)},
                    {"p99_ms", percentile(waits[i], .99)},
                    {"max_ms", waits[i].back()}});
  }
  return {{"rows", rows}};
}

base::Json run(Setting& setting) {
  base::Json rows = base::Json::array();
  const Usage idle = usage_of(setting.server_pid, setting.database_pid);
  setting.persons = sample_persons(setting);
  const int operations = setting.operations;
  Versions versions(setting);
  for (const auto& [name, operation, every] : workloads(setting, versions)) {
    setting.operations = std::max(16, operations / every);
    measure(setting, operation, 2);  // warm
    for (const int connections : {1, 16}) {
      rows.push_back(as_json(name, connections, measure(setting, operation, connections)));
    }
    if (name.starts_with("search")) {
      const Writer writer(setting);
      rows.push_back(as_json(name + ", under writes", 1, measure(setting, operation, 1)));
      if (writer.written() == 0) throw std::runtime_error("nothing was written meanwhile");
    }
  }
  const Usage busy = usage_of(setting.server_pid, setting.database_pid);
  return {{"rows", rows},
          {"memory_mb",
           {{"idle_server", std::round(idle.server_mb)},
            {"idle_database", std::round(idle.database_mb)},
            {"after_server", std::round(busy.server_mb)},
            {"after_database", std::round(busy.database_mb)}}}};
}

}  // namespace
}  // namespace rapport::bench

int main(int argc, char** argv) {
  const std::vector<std::string> given(argv + 1, argv + argc);
  const bool beside = given.size() == 8 && given[5] == "beside";
  if (!beside && given.size() != 6) {
    fmt::print(
        stderr,
        "usage: rapport_bench HOST PORT KEY SERVER_PID POSTMASTER_PID OPERATIONS\n"
        "       rapport_bench HOST PORT KEY SERVER_PID POSTMASTER_PID beside PID A_SECOND\n");
    return 2;
  }
  try {
    rapport::bench::Setting setting{.host = given[0],
                                    .port = given[1],
                                    .key = given[2],
                                    .server_pid = std::stoi(given[3]),
                                    .database_pid = std::stoi(given[4]),
                                    .operations = beside ? 0 : std::stoi(given[5]),
                                    .persons = {}};
    const auto result =
        beside ? rapport::bench::run_beside(setting, std::stoi(given[6]), std::stod(given[7]))
               : rapport::bench::run(setting);
    fmt::print("{}\n", rapport::base::to_text(result));
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "rapport_bench: {}\n", error.what());
    return 1;
  }
}
