// Files that were brought to be imported.
#include "base/json.hpp"
#include "platform/exchange/exchange_state.hpp"
#include "platform/exchange/recognise/recognise_json.hpp"

namespace rapport::platform {

using base::ProblemKind;
using base::Result;

Result<base::Id> Exchange::keep_file(const entity::Caller& caller, const FileToKeep& file) {
  if (auto allowed = state_->may_import(caller); !allowed) return std::unexpected(allowed.error());
  std::error_code error;
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(file.path, error));
  if (error) {
    return base::refuse(ProblemKind::not_found, "exchange.no_file", "The file cannot be read.",
                        file.path.string());
  }
  if (bytes > state_->options.file_bytes_max) {
    return base::refuse(ProblemKind::too_large, "exchange.file_too_large",
                        "The file is larger than this server takes.");
  }
  const KeptFile kept{base::new_id(), file.name.substr(0, kept_name_bytes_max), bytes, caller.user};
  const std::filesystem::path to = kept_path(state_->options.folder, kept.id);
  if (file.move) {
    std::filesystem::rename(file.path, to, error);
  }
  if (!file.move || error) {  // another file system: copy, then let go
    const bool copied = std::filesystem::copy_file(file.path, to, error);
    if (!copied) {
      return base::refuse(ProblemKind::internal, "exchange.cannot_write",
                          "The file cannot be kept.", error.message());
    }
    if (file.move) std::filesystem::remove(file.path, error);
  }
  if (auto done = state_->store.keep_file(kept, state_->road.now()); !done) {
    return std::unexpected(done.error());
  }
  return kept.id;
}

Result<std::string> Exchange::recognise(const entity::Caller& caller, const base::Id& file) {
  auto kept = state_->readable(caller, file);
  if (!kept) return std::unexpected(kept.error());
  return recognised_json(kept_path(state_->options.folder, file),
                         {base::to_text(file), kept->name, kept->bytes}, *state_->road.catalog());
}

Result<std::string> Exchange::preview(const entity::Caller& caller, const base::Id& file,
                                      std::string_view text) {
  if (auto kept = state_->readable(caller, file); !kept) return std::unexpected(kept.error());
  auto mapping = state_->allowed_mapping(caller, text);
  if (!mapping) return std::unexpected(mapping.error());
  return preview_json(kept_path(state_->options.folder, file), *mapping, *state_->road.catalog());
}

}  // namespace rapport::platform
