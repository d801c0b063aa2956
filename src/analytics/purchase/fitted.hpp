// Whether a fit is one that can be predicted from.
#pragma once

#include "analytics/purchase/purchase.hpp"

namespace rapport::analytics {

// `analytics.bad_fit`: parameters that are not those of the model, not finite or not positive.
[[nodiscard]] base::Result<void> check_fit(const PurchaseFit& fit, std::size_t covariate_count);

}  // namespace rapport::analytics
