#include "entity/plan/read_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace rapport::entity {

namespace {

using base::ProblemKind;

std::string_view verb(Operation operation) {
  switch (operation) {
    case Operation::read:
      return "see";
    case Operation::create:
      return "create";
    case Operation::change:
      return "change";
    case Operation::remove:
      return "remove";
    case Operation::restore:
      return "restore";
    case Operation::purge:
      return "erase";
  }
  return "use";
}

// The object file's order, where an index serves it; else by id.
std::vector<std::string> usual_order(const ObjectType& object, const Policy& policy) {
  const std::string& order = object.list.order;
  const Field* field = object.find(std::string_view(order).substr(order.starts_with('-') ? 1 : 0));
  const bool serves = field != nullptr && (field->indexed || field->name == "created_at") &&
                      policy.may_see(object, *field);
  return serves ? std::vector<std::string>{order} : std::vector<std::string>{};
}

// Resolves paths to joins and columns; one a request.
class ReadPlanner {
 public:
  ReadPlanner(ReadPlan& plan, const Caller& caller) : plan_(plan), caller_(caller) {}

  base::Result<void> begin(std::string_view object_name, base::Instant now);
  base::Result<void> select(const std::vector<std::string>& fields, bool titles);
  base::Result<void> where(const std::string& text, const std::string& tree);
  base::Result<void> order(const std::vector<std::string>& terms);
  base::Result<void> set(const SetMark& mark, const Sets& sets);

 private:
  struct End {
    int join;
    const ObjectType* object;
    const Field* field;
    std::string part;
  };
  base::Result<End> resolve(std::string_view path, std::string pointer, bool parts);
  base::Result<int> join(int from, const Field& link, const ObjectType& target);
  [[nodiscard]] const Field* visible(const ObjectType& object, std::string_view name) const;
  base::Result<void> select_titles();
  base::Result<void> check_reads(const expression::Expression& condition);
  base::Result<OrderTerm> order_term(std::string_view term);

  ReadPlan& plan_;
  const Caller& caller_;
};

base::Result<void> ReadPlanner::begin(std::string_view object_name, base::Instant now) {
  const auto object = find_object(*plan_.catalog, object_name);
  if (!object) return std::unexpected(object.error());
  plan_.object = *object;
  plan_.asker = {.me = caller_.user, .now = now, .zone = caller_.zone};
  if (!caller_.policy->may(Operation::read, **object)) {
    return std::unexpected(forbidden(Operation::read, **object));
  }
  if (const auto condition = caller_.policy->condition(Operation::read, **object)) {
    plan_.where = *condition;
  }
  return {};
}

const Field* ReadPlanner::visible(const ObjectType& object, std::string_view name) const {
  const Field* field = object.find(name);
  return field != nullptr && caller_.policy->may_see(object, *field) ? field : nullptr;
}

base::Result<ReadPlanner::End> ReadPlanner::resolve(std::string_view path, std::string pointer,
                                                    bool parts) {
  const auto steps = base::split(path, '.');
  if (steps.size() > links_max + 2) {
    return base::refuse_field("plan.too_many_links", std::move(pointer),
                              fmt::format("“{}” follows more than {} links.", path, links_max));
  }
  End end{-1, plan_.object, nullptr, {}};
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Field* field = visible(*end.object, steps[i]);
    if (field == nullptr) {
      return std::unexpected(
          unknown_field(*end.object, *caller_.policy, steps[i], std::move(pointer)));
    }
    end.field = field;
    if (i + 1 == steps.size()) return end;
    const ObjectType* target = target_of(*plan_.catalog, *field);
    if (target == nullptr && parts && i + 2 == steps.size()) {
      end.part = steps[i + 1];
      return end;
    }
    if (target == nullptr || !caller_.policy->may(Operation::read, *target)) {
      return base::refuse_field(
          "plan.not_a_link", std::move(pointer),
          fmt::format("“{}” is not a link, so “{}” cannot follow it.", field->name, steps[i + 1]));
    }
    const auto joined = join(end.join, *field, *target);
    if (!joined) return std::unexpected(joined.error());
    end.join = *joined;
    end.object = target;
  }
  return end;
}

