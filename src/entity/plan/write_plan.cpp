#include "entity/plan/write_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "entity/plan/columns.hpp"
#include "entity/plan/read_plan.hpp"

namespace rapport::entity {

namespace {

using base::ProblemKind;

constexpr std::size_t problems_shown_max = 100;

struct Parts {
  WriteKind kind;
  const std::string& object;
  const std::vector<Item>& items;
  const Upsert* upsert;
};

Parts parts_of(const Write& write) {
  struct Visitor {
    Parts operator()(const Create& w) const {
      return {WriteKind::create, w.object, w.items, nullptr};
    }
    Parts operator()(const Change& w) const {
      return {WriteKind::change, w.object, w.items, nullptr};
    }
    Parts operator()(const Remove& w) const {
      return {WriteKind::remove, w.object, w.items, nullptr};
    }
    Parts operator()(const Restore& w) const {
      return {WriteKind::restore, w.object, w.items, nullptr};
    }
    Parts operator()(const Upsert& w) const { return {WriteKind::upsert, w.object, w.items, &w}; }
    Parts operator()(const Purge& w) const {
      return {WriteKind::purge, w.object, w.items, nullptr};
    }
  };
  return std::visit(Visitor{}, write);
}

std::vector<Operation> operations_of(const Parts& parts) {
  switch (parts.kind) {
    case WriteKind::create:
      return {Operation::create};
    case WriteKind::change:
      return {Operation::change};
    case WriteKind::remove:
      return {Operation::remove};
    case WriteKind::restore:
      return {Operation::restore};
    case WriteKind::purge:
      return {Operation::purge};
    case WriteKind::upsert:
      break;
  }
  if (parts.upsert->mode == Upsert::Mode::create_only) return {Operation::create};
  if (parts.upsert->mode == Upsert::Mode::update_only) return {Operation::change};
  return {Operation::create, Operation::change};
}

class WritePlanner {
 public:
  WritePlanner(const Catalog& catalog, const Caller& caller, WritePlan& plan)
      : catalog_(catalog), caller_(caller), plan_(plan) {}

  void collisions(const std::vector<std::pair<std::string, Collision>>& said);
  void item(const Item& item);
  base::Result<void> check_collisions(
      const std::vector<std::pair<std::string, Collision>>& said) const;

 private:
  std::optional<base::Problem> assign(PlannedItem& planned, const FieldInput& input,
                                      std::size_t position);
  std::optional<base::Problem> settable(const Item& item, std::string_view name,
                                        const Field* field) const;
  std::optional<Key> normal(const ObjectType& object, const Key& key) const;

  // Items mostly bring the same fields in the same order: the last one's answer is tried first.
  const Field* find(std::string_view name, std::size_t position);

