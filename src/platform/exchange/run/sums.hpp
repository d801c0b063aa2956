// Sums of parents over their rows, once more when all rows are in. While chunks run, a parent's sum
// holds what came with its first chunk; rows that came later, or were refused, make it wrong. Here
// it is made anew from the records themselves, so it is right whichever files the rows came from.
#pragma once

#include "entity/road.hpp"
#include "platform/exchange/mapping/shape.hpp"
#include "platform/exchange/run/import_store.hpp"

namespace rapport::platform {

[[nodiscard]] base::Result<void> mend_sums(entity::Road& road, const entity::Caller& caller,
                                           ImportStore& store, const base::Id& import,
                                           const RowShaper& shaper);

}  // namespace rapport::platform
