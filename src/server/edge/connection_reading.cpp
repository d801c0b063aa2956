// A connection reads a request: its head, whether its body is wanted, its body.
#include <utility>

#include "server/edge/connection.hpp"

#include <fcntl.h>
#include <fmt/core.h>

#include <boost/beast/http/read.hpp>
#include <limits>

#include "base/id.hpp"
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

}  // namespace

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

}  // namespace rapport::server
