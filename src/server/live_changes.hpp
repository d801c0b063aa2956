// Follows the change log for the browsers that listen to this process: a cursor of its own, kept in
// memory, since whoever was not connected fetches anew anyway.
#pragma once

#include <functional>
#include <memory>

#include "server/edge/events.hpp"
#include "store/database.hpp"

namespace rapport::server {

class LiveChanges {
 public:
  // Of more changes at once than this (an import), only their object types are told.
  static constexpr int told_singly_max = 200;
  static constexpr int read_max = 2000;

  LiveChanges(store::Pool& pool, std::function<void(LiveEvent)> publish);
  ~LiveChanges();
  LiveChanges(const LiveChanges&) = delete;
  LiveChanges& operator=(const LiveChanges&) = delete;

  void wake();  // on NOTIFY `changes`

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rapport::server
