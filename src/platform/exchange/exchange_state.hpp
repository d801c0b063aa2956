// What the parts of exchange share: who may do what with a file or an import, and how one is worked
// on. Inside exchange.cpp's folder alone.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "entity/road.hpp"
#include "platform/access/access.hpp"
#include "platform/exchange/exchange.hpp"
#include "platform/exchange/run/import_run.hpp"
#include "platform/jobs/jobs.hpp"

namespace rapport::platform {

inline constexpr std::string_view import_job = "import.run";
inline constexpr std::string_view undo_job = "import.undo";
inline constexpr std::size_t kept_name_bytes_max = 200;  // of a file or a mapping

struct Exchange::State {
  entity::Road& road;
  ExchangeOptions options;
  ImportStore store;
  Jobs* jobs = nullptr;
  Access* access = nullptr;

  base::Result<JobDone> work(JobRun& run);
  base::Result<entity::Caller> caller_for(const ImportRecord& import, std::string_view cause);
  // None where another runner is at work on it.
  base::Result<std::optional<ImportRecord>> work_on(
      const entity::Caller& caller, const ImportRecord& import,
      const std::function<bool(const ImportRecord&)>& go_on);
  base::Result<Mapping> allowed_mapping(const entity::Caller& caller, std::string_view text);
  base::Result<void> may_import(const entity::Caller& caller);
  [[nodiscard]] bool administers(const entity::Caller& caller) const;
  // The file, where it is the caller's to read and import.
  base::Result<KeptFile> readable(const entity::Caller& caller, const base::Id& file);
  // The import, where it is the caller's to see.
  base::Result<ImportRecord> visible(const entity::Caller& caller, const base::Id& import);
  base::Result<ImportStatus> show(const base::Id& import);
  [[nodiscard]] std::filesystem::path rejected_path(const ImportRecord& import) const;
};

// Waiting, running or being undone.
[[nodiscard]] bool is_open(ImportState state);
// As kept, without what an undo left.
[[nodiscard]] ImportStatus status_of(const ImportRecord& import);

// What a keyed request gave: kept with its key (entity::done_before), and read from it again.
[[nodiscard]] std::string id_json(const base::Id& id);
[[nodiscard]] base::Result<base::Id> id_from_json(const std::string& text);

}  // namespace rapport::platform
