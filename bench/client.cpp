#include "client.hpp"

#include <utility>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace rapport::bench {

namespace asio = boost::asio;
namespace http = boost::beast::http;

struct Client::State {
  asio::io_context io;
  asio::ip::tcp::socket socket{io};
  boost::beast::flat_buffer buffer;
  std::string host, port, key;

  void connect() {
    asio::ip::tcp::resolver resolver(io);
    asio::connect(socket, resolver.resolve(host, port));
    socket.set_option(asio::ip::tcp::no_delay(true));
  }

  Reply exchange(http::verb verb, const std::string& target, const std::string& body,
                 const std::string& etag) {
    http::request<http::string_body> request(verb, target, 11);
    request.set(http::field::host, host + ":" + port);
    request.set(http::field::authorization, "Bearer " + key);
    if (!etag.empty()) request.set(http::field::if_match, etag);
    if (!body.empty()) {
      request.set(http::field::content_type, "application/json");
      request.body() = body;
    }
    request.prepare_payload();
    http::write(socket, request);
    http::response_parser<http::string_body> parser;
    parser.body_limit(64u << 20);
    http::read(socket, buffer, parser);
    auto response = parser.release();
    if (!response.keep_alive()) {  // the server closes a connection after many requests
      socket.close();
      connect();
    }
    return {static_cast<int>(response.result_int()), std::string(response[http::field::etag]),
            std::move(response.body())};
  }
};

Client::Client(std::string host, std::string port, std::string key)
    : state_(std::make_unique<State>()) {
  state_->host = std::move(host);
  state_->port = std::move(port);
  state_->key = std::move(key);
  state_->connect();
}
Client::~Client() = default;
Client::Client(Client&&) noexcept = default;

Reply Client::get(const std::string& target) {
  return state_->exchange(http::verb::get, target, {}, {});
}
Reply Client::post(const std::string& target, const std::string& json) {
  return state_->exchange(http::verb::post, target, json, {});
}
Reply Client::patch(const std::string& target, const std::string& json, const std::string& etag) {
  return state_->exchange(http::verb::patch, target, json, etag);
}

std::string escaped(const std::string& text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if ((u >= 'a' && u <= 'z') || (u >= 'A' && u <= 'Z') || (u >= '0' && u <= '9') || u == '-' ||
        u == '_' || u == '.' || u == '~') {
      out += c;
    } else {
      out += '%';
      out += digits[u >> 4];
      out += digits[u & 0xF];
    }
  }
  return out;
}

}  // namespace rapport::bench
