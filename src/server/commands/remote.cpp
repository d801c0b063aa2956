#include "server/commands/remote.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include "base/json.hpp"
#include "server/edge/target.hpp"

namespace rapport::server {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::size_t answer_bytes_max = 64u << 20;
constexpr auto poll_every = 200ms;
constexpr long connect_timeout_s = 10;
constexpr long stalled_timeout_s = 120;  // without a byte either way

struct Received {
  long status = 0;
  std::string body;
};

std::size_t collect(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& body = *static_cast<std::string*>(into);
  if (body.size() + size * count > answer_bytes_max) return 0;
  body.append(bytes, size * count);
  return size * count;
}

std::size_t save(char* bytes, std::size_t size, std::size_t count, void* into) {
  return std::fwrite(bytes, size, count, static_cast<std::FILE*>(into));
}

class Remote {
 public:
  explicit Remote(std::string server) : server_(std::move(server)), curl_(curl_easy_init()) {
    while (server_.ends_with('/')) server_.pop_back();
    if (const char* key = std::getenv("RAPPORT_KEY")) key_ = key;
  }
  ~Remote() { curl_easy_cleanup(curl_); }
  Remote(const Remote&) = delete;
  Remote& operator=(const Remote&) = delete;

  base::Result<base::Json> get(const std::string& path) {
    return json(path, [](CURL*) {});
  }

  base::Result<base::Json> post(const std::string& path, const std::string& body) {
    return json(path, [&](CURL* curl) {
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.data());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    });
  }

  base::Result<base::Json> upload(const std::string& path, const std::string& file) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(file.c_str(), "rb"), std::fclose);
    if (!in)
      return base::refuse(base::ProblemKind::invalid, "import.unreadable",
                          "Cannot read " + file + ".");
    auto size = static_cast<curl_off_t>(fs::file_size(file));
    return json(path, [&](CURL* curl) {
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_READDATA, in.get());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, size);
    });
  }

  bool download(const std::string& path, const fs::path& to) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(to.c_str(), "wb"), std::fclose);
    if (!out) return false;
    auto received = perform(path, [&](CURL* curl) {
      curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, save);
      curl_easy_setopt(curl, CURLOPT_WRITEDATA, out.get());
    });
    return received && received->status == 200;
  }

 private:
  template <class Setup>
  base::Result<Received> perform(const std::string& path, const Setup& setup) {
    if (key_.empty())
      return base::refuse(base::ProblemKind::unauthenticated, "configuration.key",
                          "The key for the server must stand in RAPPORT_KEY.", {},
                          "`rapport key create` makes one.");
    Received received;
    curl_easy_reset(curl_);
    auto url = server_ + path;
    auto bearer = "Authorization: Bearer " + key_;
    curl_slist* headers = curl_slist_append(nullptr, bearer.c_str());
    headers = curl_slist_append(headers, "Content-Type: application/json");
    curl_easy_setopt(curl_, CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl_, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl_, CURLOPT_CONNECTTIMEOUT, connect_timeout_s);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl_, CURLOPT_LOW_SPEED_TIME, stalled_timeout_s);
    curl_easy_setopt(curl_, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl_, CURLOPT_WRITEDATA, &received.body);
    setup(curl_);
    auto code = curl_easy_perform(curl_);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
      return base::refuse(
          base::ProblemKind::unavailable, "server.unreachable",
          fmt::format("The server {} does not answer: {}.", server_, curl_easy_strerror(code)));
    curl_easy_getinfo(curl_, CURLINFO_RESPONSE_CODE, &received.status);
    return received;
  }

  template <class Setup>
  base::Result<base::Json> json(const std::string& path, const Setup& setup) {
    auto received = perform(path, setup);
    if (!received) return std::unexpected(received.error());
    auto answer = base::Json::parse(received->body, nullptr, false);
    if (received->status < 400 && !answer.is_discarded()) return answer;
    base::Problem problem{.kind = base::ProblemKind::invalid,
                          .code = "server.refused",
                          .message = fmt::format("The server answers {}.", received->status),
                          .details = {},
                          .hint = {},
                          .fields = {},
                          .extra = {}};
    if (answer.is_object()) {
      problem.code = answer.value("code", problem.code);
      problem.message = answer.value("title", problem.message);
      problem.details = answer.value("detail", "");
      problem.hint = answer.value("hint", "");
    }
    return std::unexpected(problem);
  }

  std::string server_, key_;
  CURL* curl_;
};

bool runs(const base::Json& status) {
  auto state = status.value("state", "");
  return state == "waiting" || state == "running" || state == "undoing";
}

int follow(const CommandLine& line, Remote& remote, const std::string& import,
           const fs::path& rejected_file) {
  while (true) {
    auto status = remote.get("/api/v1/imports/" + import);
    if (!status) return fail(line, status.error());
    if (runs(*status)) {
      std::this_thread::sleep_for(poll_every);
      continue;
    }
    if (!rejected_file.empty() && status->value("rejected", 0) > 0 &&
        remote.download("/api/v1/imports/" + import + "/rejected", rejected_file))
      (*status)["rejected_file"] = rejected_file.string();
    if (line.json) {
      std::printf("%s\n", base::to_text(*status).c_str());
    } else {
      std::printf("Import %s: %s.\n", import.c_str(), status->value("state", "").c_str());
      std::printf("Received %d = created %d + updated %d + unchanged %d + rejected %d.\n",
                  status->value("received", 0), status->value("created", 0),
                  status->value("updated", 0), status->value("unchanged", 0),
                  status->value("rejected", 0));
    }
    return status->value("state", "") == "failed" ? exit_failed : exit_done;
  }
}

}  // namespace

int import_remotely(const CommandLine& line, const std::string& server, const std::string& file,
                    const std::string& mapping) {
  Remote remote(server);
  fs::path path(file);
  auto kept =
      remote.upload("/api/v1/import_files?name=" + percent_encoded(path.filename().string()), file);
  if (!kept) return fail(line, kept.error());
  base::Json order{{"file", (*kept)["file"]}, {"mapping", mapping}};
  auto import = remote.post("/api/v1/imports", base::to_text(order));
  if (!import) return fail(line, import.error());
  auto rejected = path.parent_path() / (path.stem().string() + ".rejected.csv");
  return follow(line, remote, import->value("import", ""), rejected);
}

int undo_remotely(const CommandLine& line, const std::string& server, const std::string& import) {
  Remote remote(server);
  auto begun = remote.post("/api/v1/imports/" + import + "/undo", "{}");
  if (!begun) return fail(line, begun.error());
  return follow(line, remote, import, {});
}

}  // namespace rapport::server
