// The statements that write: each takes a whole set of records as arrays, and writes a record and
// its change row together, so that a stale write leaves no false change behind.
#pragma once

#include <span>
#include <vector>

#include "entity/gather/draft.hpp"
#include "entity/query/select_sql.hpp"

namespace rapport::entity {

// All records of one call are of one object type and meet one fate.
[[nodiscard]] SqlText insert_sql(const Draft& draft, std::span<DraftRecord* const> records,
                                 const base::Id& batch);
// Locks in id order, so that two writers of the same records wait and do not deadlock.
[[nodiscard]] SqlText lock_sql(std::span<DraftRecord* const> records);
// Changes, removes, restores, purges; fails with RS001 where a version is not the one read.
[[nodiscard]] SqlText alter_sql(const Draft& draft, std::span<DraftRecord* const> records);

[[nodiscard]] SqlText batch_sql(const Draft& draft, const ObjectType& object, const base::Id& batch,
                                std::span<DraftRecord* const> records);
[[nodiscard]] SqlText new_keys_sql(const Draft& draft, std::span<DraftRecord* const> records);
// Keys and identities by which this work named records, and which their causes may no longer take
// back; empty where there are none.
[[nodiscard]] SqlText named_keys_sql(const Draft& draft);
[[nodiscard]] SqlText named_identities_sql(const Draft& draft);
[[nodiscard]] SqlText lost_keys_sql(std::span<DraftRecord* const> records);
[[nodiscard]] SqlText new_identities_sql(const Draft& draft, std::span<DraftRecord* const> records);
[[nodiscard]] SqlText drop_keys_sql(std::span<DraftRecord* const> records);
[[nodiscard]] SqlText drop_identities_sql(std::span<DraftRecord* const> records);

inline constexpr std::string_view sqlstate_stale = "RS001";

// The person a record belongs to; nullopt where it belongs to none.
[[nodiscard]] std::optional<base::Id> person_of(const DraftRecord& record);

// {"name": [from, to]}, of the fields that differ.
[[nodiscard]] std::string changed_fields(const DraftRecord& record);

}  // namespace rapport::entity