  const Catalog& catalog_;
  const Caller& caller_;
  WritePlan& plan_;
  std::vector<const Field*> last_;
};

const Field* WritePlanner::find(std::string_view name, std::size_t position) {
  if (position < last_.size() && last_[position]->name == name) return last_[position];
  const Field* field = plan_.object->find(name);
  if (field == nullptr) return nullptr;
  if (position == last_.size()) last_.push_back(field);
  if (position < last_.size()) last_[position] = field;
  return field;
}

std::optional<base::Problem> WritePlanner::settable(const Item& item, std::string_view name,
                                                    const Field* field) const {
  const Policy& policy = *caller_.policy;
  const ObjectType& object = *plan_.object;
  if (field == nullptr || !policy.may_see(object, *field)) {
    return unknown_field(object, policy, name, fmt::format("{}/{}", item.pointer, name));
  }
  if (field->system || field->beside || (field->read_only && !policy.is_program())) {
    return item_problem(ProblemKind::invalid, item, name, "plan.read_only",
                        fmt::format("“{}” is kept by the program.", name));
  }
  if (!policy.may_set(object, *field)) {
    return item_problem(ProblemKind::forbidden, item, name, "plan.field_forbidden",
                        fmt::format("You may not set “{}”.", name));
  }
  return std::nullopt;
}

std::optional<Key> WritePlanner::normal(const ObjectType& object, const Key& key) const {
  Key made = key;
  if (key.value.empty() || key.source.empty()) return std::nullopt;
  if (key.kind == Key::Kind::external) return made;
  const Field* field = nullptr;
  if (key.kind == Key::Kind::identity) {
    if (object.name != person_object) return std::nullopt;
    const auto at = std::ranges::find(object.fields, key.source, &Field::identity);
    if (at == object.fields.end()) return made;  // a loyalty number, a device: kept as it is
    field = &*at;
  } else {
    const bool declared = std::ranges::any_of(object.keys, [&key](const KeyDeclaration& one) {
      return one.kind == KeyDeclaration::Kind::field && one.field == key.source;
    });
    field = declared ? object.find(key.source) : nullptr;
    if (field == nullptr) return std::nullopt;
  }
  const auto value = value_from_text(*field, key.value, {});
  const auto* text = value ? std::get_if<std::string>(&*value) : nullptr;
  if (text == nullptr) return std::nullopt;
  made.value = *text;
  return made;
}

std::optional<base::Problem> WritePlanner::assign(PlannedItem& planned, const FieldInput& input,
                                                  std::size_t position) {
  const Item& item = *planned.item;
  const Field* field = find(input.field, position);
  if (auto refused = settable(item, input.field, field)) return refused;
  Assignment made{.field = static_cast<std::size_t>(field - plan_.object->fields.data())};
  if (const auto* key = std::get_if<Key>(&input.input)) {
    const ObjectType* target = target_of(catalog_, *field);
    auto kept = target == nullptr ? std::nullopt : normal(*target, *key);
    if (!kept) {
      return item_problem(ProblemKind::invalid, item, input.field, "plan.bad_key",
                          fmt::format("“{}” cannot be recognised by {} “{}”.", field->label,
                                      key->source, key->value));
    }
    made.key = key;
    made.link_key = plan_.link_keys.size();
    plan_.link_keys.push_back(std::move(*kept));
  } else {
    made.value = &std::get<base::Value>(input.input);
    if (!fits(field->type, *made.value)) {
      return item_problem(ProblemKind::invalid, item, input.field, "plan.wrong_type",
                          fmt::format("“{}” does not take a value of this type.", field->label));
    }
  }
  planned.fields.push_back(made);
  return std::nullopt;
}

void WritePlanner::item(const Item& item) {
  PlannedItem& planned = plan_.items.emplace_back();
  planned.item = &item;
  const bool by_id = item.id.has_value();
  const bool needs = plan_.kind != WriteKind::create && !by_id && item.keys.empty();
  std::vector<base::Problem> problems;
  if (needs) {
    problems.push_back(item_problem(ProblemKind::invalid, item, "id", "plan.no_id",
                                    "Neither an id nor a key says which record is meant."));
  }
  planned.fields.reserve(item.fields.size());
  for (std::size_t i = 0; i < item.fields.size(); ++i) {
    if (auto refused = assign(planned, item.fields[i], i)) problems.push_back(std::move(*refused));
  }
  for (const Key& key : item.keys) {
    auto kept = normal(*plan_.object, key);
    if (kept) {
      planned.keys.push_back(std::move(*kept));
    } else {
      problems.push_back(
          item_problem(ProblemKind::invalid, item, "", "plan.bad_key",
                       fmt::format("{} are not recognised by {} “{}”.", plan_.object->label_many,
                                   key.source, key.value)));
    }
  }
  if (problems.empty()) return;
  planned.refused = std::move(problems.front());
  for (std::size_t i = 1; i < problems.size(); ++i) {
    for (auto& one : problems[i].fields) planned.refused->fields.push_back(std::move(one));
  }
}

base::Result<void> WritePlanner::check_collisions(
    const std::vector<std::pair<std::string, Collision>>& said) const {
  for (const auto& [name, collision] : said) {
    if (plan_.object->find(name) == nullptr) {
      return std::unexpected(
          unknown_field(*plan_.object, *caller_.policy, name, "/collisions/" + name));
    }
  }
  return {};
}

void WritePlanner::collisions(const std::vector<std::pair<std::string, Collision>>& said) {
  plan_.collisions.assign(plan_.object->fields.size(), Collision::overwrite);
  for (const auto& [name, collision] : said) {
    const Field* field = plan_.object->find(name);
    plan_.collisions[static_cast<std::size_t>(field - plan_.object->fields.data())] = collision;
  }
}

}  // namespace

base::Result<WritePlan> plan_write(const Catalog& catalog, const Caller& caller,
                                   const Write& write) {
  const Parts parts = parts_of(write);
  const auto object = find_object(catalog, parts.object);
  if (!object) return std::unexpected(object.error());
  for (const Operation operation : operations_of(parts)) {
    if (!caller.policy->may(operation, **object)) {
      return std::unexpected(forbidden(operation, **object));
    }
  }
  if (parts.items.size() > static_cast<std::size_t>(Limits{}.chunk_max)) {
    return base::refuse(
        ProblemKind::too_large, "plan.too_many_records",
        fmt::format("At most {} records can be written at once.", Limits{}.chunk_max));
  }
  WritePlan plan;
  plan.kind = parts.kind;
  plan.object = *object;
  WritePlanner planner(catalog, caller, plan);
  if (parts.upsert != nullptr) {
    plan.mode = parts.upsert->mode;
    if (auto known = planner.check_collisions(parts.upsert->collisions); !known) {
      return std::unexpected(known.error());
    }
    planner.collisions(parts.upsert->collisions);
  }
  plan.items.reserve(parts.items.size());
  for (const Item& item : parts.items) planner.item(item);
  return plan;
}

base::Problem item_problem(base::ProblemKind kind, const Item& item, std::string_view field,
                           std::string code, std::string message) {
  base::Problem problem{.kind = kind,
                        .code = code,
                        .message = message,
                        .details = {},
                        .hint = {},
                        .fields = {},
                        .extra = {}};
  std::string pointer = item.pointer;
  if (!field.empty()) pointer += "/" + std::string(field);
  problem.fields.push_back({std::move(pointer), std::move(code), std::move(message)});
  return problem;
}

base::Problem joined(std::vector<const base::Problem*> problems) {
  base::Problem whole = *problems.front();
  for (std::size_t i = 1; i < problems.size(); ++i) {
    if (whole.fields.size() >= problems_shown_max) break;
    whole.fields.insert(whole.fields.end(), problems[i]->fields.begin(), problems[i]->fields.end());
  }
  return whole;
}

}  // namespace rapport::entity
