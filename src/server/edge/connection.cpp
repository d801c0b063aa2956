#include <utility>

#include "server/edge/connection.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <charconv>
#include <ctime>
#include <limits>

#include "base/id.hpp"
#include "base/log.hpp"
#include "server/edge/target.hpp"
#include "server/problems.hpp"

namespace rapport::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::put:
      return Method::put;
    case http::verb::patch:
      return Method::patch;
    case http::verb::delete_:
      return Method::remove;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

std::string lower(boost::beast::string_view text) {
  std::string out(text.data(), text.size());
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::string_view reason(int status) {
  auto text = http::obsolete_reason(static_cast<http::status>(status));
  return view(text);
}

// A header value cannot begin a new line, whatever data it was made of.
void append_clean(std::string& out, std::string_view value) {
  for (char c : value) out += (c == '\r' || c == '\n' || c == '\0') ? ' ' : c;
}

void append_date(std::string& out) {
  std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[64];
  out.append(text, std::strftime(text, sizeof text, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts));
}

bool bodyless(int status) {
  return status == 204 || status == 304 || status < 200;
}

}  // namespace

Connection::Connection(EdgeContext& edge, asio::ip::tcp::socket socket)
    : edge_(edge),
      stream_(std::move(socket)),
      buffer_(edge.options.limits.header_bytes_max + 128 * 1024),
      heart_(edge.io) {
  edge_.connections.insert(this);
  boost::system::error_code ignored;
  stream_.socket().set_option(asio::ip::tcp::no_delay(true), ignored);
}

Connection::~Connection() {
  drop_upload();
  edge_.connections.erase(this);
}

void Connection::start() {
  await_request();
}

void Connection::start_refusing() {
  keep_alive_ = false;
  started_ = Clock::now();
  refuse(503, "server.connections", "The server has too many connections; try again soon.");
}

void Connection::stop() {
  if (idle_ || events_open_) close();
}

// ---- Reading -------------------------------------------------------------------------------

void Connection::await_request() {
  if (edge_.stopping) return close();
  parser_.emplace();
  parser_->header_limit(edge_.options.limits.header_bytes_max);
  // The route's own limit is applied once it is known. (In Boost 1.74 a length is more than none.)
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());
  request_ = {};
  response_ = {};
  dispatch_ = {};
  body_unread_ = false;
  continue_sent_ = false;
  if (buffer_.size() > 0) return read_head();  // the next request of a pipeline
  idle_ = true;
  stream_.expires_after(edge_.options.limits.idle_max);
  stream_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this()](Error error, std::size_t bytes) {
                            self->idle_ = false;
                            if (error) return self->close();
                            self->buffer_.commit(bytes);
                            self->read_head();
                          });
}

void Connection::read_head() {
  started_ = Clock::now();
  stream_.expires_after(edge_.options.limits.header_wait_max);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](Error error, std::size_t) {
                            if (error) return self->on_bad_head(error);
                            self->on_head();
                          });
}

void Connection::on_bad_head(Error error) {
  keep_alive_ = false;
  body_unread_ = true;
  if (error == http::error::header_limit || error == http::error::buffer_overflow)
    return refuse(431, "server.headers_too_large", "The headers of the request are too large.");
  // Beast's own errors are about the bytes; all others, a time-out too, about the connection, which
  // is gone then.
  if (error.category() == http::make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message)
    return refuse(400, "server.malformed", "The request is not well-formed HTTP.");
  close();
}

bool Connection::take_head() {
  auto& head = parser_->get();
  http10_ = head.version() < 11;
  keep_alive_ = parser_->keep_alive() && !edge_.stopping &&
                ++served_ < edge_.options.limits.requests_per_connection_max;
  request_.id = base::to_text(base::new_id());
  request_.method = method_of(head.method());
  request_.target = std::string(view(head.target()));
  boost::system::error_code ignored;
  auto peer = stream_.socket().remote_endpoint(ignored);
  request_.peer = peer.address().to_string(ignored);
  for (const auto& field : head)
    request_.headers.emplace_back(lower(field.name_string()), std::string(view(field.value())));
  auto hosts = head.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && !http10_)) {
    body_unread_ = !parser_->is_done();
    refuse(400, "server.host", "The request must name its host once.");
    return false;
  }
  auto target = parse_target(request_.target, edge_.options.limits.query_parameters_max);
  if (!target) {
    body_unread_ = !parser_->is_done();
    respond(problem_response(target.error()));
    return false;
  }
  request_.path = std::move(target->path);
  request_.query = std::move(target->query);
  return true;
}

