#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "store/cluster_folder.hpp"

namespace rapport::store {

namespace {

namespace fs = std::filesystem;

// Parallel queries share memory there; a container's default is 64 MB.
constexpr unsigned long long kSharedMemoryBytesMin = 256ULL << 20;

bool shared_memory_is_small() {
  struct statvfs seen{};
  if (statvfs("/dev/shm", &seen) != 0) return true;
  return static_cast<unsigned long long>(seen.f_blocks) * seen.f_frsize < kSharedMemoryBytesMin;
}

constexpr std::int64_t kMegabyte = 1 << 20;
constexpr std::int64_t kSharedBuffersMin = 128;  // megabytes
constexpr std::int64_t kSharedBuffersMax = 1024;

// What the machine has, or what the container may use of it, in megabytes.
std::int64_t memory_megabytes() {
  std::int64_t bytes = std::int64_t{sysconf(_SC_PHYS_PAGES)} * sysconf(_SC_PAGESIZE);
  for (const char* limit :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    std::int64_t allowed = 0;  // the file may say "max"
    if (std::ifstream(limit) >> allowed && allowed > 0) bytes = std::min(bytes, allowed);
  }
  return bytes / kMegabyte;
}

// The name of the setting in a line of postgresql.conf; empty for none.
std::string_view setting_named_in(std::string_view line) {
  const auto from = line.find_first_not_of(" \t");
  if (from == std::string_view::npos || line[from] == '#') return {};
  line.remove_prefix(from);
  return line.substr(0, line.find_first_of(" \t=#"));
}

// Whether an operator's own settings in the file may ask for what a log for crashes alone cannot
// give. Other files that it includes are not read, so they count as if they did.
bool may_ask_for_copies(const fs::path& file) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    const auto name = setting_named_in(line);
    for (const char* asks : {"wal_level", "max_wal_senders", "archive_mode"}) {
      if (name == asks) return true;
    }
    if (name.starts_with("include") && line.find("'rapport.conf'") == std::string::npos) {
      return true;
    }
  }
  return false;
}

bool is_copied_elsewhere(const fs::path& cluster) {
  std::error_code error;
  const bool has_slots = !fs::is_empty(cluster / "pg_replslot", error) && !error;
  return has_slots || may_ask_for_copies(cluster / "postgresql.conf") ||
         may_ask_for_copies(cluster / "postgresql.auto.conf");
}

// A table made and filled in one transaction need not stand in the log as well: half of what a
// refresh of the scores would write, and others' commits would have to wait behind.
constexpr std::string_view kLogForCrashesAlone = R"(wal_level = minimal
max_wal_senders = 0
)";

}  // namespace

std::string first_settings() {
  return "# Rapport keeps its settings in rapport.conf and rewrites them at each start.\n"
         "include_if_exists = 'rapport.conf'\n\n"
         "# Your own settings go below and win.\n";
}

// Two cores, a disk without moving parts, a hundred megabytes when idle.
std::string own_settings(const ClusterOptions& options) {
  std::string text = R"(# Written by Rapport at each start: do not edit; see postgresql.conf.
max_connections = 40
work_mem = '16MB'
maintenance_work_mem = '128MB'
random_page_cost = 1.1
effective_io_concurrency = 100
jit = off
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
max_parallel_maintenance_workers = 1
autovacuum_max_workers = 2
# A count reads by itself each page that changed since the last vacuum: with one row in twenty
# changed it took twice as long, and PostgreSQL's own mark is one in five.
autovacuum_vacuum_scale_factor = 0.02
max_logical_replication_workers = 0
max_wal_size = '2GB'
min_wal_size = '160MB'
wal_compression = lz4  # PostgreSQL's own method took two thirds of the CPU of bulk writes
checkpoint_timeout = '15min'
recovery_init_sync_method = syncfs
timezone = 'UTC'
log_timezone = 'UTC'
datestyle = 'iso, ymd'
lc_messages = 'C'
lc_monetary = 'C'
lc_numeric = 'C'
lc_time = 'C'
default_text_search_config = 'pg_catalog.simple'
logging_collector = off
log_line_prefix = '%m [%p] '
log_checkpoints = off
# Personal values stand in statements and in the details of errors; they stay out of the log.
log_min_error_statement = panic
log_error_verbosity = terse
log_statement = none
)";
  if (!is_copied_elsewhere(ClusterFolder(options.data).cluster())) text += kLogForCrashesAlone;
  if (shared_memory_is_small()) text += "dynamic_shared_memory_type = mmap\n";
  const std::int64_t memory = memory_megabytes();
  text += "effective_cache_size = '" + std::to_string(std::max<std::int64_t>(256, memory / 2)) +
          "MB'\n";
  std::string buffers;
  for (const char c : options.shared_buffers) {
    if (c != '\'' && c != '\\' && c != '\n') buffers.push_back(c);
  }
  if (buffers.empty()) {
    buffers = std::to_string(std::clamp(memory / 8, kSharedBuffersMin, kSharedBuffersMax)) + "MB";
  }
  return text + "shared_buffers = '" + buffers + "'\n";
}

}  // namespace rapport::store
