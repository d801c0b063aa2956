#include "store/listener.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <thread>

#include "base/log.hpp"
#include "store/connection.hpp"

namespace rapport::store {

namespace {

constexpr int kRetryMsMin = 100;
constexpr int kRetryMsMax = 5000;

struct Closed {
  void operator()(PGnotify* note) const { PQfreemem(note); }
};

}  // namespace

struct Listener::State {
  std::string conninfo;
  std::vector<std::string> channels;
  Callbacks callbacks;
  int stop_read = -1, stop_write = -1;  // a byte, or the end, stops the thread
  std::thread thread;

  // False when told to stop.
  [[nodiscard]] bool pause(int ms) const {
    pollfd watched{.fd = stop_read, .events = POLLIN, .revents = 0};
    return poll(&watched, 1, ms) == 0;
  }

  bool listen(Connection& connection) const {
    for (const std::string& channel : channels) {
      char* quoted = PQescapeIdentifier(connection.pg(), channel.data(), channel.size());
      if (quoted == nullptr) return false;
      const std::string sql = std::string("listen ") + quoted;
      PQfreemem(quoted);
      connection.queue_plain(sql.c_str(), {OpKind::control, 0, 0, {}});
    }
    connection.queue_sync(0);
    connection.flush();
    while (connection.under_way() > 0) {
      if (connection.next().fate != Fate::ok) return false;
    }
    return !connection.lost();
  }

  // Until the connection is lost (true) or the listener stops (false).
  bool serve(Connection& connection) const {
    for (;;) {
      while (const std::unique_ptr<PGnotify, Closed> note{PQnotifies(connection.pg())}) {
        if (callbacks.notified) callbacks.notified(note->relname, note->extra);
      }
      pollfd watched[2] = {{.fd = PQsocket(connection.pg()), .events = POLLIN, .revents = 0},
                           {.fd = stop_read, .events = POLLIN, .revents = 0}};
      if (poll(watched, 2, -1) < 0) continue;
      if (watched[1].revents != 0) return false;
      if (PQconsumeInput(connection.pg()) != 1) return true;
    }
  }

  void work() const {
    int retry_ms = kRetryMsMin;
    for (;;) {
      auto connection = Connection::open({conninfo, base::seconds(0), base::seconds(0)});
      if (connection && listen(**connection)) {
        retry_ms = kRetryMsMin;
        if (callbacks.connected) callbacks.connected();
        if (!serve(**connection)) return;
        base::log_warning("the connection that listens to the database is lost; opening it again");
      }
      if (!pause(retry_ms)) return;
      retry_ms = std::min(retry_ms * 2, kRetryMsMax);
    }
  }
};

Listener::Listener(std::string conninfo, std::vector<std::string> channels, Callbacks callbacks)
    : state_(std::make_unique<State>()) {
  state_->conninfo = std::move(conninfo);
  state_->channels = std::move(channels);
  state_->callbacks = std::move(callbacks);
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe can be made");
  state_->stop_read = ends[0];
  state_->stop_write = ends[1];
  state_->thread = std::thread([state = state_.get()] { state->work(); });
}

Listener::~Listener() {
  close(state_->stop_write);
  state_->thread.join();
  close(state_->stop_read);
}

}  // namespace rapport::store
