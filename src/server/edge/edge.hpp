// The edge: the one thread that accepts connections, reads requests and writes answers. It runs
// nothing that waits: handlers run on the worker pools and their answers come back here.
//
//   read head → Site decides (route, limits) → [admit] → read body → worker runs the handler →
//   write
//
// Requests of one connection are answered in the order they came (pipelining). Refusals come as
// problem documents. Asio and Beast stand in edge.cpp and connection.cpp alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/problem.hpp"
#include "server/edge/events.hpp"
#include "server/edge/http.hpp"
#include "server/edge/limits.hpp"
#include "server/edge/workers.hpp"

namespace rapport::server {

struct EdgeOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any that is free
  EdgeLimits limits;
  std::filesystem::path upload_folder;  // where bodies of upload routes are kept while they run
  bool access_log = true;
};

class Edge {
 public:
  // Listens and starts its thread.
  static base::Result<std::unique_ptr<Edge>> start(EdgeOptions options, Site site, Workers& workers,
                                                   Workers& slow_workers);
  ~Edge();
  Edge(const Edge&) = delete;
  Edge& operator=(const Edge&) = delete;

  [[nodiscard]] std::uint16_t port() const;

  // Both may be called from any thread.
  void publish(LiveEvent event);
  void reset_events();

  // Refuses what is new, finishes what runs (at most limits.stop_wait_max), ends. The pools must
  // be stopped before the edge is destroyed: their jobs answer to it.
  void stop();

 private:
  struct State;
  explicit Edge(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace rapport::server
