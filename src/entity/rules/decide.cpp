#include "entity/rules/decide.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "entity/plan/columns.hpp"
#include "entity/rules/resolve.hpp"
#include "expression/evaluate.hpp"

namespace rapport::entity {

namespace {

using base::ProblemKind;

enum class Side { before, after };

base::Value field_value(const DraftRecord& record, std::string_view name, Side side) {
  const auto dot = name.find('.');
  const int slot = record.of->find_slot(name.substr(0, dot));
  if (slot < 0) return {};
  const auto& values = side == Side::before ? record.was : record.now;
  const base::Value& value = *values[static_cast<std::size_t>(slot)];
  return dot == std::string_view::npos ? value : part_of(value, name.substr(dot + 1));
}

// "name", "address.city" or "person.lifecycle".
base::Value path_value(Draft& draft, const DraftRecord& record, std::string_view path, Side side) {
  const auto dot = path.find('.');
  const Field* field = record.of->object->find(path.substr(0, dot));
  if (field == nullptr) return {};
  if (field->name == "id") return record.id;
  const ObjectType* to = target_of(draft.catalog(), *field);
  if (dot == std::string_view::npos || to == nullptr) return field_value(record, path, side);
  const base::Value link = field_value(record, field->name, side);
  const auto* id = std::get_if<base::Id>(&link);
  const DraftRecord* target = id == nullptr ? nullptr : draft.of(*to).find(*id);
  // What is beyond the link is as it is to be, also for the record as it was.
  return target == nullptr ? base::Value{}
                           : field_value(*target, path.substr(dot + 1), Side::after);
}

std::optional<Operation> operation_of(const DraftRecord& record) {
  switch (record.fate) {
    case Fate::insert:
      return Operation::create;
    case Fate::update:
      return Operation::change;
    case Fate::remove:
      return Operation::remove;
    case Fate::restore:
      return Operation::restore;
    case Fate::purge:
      return Operation::purge;
    case Fate::none:
      break;
  }
  return std::nullopt;
}

class DraftCase final : public RuleCase {
 public:
  DraftCase(Draft& draft, DraftRecord& record, Operation operation, const Rule& rule)
      : draft_(draft), record_(record), operation_(operation), rule_(rule) {}

  [[nodiscard]] Operation operation() const override { return operation_; }
  [[nodiscard]] const base::Id& id() const override { return record_.id; }
  [[nodiscard]] base::Instant now() const override { return draft_.now(); }
  [[nodiscard]] const Caller& caller() const override { return draft_.caller(); }
  [[nodiscard]] base::Value before(std::string_view path) const override {
    return path_value(draft_, record_, path, Side::before);
  }
  [[nodiscard]] base::Value after(std::string_view path) const override {
    return path_value(draft_, record_, path, Side::after);
  }
  void set(std::string_view field, base::Value value) override {
    const int slot = record_.of->find_slot(field);
    if (slot < 0) {
      refuse("", "rules.unnamed_field",
             fmt::format("The rule {} sets “{}” without naming it.", rule_.name, field));
      return;
    }
    if (record_.of->slots[static_cast<std::size_t>(slot)]->beside) {
      refuse("", "rules.field_beside",
             fmt::format("The rule {} sets “{}”, which is kept beside the record.", rule_.name,
                         field));
      return;
    }
    record_.now[static_cast<std::size_t>(slot)] = draft_.keep(std::move(value));
  }
  void refuse(std::string_view field, std::string code, std::string message) override {
    base::Problem problem{.kind = ProblemKind::invalid,
                          .code = code,
                          .message = message,
                          .details = {},
                          .hint = {},
                          .fields = {},
                          .extra = {}};
    problem.fields.push_back({std::string(field), std::move(code), std::move(message)});
    draft_.refuse(record_, std::move(problem));
  }
  void then(Write write) override { draft_.following.push_back(std::move(write)); }

