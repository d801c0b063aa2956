#include "crm/insight/refresh/reasons_digest.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <type_traits>

#include "base/hash.hpp"
#include "crm/insight/churn/churn_warning.hpp"

namespace rapport::crm {
namespace {

// Numbers folded into one by the mixing of SplitMix64.
class Digest {
 public:
  template <class Number>
    requires std::is_integral_v<Number>
  Digest& add(Number number) {
    state_ =
        base::splitmix_mixed(state_ + base::splitmix_step + static_cast<std::uint64_t>(number));
    return *this;
  }
  Digest& add(const base::Id& id) {
    std::array<std::uint64_t, 2> halves{};
    std::memcpy(halves.data(), id.bytes.data(), id.bytes.size());
    return add(halves[0]).add(halves[1]);
  }
  [[nodiscard]] std::int64_t value() const { return static_cast<std::int64_t>(state_ >> 12U); }

 private:
  std::uint64_t state_ = 0;
};

}  // namespace

std::int64_t digest_of(const ScoreRow& row, const Facts& facts) {
  constexpr float thousandths = 1000;  // as history keeps it
  Digest digest;
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
    digest.add(facts.products[offer.product]).add(offer.best_seller());
    if (!offer.best_seller()) digest.add(facts.products[offer.because]);
  }
  return digest.value();
}

}  // namespace rapport::crm
