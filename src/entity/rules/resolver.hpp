// One write of a draft, item by item: which record each one means and what it lays on it
// (resolve.cpp), and by what the record is known from then on (known_by.cpp).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "entity/gather/draft.hpp"
#include "entity/rules/rules.hpp"

namespace rapport::entity {

class Resolver {
 public:
  Resolver(Draft& draft, const Rules& rules, std::size_t write)
      : draft_(draft),
        rules_(rules),
        write_(write),
        plan_(draft.plans[write]),
        objects_(draft.of(*draft.plans[write].object)) {}

  void all();

 private:
  using Refusal = std::optional<base::Problem>;

  Refusal item(const PlannedItem& item, DraftRecord*& record);
  Refusal by_keys(const PlannedItem& item, DraftRecord*& record);
  Refusal create(const PlannedItem& item, DraftRecord*& record);
  Refusal change(const PlannedItem& item, DraftRecord& record);
  Refusal bin(const PlannedItem& item, DraftRecord& record);
  Refusal assign(const PlannedItem& item, DraftRecord& record);
  Refusal value_of(const PlannedItem& item, const Assignment& one, const base::Value*& value,
                   DraftRecord*& target);
  Refusal target_by_key(const PlannedItem& item, const Assignment& one, DraftRecord*& target);
  Refusal keep_keys(const PlannedItem& item, DraftRecord& record);
  Refusal stale(const PlannedItem& item, const DraftRecord& record);
  void find_person(DraftRecord& record);
  void make_stand_in(DraftRecord& record, std::size_t person_slot);
  Refusal check_required(const DraftRecord& record, const Item& item);
  Refusal identities(DraftRecord& record, const Item& item);

  [[nodiscard]] Refusal refuse(base::ProblemKind kind, const PlannedItem& item,
                               std::string_view field, std::string code,
                               std::string message) const {
    return item_problem(kind, *item.item, field, std::move(code), std::move(message));
  }

  struct Laid {
    std::size_t slot;
    const base::Value* value;
    DraftRecord* target;
  };

  Draft& draft_;
  const Rules& rules_;
  std::vector<Laid> laid_;
  std::size_t write_;
  const WritePlan& plan_;
  ObjectDraft& objects_;
};

// What one may say about a record that is in the way: nothing where the caller may not see it.
[[nodiscard]] std::string in_the_way(const DraftRecord* record);
[[nodiscard]] std::string holder_extra(const DraftRecord* record);

}  // namespace rapport::entity
