// A file of four persons to import, one of them twice and one with a wrong address.
#pragma once

#include <string>

namespace rapport::scenarios {

inline const std::string people =
    "given,family,email\n"
    "Ana,López,ana@shop.example\n"
    "Ben,Stone,ben@shop.example\n"
    "Cid,Roe,not an address\n"
    "Ana,López,ana@shop.example\n";

inline const std::string people_mapping = R"(
file: {header: true}
objects:
  - object: person
    key: {identity: email, of: email}
    mode: upsert
    fields:
      name.given: {column: given}
      name.family: {column: family}
      email: {column: email}
)";

}  // namespace rapport::scenarios