void Connection::on_head() {
  if (!take_head()) return;
  dispatch_ = edge_.site(request_);
  auto length = parser_->content_length();
  if (length && *length > dispatch_.body_bytes_max) {
    body_unread_ = true;
    return refuse(
        413, "server.too_large",
        fmt::format("The body may have at most {} bytes here.", dispatch_.body_bytes_max));
  }
  if (parser_->is_done()) return dispatch();
  if (dispatch_.admit) return admit();
  prepare_body();
}

void Connection::admit() {
  stream_.expires_never();
  run(dispatch_.admit, &Connection::on_admitted);
}

void Connection::on_admitted(HttpResponse response) {
  if (response.status >= 400) {
    body_unread_ = true;
    return respond(std::move(response));
  }
  prepare_body();
}

void Connection::prepare_body() {
  const auto& limits = edge_.options.limits;
  if (dispatch_.to_file) {
    auto path = (edge_.options.upload_folder / (request_.id + ".upload")).string();
    int fd = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    upload_ = fd < 0 ? nullptr : ::fdopen(fd, "wb");
    if (!upload_) {
      body_unread_ = true;
      return refuse(500, "server.upload", "The upload could not be kept.");
    }
    request_.body_file = path;
  }
  body_deadline_ =
      Clock::now() + (dispatch_.to_file ? limits.upload_wait_max : limits.body_wait_max);
  auto expect = request_.header("expect");
  if (expect && !continue_sent_ && !http10_) {
    continue_sent_ = true;
    stream_.expires_after(limits.write_wait_max);
    return write("HTTP/1.1 100 Continue\r\n\r\n", &Connection::read_body);
  }
  read_body();
}

void Connection::read_body() {
  const auto& limits = edge_.options.limits;
  piece_.resize(limits.upload_piece_bytes);
  auto& body = parser_->get().body();
  body.data = piece_.data();
  body.size = piece_.size();
  auto deadline = body_deadline_;
  if (dispatch_.to_file) deadline = std::min(deadline, Clock::now() + limits.upload_pause_max);
  stream_.expires_at(deadline);
  http::async_read_some(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](Error error, std::size_t) { self->on_body(error); });
}

bool Connection::keep_piece(std::size_t bytes) {
  request_.body_bytes += bytes;
  if (request_.body_bytes > dispatch_.body_bytes_max) {
    body_unread_ = true;
    refuse(413, "server.too_large",
           fmt::format("The body may have at most {} bytes here.", dispatch_.body_bytes_max));
    return false;
  }
  if (!upload_) {
    request_.body.append(piece_.data(), bytes);
  } else if (std::fwrite(piece_.data(), 1, bytes, upload_) != bytes) {
    body_unread_ = true;
    refuse(500, "server.upload", "The upload could not be kept; the disk may be full.");
    return false;
  }
  return true;
}

void Connection::on_body(Error error) {
  if (error == http::error::need_buffer) error = {};
  if (error) {
    keep_alive_ = false;
    body_unread_ = true;
    if (error.category() == http::make_error_code(http::error::bad_method).category() &&
        error != http::error::partial_message && error != http::error::end_of_stream)
      return refuse(400, "server.malformed", "The body of the request is not well-formed.");
    return close();
  }
  if (!keep_piece(piece_.size() - parser_->get().body().size)) return;
  if (!parser_->is_done()) return read_body();
  if (upload_) {
    bool written = std::fclose(upload_) == 0;
    upload_ = nullptr;
    if (!written)
      return refuse(500, "server.upload", "The upload could not be kept; the disk may be full.");
  }
  dispatch();
}

// ---- Working -------------------------------------------------------------------------------

void Connection::dispatch() {
  stream_.expires_never();
  run(dispatch_.handle, &Connection::respond);
}

namespace {

HttpResponse guarded(const Handler& handler, const HttpRequest& request) {
  try {
    return handler(request);
  } catch (const std::exception& error) {
    base::log_error(fmt::format("Request {} failed: {}", request.id, error.what()));
  } catch (...) {
    base::log_error(fmt::format("Request {} failed.", request.id));
  }
  return problem_response({.kind = base::ProblemKind::internal,
                           .code = "server.internal",
                           .message = "Something went wrong here; it has been logged.",
                           .details = {},
                           .hint = "Tell your administrator the number of the request.",
                           .fields = {},
                           .extra = {}});
}

}  // namespace

