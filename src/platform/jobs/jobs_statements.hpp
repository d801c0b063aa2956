// The named statements of jobs. Leases follow the database's clock, which all processes share; the
// moment a job is due follows the program's, which scenarios set.
#pragma once

#include "store/queries.hpp"

namespace rapport::platform::statements {

inline const store::Statement kEnqueueJob = store::queries("jobs")["enqueue"];
inline const store::Statement kNotifyJobs = store::queries("jobs")["notify"];
inline const store::Statement kReclaimJobs = store::queries("jobs")["reclaim"];
inline const store::Statement kClaimJobs = store::queries("jobs")["claim"];
inline const store::Statement kNextJob = store::queries("jobs")["next"];
inline const store::Statement kRenewJobs = store::queries("jobs")["renew"];
inline const store::Statement kFinishJob = store::queries("jobs")["finish"];
inline const store::Statement kRepeatJob = store::queries("jobs")["repeat"];
inline const store::Statement kParkJob = store::queries("jobs")["park"];
inline const store::Statement kFindJob = store::queries("jobs")["find"];
inline const store::Statement kParkedJobs = store::queries("jobs")["parked"];
inline const store::Statement kUnparkJob = store::queries("jobs")["unpark"];
inline const store::Statement kSweepJobs = store::queries("jobs")["sweep"];

}  // namespace rapport::platform::statements
