// Whatever a target says, it is refused or comes out clean.
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "server/edge/target.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rapport;
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto target = server::parse_target(bytes, 64)) {
    if (target->path.empty() || target->path[0] != '/') std::abort();
    if ((target->path + "/").find("/../") != std::string::npos) std::abort();
    if (!base::is_utf8(target->path) || target->query.size() > 64) std::abort();
    for (const auto& [name, value] : target->query) {
      if (!base::is_utf8(name) || !base::is_utf8(value)) std::abort();
      if (server::percent_decoded(server::percent_encoded(value), false) != value) std::abort();
    }
  }
  (void)server::cookie_named(bytes, "session");
  return 0;
}
