// A keep-alive HTTP/1.1 client on one blocking socket: what the load of the benchmark is made with.
#pragma once

#include <memory>
#include <string>

namespace rapport::bench {

struct Reply {
  int status = 0;
  std::string etag;
  std::string body;
};

class Client {
 public:
  // Sends the key with every request. Throws std::runtime_error where the server cannot be reached.
  Client(std::string host, std::string port, std::string key);
  ~Client();
  Client(Client&&) noexcept;

  Reply get(const std::string& target);
  Reply post(const std::string& target, const std::string& json);
  Reply patch(const std::string& target, const std::string& json, const std::string& etag);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// For a query string.
std::string escaped(const std::string& text);

}  // namespace rapport::bench