void Connection::run(const Handler& handler, void (Connection::*then)(HttpResponse)) {
  if (dispatch_.where == Dispatch::Where::here) return (this->*then)(guarded(handler, request_));
  auto& pool = dispatch_.where == Dispatch::Where::workers ? edge_.workers : edge_.slow_workers;
  // The request stays untouched while a worker reads it.
  bool taken = pool.post([self = shared_from_this(), &handler, then]() mutable {
    auto response = guarded(handler, self->request_);
    auto& io = self->edge_.io;
    asio::post(io, [self = std::move(self), then, response = std::move(response)]() mutable {
      ((*self).*then)(std::move(response));
    });
  });
  if (taken) return;
  body_unread_ = !parser_->is_done();
  respond(problem_response({.kind = base::ProblemKind::unavailable,
                            .code = "server.busy",
                            .message = "The server is busy; try again in a moment.",
                            .details = {},
                            .hint = {},
                            .fields = {},
                            .extra = {}}));
}

// ---- Writing -------------------------------------------------------------------------------

void Connection::refuse(int status, std::string code, std::string title) {
  respond(problem_response(status, std::move(code), std::move(title)));
}

std::string Connection::head_of(const HttpResponse& response, bool chunked) const {
  std::string head = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason(response.status));
  append_date(head);
  for (const auto& [name, value] : response.headers) {
    append_clean(head, name);
    head += ": ";
    append_clean(head, value);
    head += "\r\n";
  }
  if (!request_.id.empty()) head += "X-Request-Id: " + request_.id + "\r\n";
  if (response.events) {
    // Endless: neither length nor chunks are needed, the connection's end is the stream's.
  } else if (chunked) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!bodyless(response.status) && !response.stream) {
    head += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  if (!keep_alive_)
    head += "Connection: close\r\n";
  else if (http10_)
    head += "Connection: keep-alive\r\n";
  head += "\r\n";
  return head;
}

void Connection::respond(HttpResponse response) {
  if (closed_) return drop_upload();
  response_ = std::move(response);
  bool headless = request_.method == Method::head;
  bool streamed = response_.stream != nullptr && !headless;
  if (edge_.stopping || body_unread_ || response_.events || (streamed && http10_))
    keep_alive_ = false;
  out_ = head_of(response_, streamed && !http10_);
  sent_ = 0;
  stream_.expires_after(edge_.options.limits.write_wait_max);
  if (response_.events && !headless) return write(std::move(out_), &Connection::begin_events);
  if (streamed) return write(std::move(out_), &Connection::produce);
  if (!headless && !bodyless(response_.status)) {
    sent_ = response_.body.size();
    out_ += response_.body;
  }
  write(std::move(out_), &Connection::finish_answer);
}

void Connection::write(std::string bytes, void (Connection::*then)()) {
  out_ = std::move(bytes);
  after_write_ = then;
  asio::async_write(stream_, asio::buffer(out_),
                    [self = shared_from_this()](Error error, std::size_t) {
                      if (error) return self->close();
                      ((*self).*(self->after_write_))();
                    });
}

void Connection::finish_answer() {
  log_answer();
  drop_upload();
  response_ = {};
  if (keep_alive_) return await_request();
  linger();
}

void Connection::produce() {
  stream_.expires_never();
  stream_running_ = true;
  edge_.slow_workers.post_always([self = shared_from_this()]() mutable {
    std::string piece;
    bool more = true;
    bool failed = false;
    try {
      while (more && piece.size() < self->edge_.options.limits.stream_piece_bytes)
        more = self->response_.stream(piece);
    } catch (const std::exception& error) {
      base::log_error(fmt::format("Stream of {} failed: {}", self->request_.id, error.what()));
      failed = true;
    }
    // What the stream holds (a transaction) is given back here, not on the edge's thread.
    if (failed || !more) self->response_.stream = nullptr;
    auto& io = self->edge_.io;
    asio::post(io, [self = std::move(self), piece = std::move(piece), more, failed]() mutable {
      self->on_produced(std::move(piece), more, failed);
    });
  });
}

