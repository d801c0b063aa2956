// Rules are what concepts add to the road: pure functions over one record that is about to be
// written. A rule says beforehand which fields it reads, the gather stage fetches them, and the
// rule sees them before and after; so a rule is tested as a table, with no database.
//
//   rules.add({.name = "order.first_makes_customer",
//              .object = "order",
//              .on = {Operation::create},
//              .reads = {"person.lifecycle"},
//              .decide = [](RuleCase& it) { … it.then(Change{…}); }});
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "base/value.hpp"
#include "entity/policy.hpp"
#include "entity/request/request.hpp"

namespace rapport::entity {

// One record in the eyes of a rule.
class RuleCase {
 public:
  virtual ~RuleCase() = default;

  [[nodiscard]] virtual Operation operation() const = 0;
  [[nodiscard]] virtual const base::Id& id() const = 0;
  [[nodiscard]] virtual base::Instant now() const = 0;
  [[nodiscard]] virtual const Caller& caller() const = 0;

  // Fields by name, or "link.field" of a linked record; what was not named in `reads` is empty.
  [[nodiscard]] virtual base::Value before(std::string_view path) const = 0;
  [[nodiscard]] virtual base::Value after(std::string_view path) const = 0;
  [[nodiscard]] bool changed(std::string_view path) const { return before(path) != after(path); }

  // Sets a field of this record, also one that is read-only to users.
  virtual void set(std::string_view field, base::Value value) = 0;
  // Refuses this record; `field` empty: as a whole.
  virtual void refuse(std::string_view field, std::string code, std::string message) = 0;
  // A write on other records that happens in the same transaction, by the program, its cause this
  // change. Depth is limited.
  virtual void then(Write write) = 0;
};

struct Rule {
  std::string name;  // "order.first_makes_customer"; in problems and metrics
  std::string object;
  std::vector<Operation> on;
  std::vector<std::string> reads;  // every field that it looks at
  std::function<void(RuleCase&)> decide;
};

class Rules {
 public:
  static constexpr int depth_max = 3;  // of writes that follow from writes

  void add(Rule rule);
  [[nodiscard]] std::span<const Rule> of(std::string_view object) const;

  // Whether one value of an identity kind can belong to one person only; asked at each write.
  // Without it: phones are shared, all else is exclusive.
  std::function<bool(std::string_view kind)> exclusive;
  [[nodiscard]] bool is_exclusive(std::string_view kind) const;

 private:
  std::map<std::string, std::vector<Rule>, std::less<>> by_object_;
};

}  // namespace rapport::entity
