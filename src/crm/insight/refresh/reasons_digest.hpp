// A number that is another one whenever something is that reasons are told from: orders, returns,
// values, cell, warning, offers … It stands beside the person, so that a refresh sees without
// reading history whether its newest row still tells the reasons as they are. What a new fit moves
// for everybody each night (what a purchase is expected to come to, the support of offers) is left
// out.
#pragma once

#include <cstdint>

#include "crm/insight/facts/facts.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

// Within 52 bits, so that JSON holds it; the same in every process.
[[nodiscard]] std::int64_t digest_of(const ScoreRow& row, const Facts& facts);

}  // namespace rapport::crm
