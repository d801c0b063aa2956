#include "server/edge/edge.hpp"

#include <utility>

#include "server/edge/connection.hpp"

#include <boost/asio/post.hpp>
#include <thread>

#include "base/instant.hpp"
#include "base/log.hpp"

namespace rapport::server {

namespace asio = boost::asio;
using boost::asio::ip::tcp;

struct Edge::State {
  EdgeContext context;
  tcp::acceptor acceptor;
  asio::steady_timer stop_timer;
  std::jthread thread;
  std::uint16_t port = 0;
  boost::optional<asio::executor_work_guard<asio::io_context::executor_type>> alive;

  State(EdgeOptions options, Site site, Workers& workers, Workers& slow_workers)
      : context{.options = std::move(options),
                .site = std::move(site),
                .workers = workers,
                .slow_workers = slow_workers,
                .connections = {},
                .hub = EventHub(0, 0)},
        acceptor(context.io),
        stop_timer(context.io) {
    context.hub = EventHub(context.options.limits.events_kept_max,
                           static_cast<std::uint64_t>(base::system_now().us));
  }

  base::Result<void> listen();
  void accept();
  void run();
  void begin_stop();
  void await_end(std::chrono::steady_clock::time_point deadline);
};

base::Result<void> Edge::State::listen() {
  const auto& options = context.options;
  boost::system::error_code error;
  auto address = asio::ip::make_address(options.address, error);
  auto where = options.address + ":" + std::to_string(options.port);
  if (error)
    return base::refuse(base::ProblemKind::invalid, "server.address",
                        "\"" + options.address + "\" is not an address to listen on.", {},
                        "Write a numeric address, such as 127.0.0.1, 0.0.0.0 or [::1].");
  tcp::endpoint endpoint(address, options.port);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    return base::refuse(base::ProblemKind::unavailable, "server.listen",
                        "Cannot listen on " + where + ": " + error.message() + ".", {},
                        "Another program may use the port; choose one with --listen.");
  port = acceptor.local_endpoint().port();
  return {};
}

void Edge::State::accept() {
  acceptor.async_accept([this](boost::system::error_code error, tcp::socket socket) {
    if (context.stopping || error == asio::error::operation_aborted) return;
    if (error) {
      // Out of descriptors: wait a little instead of spinning.
      stop_timer.expires_after(std::chrono::milliseconds(100));
      stop_timer.async_wait([this](boost::system::error_code stopped) {
        if (!stopped) accept();
      });
      return;
    }
    bool full = context.connections.size() >= context.options.limits.connections_max;
    auto connection = std::make_shared<Connection>(context, std::move(socket));
    full ? connection->start_refusing() : connection->start();
    accept();
  });
}

void Edge::State::run() {
  // A callback that throws ends its own work, not the server.
  while (true) {
    try {
      context.io.run();
      return;
    } catch (const std::exception& error) {
      base::log_error(std::string("The edge caught: ") + error.what());
    }
  }
}

void Edge::State::begin_stop() {
  context.stopping = true;
  boost::system::error_code ignored;
  acceptor.close(ignored);
  auto open = context.connections;
  for (auto* connection : open) connection->stop();
  await_end(std::chrono::steady_clock::now() + context.options.limits.stop_wait_max);
}

void Edge::State::await_end(std::chrono::steady_clock::time_point deadline) {
  if (context.connections.empty() || std::chrono::steady_clock::now() >= deadline) {
    alive.reset();
    context.io.stop();
    return;
  }
  stop_timer.expires_after(std::chrono::milliseconds(20));
  stop_timer.async_wait([this, deadline](boost::system::error_code) { await_end(deadline); });
}

base::Result<std::unique_ptr<Edge>> Edge::start(EdgeOptions options, Site site, Workers& workers,
                                                Workers& slow_workers) {
  auto state = std::make_unique<State>(std::move(options), std::move(site), workers, slow_workers);
  if (auto listening = state->listen(); !listening) return std::unexpected(listening.error());
  state->alive.emplace(state->context.io.get_executor());
  state->accept();
  state->thread = std::jthread([raw = state.get()] { raw->run(); });
  return std::unique_ptr<Edge>(new Edge(std::move(state)));
}

Edge::Edge(std::unique_ptr<State> state) : state_(std::move(state)) {}

Edge::~Edge() {
  stop();
}

std::uint16_t Edge::port() const {
  return state_->port;
}

void Edge::publish(LiveEvent event) {
  asio::post(state_->context.io, [state = state_.get(), event = std::move(event)] {
    state->context.hub.publish(event);
  });
}

void Edge::reset_events() {
  asio::post(state_->context.io, [state = state_.get()] { state->context.hub.reset(); });
}

void Edge::stop() {
  if (!state_->thread.joinable()) return;
  asio::post(state_->context.io, [state = state_.get()] { state->begin_stop(); });
  state_->thread.join();
}

}  // namespace rapport::server