void Connection::on_produced(std::string piece, bool more, bool failed) {
  stream_running_ = false;
  if (failed) return close();  // without the last chunk, so that the reader sees it is cut
  sent_ += piece.size();
  std::string bytes;
  if (http10_) {
    bytes = std::move(piece);
  } else {
    if (!piece.empty()) bytes = fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
    if (!more) bytes += "0\r\n\r\n";
  }
  stream_.expires_after(edge_.options.limits.write_wait_max);
  write(std::move(bytes), more ? &Connection::produce : &Connection::finish_answer);
}

// Reads on for a moment after a refusal: closing at once would reset the connection, and the other
// side would lose the answer.
void Connection::linger() {
  if (!body_unread_) return close();
  const auto& limits = edge_.options.limits;
  if (lingered_ == 0) {
    boost::system::error_code ignored;
    stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
    stream_.expires_after(limits.linger_max);
    lingered_ = 1;
  }
  buffer_.clear();
  stream_.async_read_some(
      buffer_.prepare(16 * 1024), [self = shared_from_this()](Error error, std::size_t bytes) {
        self->lingered_ += bytes;
        if (error || self->lingered_ > self->edge_.options.limits.linger_bytes_max)
          return self->close();
        self->linger();
      });
}

void Connection::close() {
  if (closed_) return;
  closed_ = true;
  idle_ = false;
  events_open_ = false;
  edge_.hub.leave(this);
  heart_.cancel();
  drop_upload();
  if (response_.stream && !stream_running_)
    edge_.slow_workers.post_always([stream = std::move(response_.stream)] {});
  boost::system::error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
}

void Connection::drop_upload() {
  if (upload_) std::fclose(upload_);
  upload_ = nullptr;
  // A handler that keeps the file has moved it away.
  if (!request_.body_file.empty()) ::unlink(request_.body_file.c_str());
  request_.body_file.clear();
}

// No address, no query, no id of a record: nothing personal.
void Connection::log_answer() const {
  if (!edge_.options.access_log || dispatch_.label.empty()) return;
  auto took = std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
  base::log_info(fmt::format("{} {} {} {:.1f}ms {}B request={}", name_of(request_.method),
                             dispatch_.label, response_.status, took, sent_, request_.id));
}

// ---- Live events ---------------------------------------------------------------------------

void Connection::begin_events() {
  log_answer();
  stream_.expires_never();
  if (edge_.stopping || edge_.hub.readers() >= edge_.options.limits.event_streams_max)
    return close();
  events_open_ = true;
  body_deadline_ = Clock::now() + edge_.options.limits.event_stream_max;
  std::optional<std::uint64_t> last_seen;
  if (auto header = request_.header("last-event-id")) {
    std::uint64_t value = 0;  // what is no number is older than anything: reset
    std::from_chars(header->data(), header->data() + header->size(), value);
    last_seen = value;
  }
  pending_events_ = "retry: 2000\n\n";
  edge_.hub.join(shared_from_this(), last_seen);
  if (closed_) return edge_.hub.leave(this);
  flush_events();
  watch_events();
  beat();
}

bool Connection::wants(std::string_view object) const {
  return response_.events(object);
}

void Connection::deliver(std::string_view bytes) {
  pending_events_ += bytes;
  if (pending_events_.size() > edge_.options.limits.event_stream_pending_bytes_max)
    return close();  // too slow a reader; it comes back and resumes, or is reset
  flush_events();
}

void Connection::flush_events() {
  if (!events_open_ || writing_events_ || pending_events_.empty()) return;
  writing_events_ = true;
  out_ = std::move(pending_events_);
  pending_events_.clear();
  asio::async_write(stream_, asio::buffer(out_),
                    [self = shared_from_this()](Error error, std::size_t) {
                      self->writing_events_ = false;
                      if (error) return self->close();
                      self->flush_events();
                    });
}

void Connection::beat() {
  heart_.expires_after(edge_.options.limits.event_heartbeat);
  heart_.async_wait([self = shared_from_this()](Error error) {
    if (error || !self->events_open_) return;
    // A write that lasts longer than a heartbeat has nobody at its end.
    if (self->writing_events_ || Clock::now() >= self->body_deadline_) return self->close();
    self->deliver(": beat\n\n");
    self->beat();
  });
}

// The only way to see a reader go is to read.
void Connection::watch_events() {
  stream_.async_read_some(asio::buffer(watched_),
                          [self = shared_from_this()](Error error, std::size_t) {
                            if (error) return self->close();
                            self->watch_events();
                          });
}

}  // namespace rapport::server
