#include <utility>

#include "server/edge/connection.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include <boost/asio/post.hpp>

#include "base/log.hpp"
#include "server/problems.hpp"

namespace rapport::server {

namespace asio = boost::asio;
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

// ---- Ending --------------------------------------------------------------------------------

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

}  // namespace rapport::server
