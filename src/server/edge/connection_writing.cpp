// A connection writes an answer: in one piece, as a stream, or as events without an end.
#include <utility>

#include "server/edge/connection.hpp"

#include <fmt/core.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/status.hpp>
#include <charconv>
#include <ctime>

#include "base/log.hpp"
#include "server/problems.hpp"

namespace rapport::server {

namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

std::string_view reason(int status) {
  auto text = http::obsolete_reason(static_cast<http::status>(status));
  return {text.data(), text.size()};
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
