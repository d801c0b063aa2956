#include "browser.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

namespace rapport::scenarios {

std::string Reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

base::Json Reply::json() const {
  return base::Json::parse(body, nullptr, false);
}

Browser::~Browser() {
  if (fd_ >= 0) ::close(fd_);
}

Browser::Browser(Browser&& other) noexcept
    : port_(other.port_),
      fd_(std::exchange(other.fd_, -1)),
      got_(std::move(other.got_)),
      cookie_(std::move(other.cookie_)),
      key_(std::move(other.key_)) {}

void Browser::connect() {
  if (fd_ >= 0) ::close(fd_);
  got_.clear();
  fd_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  timeval patience{.tv_sec = 30, .tv_usec = 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
}

bool Browser::more() {
  char piece[16 * 1024];
  auto n = ::recv(fd_, piece, sizeof piece, 0);
  if (n <= 0) return false;
  got_.append(piece, static_cast<std::size_t>(n));
  return true;
}

void Browser::send(const std::string& method, const std::string& target, const std::string& body,
                   const Headers& headers) {
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!cookie_.empty()) text += "Cookie: " + cookie_ + "\r\n";
  if (!key_.empty()) text += "Authorization: Bearer " + key_ + "\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty() || (method != "GET" && method != "HEAD"))
    text +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  text += "\r\n" + body;
  std::string_view rest = text;
  while (!rest.empty()) {
    auto n = ::send(fd_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (n <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string Browser::take(std::size_t bytes) {
  while (got_.size() < bytes)
    if (!more()) throw std::runtime_error("the answer was cut");
  auto taken = got_.substr(0, bytes);
  got_.erase(0, bytes);
  return taken;
}

std::string Browser::take_line() {
  std::size_t end = 0;
  while ((end = got_.find("\r\n")) == std::string::npos)
    if (!more()) throw std::runtime_error("the answer was cut");
  auto line = take(end);
  take(2);
  return line;
}

std::string Browser::take_chunks() {
  std::string body;
  while (true) {
    auto size = std::stoul(take_line(), nullptr, 16);
    body += take(size);
    take(2);
    if (size == 0) return body;
  }
}

Reply Browser::read_reply(bool headless) {
  Reply reply;
  reply.status = std::stoi(take_line().substr(9, 3));
  for (auto line = take_line(); !line.empty(); line = take_line()) {
    auto colon = line.find(": ");
    auto name = line.substr(0, colon);
    std::ranges::transform(name, name.begin(), [](unsigned char c) { return std::tolower(c); });
    reply.headers.emplace_back(name, line.substr(colon + 2));
    if (name == "set-cookie") {
      auto pair = reply.headers.back().second;
      pair = pair.substr(0, pair.find(';'));
      cookie_ = pair.ends_with('=') ? "" : pair;
    }
  }
  if (headless) return reply;
  if (auto length = reply.header("content-length"); !length.empty())
    reply.body = take(std::stoul(length));
  else if (reply.header("transfer-encoding") == "chunked")
    reply.body = take_chunks();
  if (reply.header("connection") == "close") {
    ::close(fd_);
    fd_ = -1;
  }
  return reply;
}

Reply Browser::ask(const std::string& method, const std::string& target, const std::string& body,
                   const Headers& headers) {
  if (fd_ < 0) connect();
  send(method, target, body, headers);
  return read_reply(method == "HEAD");
}

Reply Browser::get(const std::string& target, const Headers& headers) {
  return ask("GET", target, {}, headers);
}
Reply Browser::post(const std::string& target, const base::Json& body, const Headers& headers) {
  return ask("POST", target, body.dump(), headers);
}
Reply Browser::patch(const std::string& target, const base::Json& body, const Headers& headers) {
  return ask("PATCH", target, body.dump(), headers);
}
Reply Browser::remove(const std::string& target, const Headers& headers) {
  return ask("DELETE", target, {}, headers);
}

void Browser::begin(const std::string& target, const Headers& headers) {
  connect();
  send("GET", target, {}, headers);
}

std::string Browser::until(std::string_view text) {
  while (got_.find(text) == std::string::npos && more()) {
  }
  return std::exchange(got_, {});
}

}  // namespace rapport::scenarios
