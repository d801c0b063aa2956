// The named statements of access.
#pragma once

#include "store/queries.hpp"

namespace rapport::platform::statements {

inline const store::Statement kSignInUser = store::queries("access")["sign_in_user"];
inline const store::Statement kCountAttempt = store::queries("access")["count_attempt"];
inline const store::Statement kForgiveAttempt = store::queries("access")["forgive_attempt"];
inline const store::Statement kSweepAttempts = store::queries("access")["sweep_attempts"];
inline const store::Statement kInsertSession = store::queries("access")["insert_session"];
inline const store::Statement kSession = store::queries("access")["session"];
inline const store::Statement kSeeSession = store::queries("access")["see_session"];
inline const store::Statement kEndSession = store::queries("access")["end_session"];
inline const store::Statement kEndSessionsOf = store::queries("access")["end_sessions_of"];
inline const store::Statement kEndSessionsOfChanged =
    store::queries("access")["end_sessions_of_changed"];
inline const store::Statement kSweepSessions = store::queries("access")["sweep_sessions"];
inline const store::Statement kNotifyAccess = store::queries("access")["notify"];
inline const store::Statement kKey = store::queries("access")["key"];
inline const store::Statement kUseKey = store::queries("access")["use_key"];
inline const store::Statement kInsertKey = store::queries("access")["insert_key"];
inline const store::Statement kKeys = store::queries("access")["keys"];
inline const store::Statement kDeleteKey = store::queries("access")["delete_key"];
inline const store::Statement kUser = store::queries("access")["user"];
inline const store::Statement kUserNamed = store::queries("access")["user_named"];
inline const store::Statement kPassword = store::queries("access")["password"];
inline const store::Statement kSetPassword = store::queries("access")["set_password"];
inline const store::Statement kDropPassword = store::queries("access")["drop_password"];
inline const store::Statement kAnyAdministrator = store::queries("access")["any_administrator"];

}  // namespace rapport::platform::statements
