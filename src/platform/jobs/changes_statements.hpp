// The named statements of change listeners.
#pragma once

#include "store/queries.hpp"

namespace rapport::platform::statements {

inline const store::Statement kAddCursor = store::queries("changes")["add_cursor"];
inline const store::Statement kTakeCursor = store::queries("changes")["take_cursor"];
inline const store::Statement kReadChanges = store::queries("changes")["read"];
inline const store::Statement kMoveCursor = store::queries("changes")["move_cursor"];

}  // namespace rapport::platform::statements
