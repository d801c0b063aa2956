#include "server/data_folder.hpp"

#include <unistd.h>

#include "store/cluster.hpp"

namespace rapport::server {

namespace fs = std::filesystem;

base::Result<DataFolder> enter_data_folder(Configuration& configuration) {
  std::error_code error;
  auto wanted = fs::absolute(configuration.text("data"), error).lexically_normal();
  DataFolder folder{wanted, {}};
  auto prepare = [&](const fs::path& path) {
    return store::prepare_data_folder({.data = path, .run_as = configuration.text("run_as")});
  };
  auto user = prepare(wanted);
  bool fall_back = !user && geteuid() == 0 && user.error().code == "store.unreachable_folder" &&
                   wanted != fallback_data_folder;
  if (fall_back) {
    auto why = user.error().message;
    user = prepare(fs::path(fallback_data_folder));
    folder.path = fallback_data_folder;
    folder.notice = why + " The data is kept in " + std::string(fallback_data_folder) + ".";
  }
  if (!user) return std::unexpected(user.error());
  // The current folder may be closed to that user; PostgreSQL wants to be able to come back to it.
  if (geteuid() == 0) fs::current_path("/", error);
  if (auto become = store::become_user(*user); !become) return std::unexpected(become.error());
  auto from = configuration.value("data").from;
  if (auto set = configuration.set("data", folder.path.string(), from); !set)
    return std::unexpected(set.error());
  return folder;
}

}  // namespace rapport::server
