#include "crm/insight/refresh/reasons_digest.hpp"

#include <array>
#include <cmath>
#include <cstring>

#include "base/hash.hpp"
#include "crm/insight/churn/churn_warning.hpp"

namespace rapport::crm {
namespace {

void add_id(base::Digest& digest, const base::Id& id) {
  std::array<std::uint64_t, 2> halves{};
  std::memcpy(halves.data(), id.bytes.data(), id.bytes.size());
  digest.add(halves[0]).add(halves[1]);
}

}  // namespace

std::int64_t digest_of(const ScoreRow& row, const Facts& facts) {
  constexpr float thousandths = 1000;  // as history keeps it
  base::Digest digest;
  digest.add(row.first_day).add(row.last_day).add(row.orders).add(row.returns).add(row.purchases);
  digest.add(row.bought).add(row.returned).add(row.unresolved).add(row.historic_value);
  digest.add(row.earlier_average).add(row.latest_average).add(row.profit.has_value());
  digest.add(std::llround(row.rhythm * thousandths)).add(row.modelled);
  digest.add(row.cell.recency).add(row.cell.frequency).add(row.cell.money);
  digest.add(row.first_purchase).add(row.last_purchase);
  digest.add(static_cast<int>(row.warning)).add(warning_reasons(row).to_ulong());
  digest.add(row.offers_count);
  for (std::size_t i = 0; i < row.offers_count; ++i) {
    const auto& offer = row.offers[i];
    add_id(digest, facts.products[offer.product]);
    digest.add(offer.best_seller());
    if (!offer.best_seller()) add_id(digest, facts.products[offer.because]);
  }
  return static_cast<std::int64_t>(digest.value() >> 12U);
}

}  // namespace rapport::crm