 private:
  Draft& draft_;
  DraftRecord& record_;
  Operation operation_;
  const Rule& rule_;
};

base::Problem check_refusal(const DraftRecord& record, const CompiledCheck& check) {
  const std::string code = "rules." + check.check->name;
  base::Problem problem{.kind = ProblemKind::invalid,
                        .code = code,
                        .message = check.check->says,
                        .details = {},
                        .hint = {},
                        .fields = {},
                        .extra = {}};
  // The field that it is about: of those it reads, the first that this write changes.
  std::string field;
  for (const expression::Path& path : check.reads) {
    const std::string own(path.links.empty() ? path.field.name : path.links.front().name);
    const auto name = std::string_view(own).substr(0, own.find('.'));
    const int slot = record.of->find_slot(name);
    if (slot < 0) continue;
    const auto at = static_cast<std::size_t>(slot);
    if (field.empty() && !same_value(*record.was[at], *record.now[at])) field = name;
  }
  problem.fields.push_back({std::move(field), code, check.check->says});
  return problem;
}

// Records the caller may not make: his condition for creating, over the values they are to have.
void check_condition(Draft& draft, DraftRecord& record, const expression::Asker& asker) {
  if (record.fate != Fate::insert || record.stands_for != nullptr) return;
  const auto condition = draft.caller().policy->condition(Operation::create, *record.of->object);
  if (!condition || !condition->root) return;
  const expression::Facts facts = [&](const expression::Path& path) {
    return path.links.empty() ? field_value(record, path.field.name, Side::after) : base::Value{};
  };
  if (expression::evaluate(*condition, facts, asker)) return;
  base::Problem problem{
      .kind = ProblemKind::forbidden,
      .code = "plan.forbidden",
      .message = fmt::format("You may not create this {}.", record.of->object->label_one),
      .details = {},
      .hint = {},
      .fields = {},
      .extra = {}};
  problem.fields.push_back({"", problem.code, problem.message});
  draft.refuse(record, std::move(problem));
}

void check(Draft& draft, DraftRecord& record, const std::vector<CompiledCheck>& checks,
           const expression::Asker& asker) {
  if (record.fate != Fate::insert && record.fate != Fate::update) return;
  if (record.stands_for != nullptr) return;
  const expression::Facts facts = [&](const expression::Path& path) {
    std::string full;
    for (const expression::Field& link : path.links) full += link.name + ".";
    return path_value(draft, record, full + path.field.name, Side::after);
  };
  for (const CompiledCheck& one : checks) {
    if (!expression::check_applies(one.expression, facts)) continue;
    if (expression::evaluate(one.expression, facts, asker)) continue;
    draft.refuse(record, check_refusal(record, one));
    return;
  }
}

// Rules name fields; the problem of an item points at them below the item.
void point_at_item(const Draft& draft, DraftRecord& record) {
  if (!record.refused || record.items.empty()) return;
  const ItemPlace place = record.items.front();
  const std::string& pointer = draft.plans[place.write].items[place.item].item->pointer;
  for (auto& one : record.refused->fields) {
    one.field = one.field.empty() ? pointer : pointer + "/" + one.field;
  }
}

}  // namespace

void decide(Draft& draft, const Rules& rules, const CompiledChecks& checks) {
  // Stored rules mean the organisation's day; `me` does not occur in them.
  const expression::Asker asker{
      .me = draft.caller().user, .now = draft.now(), .zone = draft.caller().zone};
  for (ObjectDraft& objects : draft.objects()) {
    const auto of_object = rules.of(objects.object->name);
    const auto& object_checks = checks.of(*objects.object);
    for (DraftRecord& record : objects.records) {
      const auto operation = operation_of(record);
      if (!operation || record.refused) continue;
      for (const Rule& rule : of_object) {
        if (std::ranges::find(rule.on, *operation) == rule.on.end()) continue;
        DraftCase one(draft, record, *operation, rule);
        rule.decide(one);
        if (record.refused) break;
      }
      if (!record.refused) check(draft, record, object_checks, asker);
      if (!record.refused) check_condition(draft, record, asker);
      point_at_item(draft, record);
    }
  }
}

}  // namespace rapport::entity
