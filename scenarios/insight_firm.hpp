// A firm with three hundred customers, scored, for the stories of what each of them is worth.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/json.hpp"
#include "entity/road.hpp"
#include "house.hpp"
#include "records.hpp"

namespace rapport::scenarios {

// Who and what the stories name. Product 0 is not sold any more; each tenth person works for the
// company.
struct Firm {
  std::vector<base::Id> persons, products;
  base::Id company;
  base::Instant now;
};

// The stories of one suite, told in several files, share the house; some put other models in use.
class Insight : public testing::Test {
 protected:
  static void SetUpTestSuite();
  static void TearDownTestSuite() {
    house_.reset();
    firm_.reset();
  }

  // How many records a mark opens.
  static std::int64_t opened(Browser& browser, const base::Json& open);
  static void check_marks(Browser& browser, const base::Json& marks, const std::string& address,
                          const char* count = "count");

  static inline std::unique_ptr<House> house_;
  static inline std::unique_ptr<Firm> firm_;
};

}  // namespace rapport::scenarios