base::Result<int> ReadPlanner::join(int from, const Field& link, const ObjectType& target) {
  for (std::size_t i = 0; i < plan_.joins.size(); ++i) {
    if (plan_.joins[i].from == from && plan_.joins[i].link == &link) return static_cast<int>(i);
  }
  Join made{.from = from, .link = &link, .target = &target, .condition = {}};
  if (const auto condition = caller_.policy->condition(Operation::read, target)) {
    made.condition = *condition;
  }
  plan_.joins.push_back(std::move(made));
  return static_cast<int>(plan_.joins.size()) - 1;
}

base::Result<void> ReadPlanner::select(const std::vector<std::string>& fields, bool titles) {
  if (fields.size() > fields_max) {
    return base::refuse(ProblemKind::too_large, "plan.too_many_fields",
                        fmt::format("At most {} fields can be asked for.", fields_max));
  }
  if (fields.empty()) {
    for (const Field& field : plan_.object->fields) {
      const bool shown = !field.hidden && caller_.policy->may_see(*plan_.object, field);
      if (shown && field.name != "id" && field.name != "version") {
        plan_.selected.push_back({{field.name, &field, OutputColumn::Role::field}, -1});
      }
    }
  }
  for (const std::string& path : fields) {
    if (path == "id" || path == "version") continue;  // always there
    const auto end = resolve(path, "/fields", false);
    if (!end) return std::unexpected(end.error());
    const bool twice = std::ranges::any_of(
        plan_.selected, [&path](const Selected& one) { return one.output.name == path; });
    if (!twice)
      plan_.selected.push_back({{path, end->field, OutputColumn::Role::field}, end->join});
  }
  return titles ? select_titles() : base::Result<void>{};
}

base::Result<void> ReadPlanner::select_titles() {
  if (const Field* title = visible(*plan_.object, plan_.object->title)) {
    plan_.selected.push_back({{"$title", title, OutputColumn::Role::own_title}, -1});
  }
  const std::size_t fields = plan_.selected.size();
  for (std::size_t i = 0; i < fields; ++i) {
    const Selected link = plan_.selected[i];
    if (link.output.role != OutputColumn::Role::field) continue;
    const ObjectType* target = target_of(*plan_.catalog, *link.output.field);
    if (target == nullptr || !caller_.policy->may(Operation::read, *target)) continue;
    const Field* title = visible(*target, target->title);
    if (title == nullptr) continue;
    const auto joined = join(link.join, *link.output.field, *target);
    if (!joined) return std::unexpected(joined.error());
    plan_.selected.push_back({{link.output.name, title, OutputColumn::Role::link_title}, *joined});
  }
  return {};
}

base::Result<void> ReadPlanner::where(const std::string& text, const std::string& tree) {
  if (text.empty() && tree.empty()) return {};
  const std::string& name = plan_.object->name;
  auto condition = tree.empty() ? expression::parse(text, name, *plan_.catalog)
                                : expression::from_tree(tree, name, *plan_.catalog);
  if (!condition) return std::unexpected(condition.error());
  if (auto seen = check_reads(*condition); !seen) return seen;
  plan_.where = expression::both(plan_.where, *condition);
  return {};
}

