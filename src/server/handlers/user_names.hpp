// The names of the users who made some changes, in one read.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "server/handlers/call.hpp"

namespace rapport::server {

class UserNames {
 public:
  UserNames(Call& call, const std::vector<entity::HistoryEntry>& entries);
  // "" of the program itself, and of who is not known.
  [[nodiscard]] std::string_view of(const base::Id& user) const;

 private:
  std::map<base::Id, std::string> names_;
};

}  // namespace rapport::server
