// The named statements of change listeners.
#pragma once

#include "store/database.hpp"

namespace rapport::platform::statements {

inline constexpr store::Statement kAddCursor{"changes.add_cursor", R"(
  insert into listener_cursors (listener, epoch, xid, ordinal, moved_at)
  values ($1, 0, '0', 0, $2) on conflict (listener) do nothing)"};

// Whoever holds this row serves the listener; others go on to the next.
inline constexpr store::Statement kTakeCursor{"changes.take_cursor", R"(
  select epoch, xid::text, ordinal from listener_cursors where listener = $1
  for update skip locked)"};

// The last column says whether the change may be delivered: its transaction and all before it have
// ended. Transactions of a former epoch have ended before the restore that raised it.
inline constexpr store::Statement kReadChanges{"changes.read", R"(
  select object, record_id, version, person_id, kind, actor, cause_kind, cause_id, depth,
         array_to_string(persons, ' '), case when $5::boolean then fields end, at,
         epoch, xid::text, ordinal,
         xid < pg_snapshot_xmin(pg_current_snapshot())
           or epoch < (select max(epoch) from changes)
  from changes
  where (epoch, xid, ordinal) > ($1::bigint, $2::text::xid8, $3::bigint)
  order by epoch, xid, ordinal
  limit $4::bigint)"};

inline constexpr store::Statement kMoveCursor{"changes.move_cursor", R"(
  update listener_cursors
  set epoch = $2, xid = $3::text::xid8, ordinal = $4, moved_at = $5
  where listener = $1)"};

}  // namespace rapport::platform::statements
