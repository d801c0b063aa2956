// How readily a thread stands back where the processors are busy. Linux keeps it for each thread.
#pragma once

namespace rapport::base {

// 0: as others; up to 19: the higher, the less it gets beside them.
using Niceness = int;

[[nodiscard]] Niceness niceness();

// From now on this thread, and those that it starts, work where others leave room. It cannot be
// taken back: give such work a thread of its own. Nothing happens where it gives way already.
void give_way();

}  // namespace rapport::base
