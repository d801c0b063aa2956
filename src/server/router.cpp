#include "server/router.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace rapport::server {

namespace {

std::vector<std::string> segments_of(std::string_view pattern) {
  std::vector<std::string> segments;
  for (auto segment : base::split(pattern.substr(1), '/'))
    segments.emplace_back(segment.starts_with('{') ? std::string_view{} : segment);
  return segments;
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string_view>& path) {
  if (pattern.size() != path.size()) return false;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (path[i].empty()) return false;
    if (!pattern[i].empty() && pattern[i] != path[i]) return false;
  }
  return true;
}

// Words before placeholders, from the left.
bool closer(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i].empty() != b[i].empty()) return !a[i].empty();
  return false;
}

}  // namespace

void Router::add(Method method, std::string_view pattern) {
  auto segments = segments_of(pattern);
  auto known = std::ranges::find(patterns_, segments, &Pattern::segments);
  if (known == patterns_.end()) known = patterns_.insert(known, Pattern{segments, {}});
  known->methods.emplace_back(method, routes_++);
}

Router::Match Router::find(Method method, std::string_view path) const {
  Match match;
  if (path.empty() || path[0] != '/') return match;
  auto segments = base::split(path.substr(1), '/');
  const Pattern* best = nullptr;
  for (const auto& pattern : patterns_)
    if (fits(pattern.segments, segments) && (!best || closer(pattern.segments, best->segments)))
      best = &pattern;
  if (!best) return match;
  auto wanted = method == Method::head ? Method::get : method;
  for (auto [has, route] : best->methods) {
    if (has == wanted) {
      match.allow.clear();
      match.kind = Match::Kind::found;
      match.route = route;
      for (std::size_t i = 0; i < segments.size(); ++i)
        if (best->segments[i].empty()) match.captures.emplace_back(segments[i]);
      return match;
    }
    match.allow += (match.allow.empty() ? "" : ", ") + std::string(name_of(has));
    if (has == Method::get) match.allow += ", HEAD";
  }
  match.kind = Match::Kind::wrong_method;
  return match;
}

}  // namespace rapport::server
