// A small HTTP client for the stories: one connection, one request at a time, cookies kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.hpp"

namespace rapport::scenarios {

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Reply {
  int status = 0;
  Headers headers;  // names in lower case
  std::string body;
  [[nodiscard]] std::string header(std::string_view name) const;
  [[nodiscard]] base::Json json() const;
};

class Browser {
 public:
  explicit Browser(std::uint16_t port) : port_(port) {}
  ~Browser();
  Browser(Browser&& other) noexcept;
  Browser(const Browser&) = delete;
  Browser& operator=(const Browser&) = delete;

  Reply get(const std::string& target, const Headers& headers = {});
  Reply post(const std::string& target, const base::Json& body, const Headers& headers = {});
  Reply patch(const std::string& target, const base::Json& body, const Headers& headers = {});
  Reply remove(const std::string& target, const Headers& headers = {});
  Reply ask(const std::string& method, const std::string& target, const std::string& body = {},
            const Headers& headers = {});

  // Sent with every request from now on.
  void use_key(const std::string& key) { key_ = key; }
  [[nodiscard]] bool has_cookie() const { return !cookie_.empty(); }
  void forget_cookie() { cookie_.clear(); }

  // For streams: what has come when `text` has, or nothing more comes.
  void begin(const std::string& target, const Headers& headers = {});
  std::string until(std::string_view text);

 private:
  void connect();
  void send(const std::string& method, const std::string& target, const std::string& body,
            const Headers& headers);
  bool more();
  std::string take_line();
  std::string take(std::size_t bytes);
  std::string take_chunks();
  Reply read_reply(bool headless);

  std::uint16_t port_;
  int fd_ = -1;
  std::string got_, cookie_, key_;
};

}  // namespace rapport::scenarios
