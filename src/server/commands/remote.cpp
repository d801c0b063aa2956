#include "server/commands/remote.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <system_error>
#include <thread>

#include "base/json.hpp"
#include "server/commands/output_file.hpp"
#include "server/edge/target.hpp"

namespace rapport::server {

namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr std::size_t answer_bytes_max = 64u << 20;
// A small import is done within the first of the pauses.
constexpr auto poll_first = 10ms;
constexpr auto poll_every = 200ms;
constexpr long status_fine = 200;
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

// What is downloaded goes to the file where the answer is fine, else to the body: it is a problem
// document then.
struct Download {
  CURL* curl = nullptr;
  OutputFile& file;
  std::string& body;
  bool written = true;
};

std::size_t save(char* bytes, std::size_t size, std::size_t count, void* into) {
  auto& download = *static_cast<Download*>(into);
  long status = 0;
  curl_easy_getinfo(download.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != status_fine) return collect(bytes, size, count, &download.body);
  download.written = download.file.write({bytes, size * count});
  return download.written ? size * count : 0;
}

// The problem document of an answer, or at least its status.
base::Problem problem_of(long status, const std::string& body) {
  base::Problem problem{.kind = base::ProblemKind::invalid,
                        .code = "server.refused",
                        .message = fmt::format("The server answers {}.", status),
                        .details = {},
                        .hint = {},
                        .fields = {},
                        .extra = {}};
  const auto answer = base::Json::parse(body, nullptr, false);
  const auto take = [&](const char* key, std::string& into) {
    if (answer.is_object() && answer.contains(key) && answer[key].is_string())
      into = answer[key].get<std::string>();
  };
  take("code", problem.code);
  take("title", problem.message);
  take("detail", problem.details);
  take("hint", problem.hint);
  return problem;
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
    std::error_code error;
    if (!in) error.assign(errno, std::generic_category());
    const auto bytes = error ? 0 : fs::file_size(file, error);  // of a folder: an error
    if (error)
      return base::refuse(base::ProblemKind::invalid, "import.unreadable",
                          "Cannot read " + file + ".", error.message() + ".");
    const auto size = static_cast<curl_off_t>(bytes);
    return json(path, [&](CURL* curl) {
      curl_easy_setopt(curl, CURLOPT_POST, 1L);
      curl_easy_setopt(curl, CURLOPT_READDATA, in.get());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, size);
    });
  }

  // The file stands under its name whole or not at all.
  base::Result<void> download(const std::string& path, const fs::path& to) {
    auto file = OutputFile::create(to);
    if (!file) return std::unexpected(file.error());
    std::string body;
    Download download{.curl = curl_, .file = *file, .body = body};
    auto received = perform(path, [&](CURL* curl) {
      curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, save);
      curl_easy_setopt(curl, CURLOPT_WRITEDATA, &download);
    });
    if (!received && download.written) return std::unexpected(received.error());
    if (received && received->status != status_fine)
      return std::unexpected(problem_of(received->status, body));
    return file->keep();
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
    return std::unexpected(problem_of(received->status, received->body));
  }

  std::string server_, key_;
  CURL* curl_;
};

bool runs(const base::Json& status) {
  auto state = status.value("state", "");
  return state == "waiting" || state == "running" || state == "undoing";
}

void print(const CommandLine& line, const base::Json& status) {
  if (line.json) {
    std::printf("%s\n", base::to_text(status).c_str());
    return;
  }
  const auto text = [&](const char* key) {
    const auto found = status.find(key);
    return found != status.end() && found->is_string() ? found->get<std::string>() : "";
  };
  const auto count = [&](const char* key) {
    return static_cast<long long>(status.value(key, std::int64_t{0}));
  };
  std::printf("Import %s: %s.\n", text("import").c_str(), text("state").c_str());
  std::printf("Received %lld = created %lld + updated %lld + unchanged %lld + rejected %lld.\n",
              count("received"), count("created"), count("updated"), count("unchanged"),
              count("rejected"));
  if (const auto file = text("rejected_file"); !file.empty())
    std::printf("Rejected rows: %s\n", file.c_str());
  if (const auto problem = text("problem"); !problem.empty()) std::printf("%s\n", problem.c_str());
}

// Waits for the end; brings the rejected rows, where there are any and they are wanted.
int follow(const CommandLine& line, Remote& remote, const std::string& import,
           const fs::path& rejected_file) {
  auto pause = poll_first;
  auto status = remote.get("/api/v1/imports/" + import);
  while (status && runs(*status)) {
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, poll_every);
    status = remote.get("/api/v1/imports/" + import);
  }
  if (!status) return fail(line, status.error());
  base::Result<void> brought;
  if (!rejected_file.empty() && status->value("rejected", std::int64_t{0}) > 0) {
    brought = remote.download("/api/v1/imports/" + import + "/rejected", rejected_file);
    // The address on the server stands there; it says nothing to who looks for the file.
    (*status)["rejected_file"] = brought ? base::Json(rejected_file.string()) : base::Json();
  }
  print(line, *status);
  if (!brought) return fail(line, brought.error());
  return status->value("state", "") == "failed" ? exit_failed : exit_done;
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
