// Sets of records that no expression can say, such as those behind a mark of a figure: "the tenth
// of the customers with the most profit". Who draws the figure registers a source, a named
// statement that yields ids; a list, its count and its export then take `set=TOKEN` beside their
// condition, order and paging, under the same rights as any list.
//
//   road.sets().add({.name = "whale",
//                    .object = "person",
//                    .reads = {"order"},
//                    .parameters = {SetParameter::decimal},
//                    .ids = store::queries("whale")["best_customers"]});
//   to_token({"whale", {"0.1"}})  →  "whale~MC4x"
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/problem.hpp"
#include "entity/request/request.hpp"
#include "store/database.hpp"

namespace rapport::entity {

enum class SetParameter { text, integer, count, decimal, boolean, date, instant, id };

struct SetSource {
  std::string name;    // "whale": small letters, digits, _
  std::string object;  // what its ids are of
  // Object types whose every record the caller must see, `object` itself where a set says something
  // of records besides its own: who is among the best tenth is said of all.
  std::vector<std::string> reads;
  std::vector<SetParameter> parameters;  // of `ids`: $1, $2 …, cast there where they are not text
  store::Statement ids;                  // one column of ids; each of them once
};

class Sets {
 public:
  // Before the first request; a name that is there already is replaced.
  void add(SetSource source);
  [[nodiscard]] const SetSource* find(std::string_view name) const;

  // The source of a set of this object type that takes these parameters; `plan.unknown_set` or
  // `plan.bad_set`, both malformed, where there is none.
  [[nodiscard]] base::Result<const SetSource*> source_of(const SetMark& mark,
                                                         std::string_view object) const;

 private:
  std::map<std::string, SetSource, std::less<>> by_name_;
};

// "name~parameter~parameter", the parameters in base64url; the same set gives the same token.
[[nodiscard]] std::string to_token(const SetMark& mark);
// `plan.bad_set` (malformed) for what no `to_token` wrote.
[[nodiscard]] base::Result<SetMark> set_of_token(std::string_view token);

// A statement whose $1, $2 … come after `before` others. What stands in quotes ('…', "…", $$…$$,
// $tag$…$tag$; no E'…') and in comments (-- …, /* … */ without another in it) stays as it is.
[[nodiscard]] std::string renumbered(std::string_view sql, std::size_t before);

}  // namespace rapport::entity
