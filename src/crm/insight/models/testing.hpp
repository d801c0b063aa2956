// For tests of models: an invented crowd of customers.
#pragma once

#include <algorithm>
#include <cmath>
#include <random>

#include "crm/insight/facts/testing.hpp"

namespace rapport::crm {

// Customers who buy at rates of their own and leave after a purchase with a chance of theirs.
struct TestCrowd : OrderColumns {
  static constexpr std::int32_t today = 20'000;

  explicit TestCrowd(std::size_t size, std::int32_t days = 700) {
    customers = size;
    std::mt19937_64 random(11);
    std::gamma_distribution<> rates(.8, 1. / 40);
    std::uniform_real_distribution<> uniform(1e-9, 1);
    for (std::uint32_t i = 0; i < size; ++i) {
      const double rate = rates(random), leaves = uniform(random) * .4;
      double at = uniform(random) * days * .6;
      while (at < days) {
        order(i, today - days + static_cast<std::int32_t>(at),
              static_cast<std::int64_t>(20 + 60 * uniform(random)));
        if (uniform(random) < leaves) break;
        at += std::max(1., -std::log(uniform(random)) / rate);
      }
    }
  }
};

}  // namespace rapport::crm
