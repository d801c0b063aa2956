// Live events: what changed, told to every browser that listens. An event says only which record of
// which type is now at which version; the browser fetches it again, through its permissions.
//
// Ids increase, over restarts too (they begin at the clock). The last events stay in a ring, from
// which a reader that comes back with Last-Event-ID goes on; where the ring no longer reaches, it
// is told `reset`: fetch everything anew. Lives on the edge's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/edge/http.hpp"

namespace rapport::server {

struct LiveEvent {
  std::string object;  // "person"
  std::string id;      // empty: many of them
  std::int64_t version = 0;
};

class EventReader {
 public:
  virtual ~EventReader() = default;
  virtual void deliver(std::string_view bytes) = 0;
  [[nodiscard]] virtual bool wants(std::string_view object) const = 0;
};

class EventHub {
 public:
  EventHub(std::size_t kept_max, std::uint64_t first_id) : kept_max_(kept_max), next_(first_id) {}

  // Gives what the reader missed, or `reset`, and tells it all that follows.
  void join(const std::shared_ptr<EventReader>& reader, std::optional<std::uint64_t> last_seen);
  void leave(const EventReader* reader);
  void publish(const LiveEvent& event);
  // Something may have been missed: everyone fetches anew.
  void reset();

  [[nodiscard]] std::size_t readers() const { return readers_.size(); }

 private:
  struct Kept {
    std::uint64_t id;
    std::string object;
    std::string bytes;
  };
  [[nodiscard]] bool reaches(std::uint64_t last_seen) const;

  std::size_t kept_max_;
  std::uint64_t next_;
  std::deque<Kept> kept_;
  std::vector<std::shared_ptr<EventReader>> readers_;
};

}  // namespace rapport::server