base::Result<void> ReadPlanner::check_reads(const expression::Expression& condition) {
  const Policy& policy = *caller_.policy;
  for (const expression::Path& path : expression::reads(condition)) {
    const ObjectType* object = plan_.object;
    const auto see = [&](const expression::Field& said) {
      const auto name = std::string_view(said.name).substr(0, said.name.find('.'));
      return visible(*object, name);
    };
    for (const expression::Field& link : path.links) {
      const Field* field = see(link);
      if (field == nullptr) {
        return std::unexpected(unknown_field(*object, policy, link.name, "/where"));
      }
      object = target_of(*plan_.catalog, *field);
      // Records of the other type that do not exist for the caller must not show in an answer.
      if (object == nullptr || !policy.may(Operation::read, *object) ||
          policy.condition(Operation::read, *object)) {
        return base::refuse(ProblemKind::forbidden, "plan.condition_not_allowed",
                            fmt::format("A condition may not follow “{}” for you.", link.name));
      }
    }
    if (see(path.field) == nullptr) {
      return std::unexpected(unknown_field(*object, policy, path.field.name, "/where"));
    }
  }
  return {};
}

// What a set rests on must not show to whom it does not exist.
base::Result<void> ReadPlanner::set(const SetMark& mark, const Sets& sets) {
  const auto source = sets.source_of(mark, plan_.object->name);
  if (!source) return std::unexpected(source.error());
  for (const std::string& name : (*source)->reads) {
    const ObjectType* object = plan_.catalog->find(name);
    if (object == nullptr || !caller_.policy->may(Operation::read, *object) ||
        caller_.policy->condition(Operation::read, *object)) {
      return base::refuse(
          ProblemKind::forbidden, "plan.set_not_allowed",
          fmt::format("The set “{}” is not for you.", mark.name),
          fmt::format("It rests on every record of type “{}”, and you may not read all.", name));
    }
  }
  plan_.set = *source;
  plan_.set_parameters = mark.parameters;
  return {};
}

base::Result<OrderTerm> ReadPlanner::order_term(std::string_view term) {
  OrderTerm made;
  made.descending = term.starts_with('-');
  if (made.descending) term.remove_prefix(1);
  const auto end = resolve(term, "/order", true);
  if (!end) return std::unexpected(end.error());
  made.join = end->join;
  const auto columns = table_columns(*end->field);
  const auto column = std::ranges::find(columns, std::string_view(end->part), &Column::part);
  const bool sortable = column != columns.end() && column->language != expression::Type::json &&
                        column->language != expression::Type::choices &&
                        end->field->type != FieldType::long_text;
  if (!sortable) {
    return base::refuse_field("plan.not_sortable", "/order",
                              fmt::format("A list cannot be ordered by “{}”.", term));
  }
  made.column = *column;
  made.beside = end->field->beside;
  const bool own = end->join < 0;
  // A stand-in has no name even where persons must have one, so only what the program itself keeps
  // is taken for granted there.
  made.nullable =
      !own || !end->field->required || (!end->field->system && has_stand_ins(*plan_.object));
  made.indexed = own && column->part.empty() && (end->field->indexed || end->field->system);
  return made;
}

base::Result<void> ReadPlanner::order(const std::vector<std::string>& terms) {
  if (terms.size() > order_max) {
    return base::refuse(ProblemKind::invalid, "plan.too_many_order_terms",
                        fmt::format("A list can be ordered by at most {} fields.", order_max));
  }
  plan_.order_text = plan_.object->name + ":";
  for (const std::string& term : terms) {
    plan_.order_text += term + ",";
    if (term == "id" || term == "-id") {
      if (&term != &terms.back()) {
        return base::refuse_field("plan.id_last", "/order", "The id can only be the last term.");
      }
      if (term == "-id") plan_.id_descending = true;
      continue;
    }
    auto made = order_term(term);
    if (!made) return std::unexpected(made.error());
    plan_.id_descending = made->descending;
    plan_.order.push_back(std::move(*made));
  }
  return {};
}

}  // namespace

base::Result<const ObjectType*> find_object(const Catalog& catalog, std::string_view name) {
  if (const ObjectType* object = catalog.find(name)) return object;
  std::vector<std::string> names;
  for (const ObjectType& object : catalog.objects()) names.push_back(object.name);
  const auto near = base::nearest(name, names);
  return base::refuse(ProblemKind::not_found, "plan.unknown_object",
                      fmt::format("There is no object type “{}”.", name), {},
                      near ? fmt::format("Did you mean “{}”?", *near) : "");
}

