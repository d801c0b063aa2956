// The named statements of the audit.
#pragma once

#include "store/queries.hpp"

namespace rapport::platform::statements {

inline const store::Statement kNoteAudit = store::queries("audit")["note"];
inline const store::Statement kReadAudit = store::queries("audit")["read"];

}  // namespace rapport::platform::statements
