#include "entity/catalog/evolution.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "entity/catalog/ddl.hpp"

namespace rapport::entity {
namespace {

const ObjectType* named(const std::vector<ObjectType>& objects, std::string_view name) {
  const auto found = std::ranges::find(objects, name, &ObjectType::name);
  return found == objects.end() ? nullptr : &*found;
}

class Reconciling {
 public:
  Reconciling(const std::vector<ObjectType>& standard, const std::vector<ObjectType>& applied)
      : standard_(standard), applied_(applied) {}

  base::Result<Reconciled> made() {
    for (const ObjectType& object : standard_) {
      result_.objects.push_back(object);
      const ObjectType* before = named(applied_, object.name);
      if (before == nullptr && !object.was.empty()) {
        before = named(applied_, object.was);
        if (before != nullptr) taken_.push_back(before->name);
      }
      if (before != nullptr) evolve(result_.objects.back(), *before);
    }
    for (const ObjectType& before : applied_) {
      if (named(standard_, before.name) != nullptr ||
          std::ranges::find(taken_, before.name) != taken_.end()) {
        continue;
      }
      if (before.custom) {
        result_.objects.push_back(before);
      } else {
        refuse(fmt::format("No object file describes {} any more, whose records stand in the "
                           "table {}.",
                           before.name, before.plural),
               fmt::format("drop table {}{}; select catalog_forget_object('{}');",
                           before.has_beside() ? quoted(beside_table(before.plural)) + ", " : "",
                           quoted(before.plural), before.name));
      }
    }
    if (refusals_.empty()) return std::move(result_);
    base::Problem problem{.kind = base::ProblemKind::conflict,
                          .code = "catalog.needs_migration",
                          .message = refusals_.front().message,
                          .details = {},
                          .hint = {},
                          .fields = refusals_,
                          .extra = {}};
    for (const auto& refusal : refusals_) problem.details += refusal.message + "\n";
    problem.hint =
        "Add a migration to migrations/ that says what becomes of the data, for "
        "example with: " +
        example_;
    return std::unexpected(std::move(problem));
  }

 private:
  void refuse(std::string message, std::string example) {
    refusals_.push_back({"", "catalog.needs_migration", std::move(message)});
    if (example_.empty()) example_ = std::move(example);
  }

  static std::string_view place_of(const Field& field) {
    return field.beside ? "beside the record" : "in the record";
  }
  static std::string table_of(const ObjectType& object, const Field& field) {
    return field.beside ? beside_table(object.plural) : object.plural;
  }

  void evolve(ObjectType& object, const ObjectType& before) {
    if (object.plural != before.plural) {
      result_.renames.push_back({before.plural, "", object.plural});
      if (before.has_beside()) {
        result_.renames.push_back({beside_table(before.plural), "", beside_table(object.plural)});
      }
    }
    if (object.torrent != before.torrent) {
      refuse(fmt::format("{} was {} torrent before, so that the key of its table is another.",
                         object.name, before.torrent ? "a" : "no"),
             fmt::format("create table … as select … from {};", quoted(before.plural)));
    }
    for (Field& field : object.fields) {
      const Field* old = before.find(field.name);
      if (old == nullptr && !field.was.empty()) {
        old = before.find(field.was);
        if (old != nullptr) rename(object, *old, field);
      }
      if (old == nullptr || field.system) continue;
      field.id = old->id;
      if (old->beside != field.beside) {
        refuse(fmt::format("{}.{} was kept {} and is now kept {}.", object.name, field.name,
                           place_of(*old), place_of(field)),
               fmt::format("alter table {} drop column …; select catalog_forget_field('{}', '{}');",
                           quoted(table_of(before, *old)), object.name, field.name));
      }
      const bool other_target = old->link_to != field.link_to && old->link_to != object.was;
      if (old->type != field.type || other_target) {
        refuse(fmt::format("{}.{} was of type {}{} and is now {}{}.", object.name, field.name,
                           name_of(old->type), other_target ? " to " + old->link_to : "",
                           name_of(field.type), other_target ? " to " + field.link_to : ""),
               fmt::format("alter table {} alter column …; select catalog_retype_field('{}', "
                           "'{}', '{}');",
                           quoted(table_of(object, field)), object.name, field.name,
                           name_of(field.type)));
      }
    }
    keep_or_refuse(object, before);
  }

  void rename(const ObjectType& object, const Field& old, const Field& field) {
    const auto before = columns_of(old.type);
    const auto after = columns_of(field.type);
    // Refused as a change of type, or of place.
    if (old.type != field.type || old.beside != field.beside) return;
    for (std::size_t i = 0; i < before.size(); ++i) {
      result_.renames.push_back(
          {table_of(object, field), column_name(old, before[i]), column_name(field, after[i])});
    }
  }

  // Fields that the file does not have: custom ones stay, standard ones must not vanish.
  void keep_or_refuse(ObjectType& object, const ObjectType& before) {
    for (const Field& old : before.fields) {
      if (old.system || object.find(old.name) != nullptr) continue;
      const bool renamed = std::ranges::any_of(object.fields, [&](const Field& field) {
        return field.was == old.name && field.id == old.id;
      });
      if (renamed) continue;
      if (old.custom) {
        object.fields.push_back(old);
        continue;
      }
      refuse(fmt::format("The object file of {} no longer has the field “{}”, whose values stand "
                         "in the table {}. If it has a new name, let the field say `was: {}`.",
                         object.name, old.name, table_of(before, old), old.name),
             fmt::format("alter table {} drop column …; select catalog_forget_field('{}', '{}');",
                         quoted(table_of(before, old)), object.name, old.name));
    }
  }

  const std::vector<ObjectType>& standard_;
  const std::vector<ObjectType>& applied_;
  Reconciled result_;
  std::vector<std::string> taken_;
  std::vector<base::FieldProblem> refusals_;
  std::string example_;
};

}  // namespace

base::Result<Reconciled> reconciled(const std::vector<ObjectType>& standard,
                                    const std::vector<ObjectType>& applied) {
  return Reconciling(standard, applied).made();
}

}  // namespace rapport::entity