base::Problem unknown_field(const ObjectType& object, const Policy& policy, std::string_view name,
                            std::string pointer) {
  std::vector<std::string> names;
  for (const Field& field : object.fields) {
    if (policy.may_see(object, field)) names.push_back(field.name);
  }
  const auto near = base::nearest(name, names);
  auto message = fmt::format("{} have no field “{}”.", object.label_many, name);
  std::string hint = near ? fmt::format("Did you mean “{}”?", *near) : "";
  base::Problem problem{.kind = ProblemKind::invalid,
                        .code = "plan.unknown_field",
                        .message = message,
                        .details = {},
                        .hint = hint,
                        .fields = {},
                        .extra = {}};
  if (near) message += " " + hint;
  problem.fields.push_back({std::move(pointer), "plan.unknown_field", std::move(message)});
  return problem;
}

base::Problem forbidden(Operation operation, const ObjectType& object) {
  return {.kind = ProblemKind::forbidden,
          .code = "plan.forbidden",
          .message = fmt::format("You may not {} {}.", verb(operation), object.label_many),
          .details = {},
          .hint = "Ask an administrator for a role that may.",
          .fields = {},
          .extra = {}};
}

base::Result<ReadPlan> plan_get(std::shared_ptr<const Catalog> catalog, const Caller& caller,
                                const Get& request, base::Instant now) {
  ReadPlan plan;
  plan.catalog = std::move(catalog);
  ReadPlanner planner(plan, caller);
  if (auto begun = planner.begin(request.object, now); !begun) {
    return std::unexpected(begun.error());
  }
  if (request.ids.empty()) {
    return base::refuse_field("plan.no_id", "/id", "No record is asked for.");
  }
  if (request.ids.size() > static_cast<std::size_t>(Limits{}.chunk_max)) {
    return base::refuse(ProblemKind::too_large, "plan.too_many_records",
                        fmt::format("At most {} records can be read at once.", Limits{}.chunk_max));
  }
  if (auto selected = planner.select(request.fields, request.titles); !selected) {
    return std::unexpected(selected.error());
  }
  plan.ids = request.ids;
  plan.limit = static_cast<int>(request.ids.size());
  plan.bin = request.removed ? List::Bin::with : List::Bin::without;
  plan.stand_ins = true;
  return plan;
}

base::Result<ReadPlan> plan_list(std::shared_ptr<const Catalog> catalog, const Caller& caller,
                                 const List& request, base::Instant now, const Sets& sets) {
  ReadPlan plan;
  plan.catalog = std::move(catalog);
  ReadPlanner planner(plan, caller);
  auto done = planner.begin(request.object, now);
  if (done) done = planner.select(request.fields, request.titles);
  if (done) done = planner.where(request.where, request.where_tree);
  if (done && request.set) done = planner.set(*request.set, sets);
  if (done)
    done = planner.order(request.order.empty() ? usual_order(*plan.object, *caller.policy)
                                               : request.order);
  if (!done) return std::unexpected(done.error());
  if (request.limit < 0 || request.limit > Limits{}.list_max) {
    return base::refuse_field("plan.limit", "/limit",
                              fmt::format("The limit is 0 to {}.", Limits{}.list_max));
  }
  if (request.offset < 0 || request.offset > offset_max) {
    return base::refuse_field("plan.offset", "/offset",
                              fmt::format("The offset is 0 to {}.", offset_max));
  }
  if (!request.after.empty()) {
    auto position = decode_cursor(request.after, plan.order_text, plan.order.size());
    if (!position) return std::unexpected(position.error());
    plan.after = std::move(*position);
  }
  plan.limit = request.limit;
  plan.offset = request.offset;
  plan.count = request.count;
  plan.bin = request.bin;
  plan.stand_ins = request.stand_ins || !has_stand_ins(*plan.object);
  return plan;
}

}  // namespace rapport::entity
