// The program as scripts use it: the real binary in a process of its own, on a data folder of its
// own. It is the one beside this test program, or RAPPORT_BINARY.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "browser.hpp"

namespace rapport::scenarios {

using Arguments = std::vector<std::string>;

struct Call {
  Arguments arguments;
  std::string input = {};                             // on standard input
  std::map<std::string, std::string> variables = {};  // of an environment that holds little else
};

struct Outcome {
  int code = -1;  // 128 + n for a signal
  std::string out, err;
  [[nodiscard]] base::Json json() const { return base::Json::parse(out, nullptr, false); }
};

// Runs to its end.
[[nodiscard]] Outcome run_program(const Call& call);

// `rapport serve` on a free port, until it is ready.
class Serving {
 public:
  explicit Serving(Arguments flags, const std::map<std::string, std::string>& variables = {});
  ~Serving();  // killed, where it still runs
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] pid_t process() const { return process_; }
  [[nodiscard]] std::string address() const;
  [[nodiscard]] Browser browser() const { return Browser(port_); }
  [[nodiscard]] Browser browser_of(const std::string& user, const std::string& password) const;
  // Sends the signal and waits for the end; gives the exit code.
  int stop(int signal);
  // What it said so far.
  [[nodiscard]] std::string said() const;

 private:
  pid_t process_ = -1;
  std::uint16_t port_ = 0;
  std::filesystem::path log_;
};

// A folder in memory where there is room, removed in the end. Its inside can be reached by the
// unprivileged user that the program becomes where the tests run as root.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] std::string path(std::string_view name) const { return (path_ / name).string(); }
  // Gives the path of a file with that text.
  std::string write(std::string_view name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

[[nodiscard]] std::string text_of(const std::filesystem::path& file);

}  // namespace rapport::scenarios
