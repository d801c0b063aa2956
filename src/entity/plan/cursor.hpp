// Where a page ended: the order's values of its last record and that record's id. It survives rows
// that come and go. Opaque to clients and carried as base64url; read back it is checked against the
// order it was made for, so that an altered one is refused and never reaches the database.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/problem.hpp"

namespace rapport::entity {

struct Position {
  std::vector<std::optional<std::string>> values;  // as PostgreSQL wrote them; nullopt: empty
  base::Id id;
};

// `order` is the canonical text of the order: "person:name,-created_at".
[[nodiscard]] std::string encode_cursor(const Position& position, std::string_view order);
[[nodiscard]] base::Result<Position> decode_cursor(std::string_view cursor, std::string_view order,
                                                   std::size_t values);

[[nodiscard]] std::string to_base64url(std::string_view bytes);
[[nodiscard]] std::optional<std::string> from_base64url(std::string_view text);

}  // namespace rapport::entity
