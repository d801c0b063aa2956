#include "server/edge/events.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/json_writer.hpp"

namespace rapport::server {

namespace {

std::string rendered(std::uint64_t id, const LiveEvent& event) {
  std::string out = fmt::format("id: {}\ndata: ", id);
  base::JsonWriter json(out);
  json.begin_object();
  json.key("object");
  json.string(event.object);
  json.key("id");
  event.id.empty() ? json.null() : json.string(event.id);
  json.key("version");
  json.number(event.version);
  json.end_object();
  out += "\n\n";
  return out;
}

std::string rendered_reset(std::uint64_t id) {
  return fmt::format("id: {}\nevent: reset\ndata: {{}}\n\n", id);
}

}  // namespace

bool EventHub::reaches(std::uint64_t last_seen) const {
  // The ring reaches when the event after the one last seen is kept, or is still to come.
  if (last_seen >= next_) return false;
  if (last_seen + 1 == next_) return true;
  return !kept_.empty() && kept_.front().id <= last_seen + 1;
}

void EventHub::join(const std::shared_ptr<EventReader>& reader,
                    std::optional<std::uint64_t> last_seen) {
  if (!last_seen) {
    // The reader learns where it stands, so that it can resume from here.
    reader->deliver(fmt::format("id: {}\nevent: hello\ndata: {{}}\n\n", next_ - 1));
  } else if (!reaches(*last_seen)) {
    reader->deliver(rendered_reset(next_ - 1));
  } else {
    for (const auto& event : kept_)
      if (event.id > *last_seen && (event.object.empty() || reader->wants(event.object)))
        reader->deliver(event.bytes);
  }
  readers_.push_back(reader);
}

void EventHub::leave(const EventReader* reader) {
  std::erase_if(readers_, [&](const auto& one) { return one.get() == reader; });
}

void EventHub::publish(const LiveEvent& event) {
  auto id = next_++;
  kept_.push_back({id, event.object, rendered(id, event)});
  if (kept_.size() > kept_max_) kept_.pop_front();
  auto readers = readers_;  // a reader that fails leaves while it is told
  for (const auto& reader : readers)
    if (reader->wants(event.object)) reader->deliver(kept_.back().bytes);
}

void EventHub::reset() {
  auto id = next_++;
  kept_.clear();
  kept_.push_back({id, "", rendered_reset(id)});
  auto readers = readers_;
  for (const auto& reader : readers) reader->deliver(kept_.back().bytes);
}

}  // namespace rapport::server
