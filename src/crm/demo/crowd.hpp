// The crowd around the cast: any number of customers, as they are spread in life. Few buy much,
// many buy once or never; some fall silent; winter and summer sell different things.
//
// Each person is drawn from a stream of its own, so any stretch of the crowd can be made by itself.
#pragma once

#include <cstdint>
#include <vector>

#include "base/instant.hpp"
#include "crm/demo/records.hpp"
#include "crm/demo/setting.hpp"

namespace rapport::crm {

struct CrowdOptions {
  std::uint64_t seed = 1;
  base::Date date;              // nothing happens on it or after
  double orders_each = 4.0;     // on average
  std::vector<base::Id> users;  // who look after customers
};

class Crowd {
 public:
  static constexpr int days = 3 * 365;                // of history
  static constexpr int orders_max = 300;              // of one person
  static constexpr std::int64_t contact_every = 20;   // the n-th person works for a company
  static constexpr std::int64_t stand_in_every = 20;  // persons to one sale without a name

  struct Buyer;  // buyer.hpp

  Crowd(const Setting& setting, CrowdOptions options);

  // Persons first … first + count − 1, with all that is theirs; a company comes with the first who
  // works there, below its parent.
  [[nodiscard]] Batch batch(std::int64_t first, std::int64_t count) const;

 private:
  void add_person(std::int64_t number, Batch& batch) const;
  void add_stand_in(std::int64_t number, Batch& batch) const;
  [[nodiscard]] CompanyRecord company(std::int64_t number) const;
  [[nodiscard]] static std::int64_t company_of(std::int64_t person);

  void name(Random& random, const Country& country, std::int64_t number,
            PersonRecord& person) const;
  [[nodiscard]] base::Address address(Random& random, const Country& country) const;
  [[nodiscard]] std::string phone(Random& random, const Country& country) const;
  [[nodiscard]] base::Instant moment(Random& random, int day, bool office_hours) const;
  void buy(Random& random, Buyer& buyer, Batch& batch) const;
  [[nodiscard]] OrderRecord order(Random& random, const Buyer& buyer, int day) const;
  void maybe_return(Random& random, const Buyer& buyer, const OrderRecord& order, int day,
                    Batch& batch) const;
  void talk(Random& random, const Buyer& buyer, Batch& batch) const;
  void plan(Random& random, const Buyer& buyer, Batch& batch) const;
  [[nodiscard]] base::Id user(Random& random) const;

  const Setting& setting_;
  CrowdOptions options_;
  std::vector<base::Instant> midnights_;  // of each day of the history, and the day after
};

}  // namespace rapport::crm
