#include "base/json.hpp"

#include <fmt/core.h>

#include <set>
#include <vector>

namespace rapport::base {
namespace {

std::string place(std::string_view text, std::size_t offset) {
  std::size_t line = 1;
  std::size_t column = 1;
  for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
    ++column;
    if (text[i] == '\n') {
      ++line;
      column = 1;
    }
  }
  return fmt::format("line {}, column {}", line, column);
}

// What the library leaves to its user: nesting depth and repeated keys.
class Guard {
 public:
  explicit Guard(int depth_max) : depth_max_(depth_max) {}

  bool operator()(int, nlohmann::ordered_json::parse_event_t event, const Json& parsed) {
    using Event = nlohmann::ordered_json::parse_event_t;
    switch (event) {
      case Event::object_start:
      case Event::array_start:
        keys_.emplace_back();
        if (static_cast<int>(keys_.size()) > depth_max_) throw TooDeep{};
        break;
      case Event::object_end:
      case Event::array_end:
        keys_.pop_back();
        break;
      case Event::key: {
        const auto& key = parsed.get_ref<const std::string&>();
        if (!keys_.back().insert(key).second) throw Repeated{key};
        break;
      }
      case Event::value:
        break;
    }
    return true;
  }

  struct TooDeep {};
  struct Repeated {
    std::string key;
  };

 private:
  int depth_max_;
  std::vector<std::set<std::string>> keys_;
};

}  // namespace

Result<Json> parse_json(std::string_view text, const JsonLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return refuse(ProblemKind::too_large, "json.too_large", "This JSON document is too large.",
                  fmt::format("{} bytes; at most {} are read.", text.size(), limits.bytes_max));
  }
  Guard guard(limits.depth_max);
  try {
    return Json::parse(text, [&guard](int depth, auto event, Json& parsed) {
      return guard(depth, event, parsed);
    });
  } catch (const Guard::TooDeep&) {
    return refuse(ProblemKind::malformed, "json.too_deep",
                  "This JSON document is nested too deeply.",
                  fmt::format("At most {} levels are read.", limits.depth_max));
  } catch (const Guard::Repeated& repeated) {
    return refuse(ProblemKind::malformed, "json.repeated_key",
                  "This JSON document names a key twice in one object.",
                  fmt::format("The key is “{}”.", repeated.key));
  } catch (const nlohmann::json::parse_error& error) {
    const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
    return refuse(ProblemKind::malformed, "json.malformed", "This is not valid JSON.",
                  fmt::format("It breaks at {}.", place(text, offset)));
  } catch (const nlohmann::json::out_of_range&) {
    return refuse(ProblemKind::malformed, "json.number_too_large",
                  "This JSON document has a number too large to keep.");
  }
}

std::string to_text(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace rapport::base
