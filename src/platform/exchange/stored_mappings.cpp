// Mappings kept under a name.
#include "base/json.hpp"
#include "entity/write/write.hpp"
#include "platform/exchange/exchange_state.hpp"

namespace rapport::platform {

using base::Json;
using base::Result;

namespace {

Json mapping_json_of(const StoredMapping& mapping) {
  return {{"id", base::to_text(mapping.id)},
          {"name", mapping.name},
          {"text", mapping.text},
          {"changed_at", base::to_text(mapping.changed_at)}};
}

}  // namespace

Result<std::string> Exchange::mappings_json() {
  auto mappings = state_->store.mappings();
  if (!mappings) return std::unexpected(mappings.error());
  Json json = {{"data", Json::array()}};
  for (const StoredMapping& mapping : *mappings) json["data"].push_back(mapping_json_of(mapping));
  return base::to_text(json);
}

Result<std::string> Exchange::mapping_json(const base::Id& id) {
  auto mapping = state_->store.mapping(id);
  if (!mapping) return std::unexpected(mapping.error());
  return base::to_text(mapping_json_of(*mapping));
}

Result<base::Id> Exchange::keep_mapping(const entity::Caller& caller, std::optional<base::Id> id,
                                        std::string_view name, std::string_view text,
                                        const entity::Once& once) {
  if (name.empty() || name.size() > kept_name_bytes_max) {
    return base::refuse_field("mapping.no_name", "/name", "A stored mapping needs a name.");
  }
  auto mapping = state_->allowed_mapping(caller, text);
  if (!mapping) return std::unexpected(mapping.error());
  if (id) {
    if (auto there = state_->store.mapping(*id); !there) return std::unexpected(there.error());
  }
  const StoredMapping kept{id.value_or(base::new_id()), std::string(name), std::string(text),
                           state_->road.now()};
  auto tx = state_->road.pool().begin(store::Mode::read_write);
  if (!tx) return std::unexpected(tx.error());
  auto before = entity::done_before(*tx, once, id_json(kept.id));
  if (!before) return std::unexpected(before.error());
  if (*before) return id_from_json(**before);
  if (auto done = state_->store.keep_mapping(*tx, kept, caller.user); !done) {
    return std::unexpected(done.error());
  }
  if (auto done = tx->commit(); !done) return std::unexpected(store::as_problem(done.error()));
  return kept.id;
}

Result<void> Exchange::remove_mapping(const entity::Caller& caller, const base::Id& id) {
  auto there = state_->store.mapping(id);
  if (!there) return std::unexpected(there.error());
  if (auto allowed = state_->allowed_mapping(caller, there->text); !allowed) {
    return std::unexpected(allowed.error());
  }
  auto removed = state_->store.remove_mapping(id);
  if (!removed) return std::unexpected(removed.error());
  return {};
}

}  // namespace rapport::platform
