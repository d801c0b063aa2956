// Before anything is opened: where the data lies, and as whom the program runs.
#pragma once

#include <filesystem>
#include <string>

#include "base/problem.hpp"
#include "server/configuration/configuration.hpp"

namespace rapport::server {

struct DataFolder {
  std::filesystem::path path;
  std::string notice;  // for the person at the terminal; may be empty
};

inline constexpr std::string_view fallback_data_folder = "/var/lib/rapport";

// As root the program becomes the unprivileged user its database runs as (the configured `run_as`,
// the folder's owner, or postgres), for good, before it opens any data. Where that user cannot
// reach the folder, as below a closed home, the data goes to /var/lib/rapport instead, with a
// notice. What is to be read with root's rights (the web interface, a file to import) must be open
// by then.
[[nodiscard]] base::Result<DataFolder> enter_data_folder(Configuration& configuration);

}  // namespace rapport::server
