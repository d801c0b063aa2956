// LISTEN: one connection of its own that calls back on each notification, and once after every
// (re)connect, since what was notified meanwhile is lost.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::store {

class Listener {
 public:
  struct Callbacks {
    std::function<void(std::string_view channel, std::string_view payload)> notified;
    std::function<void()> connected;
  };
  Listener(std::string conninfo, std::vector<std::string> channels, Callbacks callbacks);
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace rapport::store
