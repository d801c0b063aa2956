// One person of the crowd while they buy, talk and are planned for.
#pragma once

#include <optional>
#include <string>

#include "crm/demo/crowd.hpp"

namespace rapport::crm {

struct Crowd::Buyer {
  base::Id person;
  std::optional<base::Id> company, owner;
  std::string number;  // their orders' numbers begin with it
  bool business = false;
  bool in_store_only = false;
  int tax_percent = 0;
  int first_day = 0;  // counted from the demo date, so below zero
  int orders = 0;
  const Product* last_product = nullptr;
  std::string lifecycle;
};

}  // namespace rapport::crm
