// One connection of the edge: a chain of callbacks on the edge's thread. Only edge.cpp and
// connection*.cpp include this (it brings Asio and Beast along).
#pragma once

#include <utility>  // before Asio's headers: g++ 12 in C++23 mode needs it

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/optional.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "server/edge/edge.hpp"

namespace rapport::server {

class Connection;

// What all connections share; lives on the edge's thread.
struct EdgeContext {
  EdgeOptions options;
  Site site;
  Workers& workers;
  Workers& slow_workers;
  // In this order: connections still held by callbacks leave the set while `io` is destroyed.
  std::unordered_set<Connection*> connections;
  boost::asio::io_context io{1};
  EventHub hub;
  bool stopping = false;
};

class Connection final : public std::enable_shared_from_this<Connection>, public EventReader {
 public:
  Connection(EdgeContext& edge, boost::asio::ip::tcp::socket socket);
  ~Connection() override;

  void start();
  void start_refusing();  // too many connections
  // The server stops: ends what is idle, lets a running request finish.
  void stop();

  void deliver(std::string_view bytes) override;
  [[nodiscard]] bool wants(std::string_view object) const override;

 private:
  using Error = boost::beast::error_code;
  using Clock = std::chrono::steady_clock;

  // Reading.
  void await_request();
  void read_head();
  void on_head();
  void on_bad_head(Error error);
  bool take_head();
  void admit();
  void prepare_body();
  void read_body();
  void on_body(Error error);
  bool keep_piece(std::size_t bytes);
  // Working.
  void dispatch();
  void run(const Handler& handler, void (Connection::*then)(HttpResponse));
  void on_admitted(HttpResponse response);
  // Writing.
  void respond(HttpResponse response);
  void refuse(int status, std::string code, std::string title);
  std::string head_of(const HttpResponse& response, bool chunked) const;
  void write(std::string bytes, void (Connection::*then)());
  void finish_answer();
  void produce();
  void on_produced(std::string piece, bool more, bool failed);
  void linger();
  void close();
  void log_answer() const;
  void drop_upload();
  // Live events.
  void begin_events();
  void flush_events();
  void beat();
  void watch_events();

  EdgeContext& edge_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  boost::optional<boost::beast::http::request_parser<boost::beast::http::buffer_body>> parser_;
  std::size_t served_ = 0;
  bool idle_ = false, closed_ = false, keep_alive_ = false, body_unread_ = false;
  bool continue_sent_ = false, http10_ = false, stream_running_ = false;

  HttpRequest request_;
  Dispatch dispatch_;
  std::vector<char> piece_;
  std::FILE* upload_ = nullptr;
  Clock::time_point started_, body_deadline_;
  std::uint64_t lingered_ = 0;

  HttpResponse response_;
  std::string out_;
  std::uint64_t sent_ = 0;
  void (Connection::*after_write_)() = nullptr;

  boost::asio::steady_timer heart_;
  std::string pending_events_;
  bool events_open_ = false, writing_events_ = false;
  char watched_[64];
};

}  // namespace rapport::server
