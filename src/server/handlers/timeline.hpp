// The timeline of a record: what happened to it and around it, newest first. It merges the records
// of every type that has a timeline and links here (interactions, orders, tasks) with the record's
// own changes.
//
// Each kind costs one statement a page, whatever its length: the cursor holds the moment of the
// last entry and how many of each kind were shown at exactly that moment.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace rapport::server {

struct TimelineCursor {
  base::Instant at;
  std::map<std::string, int> shown;  // by kind: entries at exactly `at` that were shown
  int before_version = 0;            // of changes; 0: from the newest
  friend bool operator==(const TimelineCursor&, const TimelineCursor&) = default;
};

[[nodiscard]] std::string to_text(const TimelineCursor& cursor);
[[nodiscard]] std::optional<TimelineCursor> parse_timeline_cursor(std::string_view text);

}  // namespace rapport::server
