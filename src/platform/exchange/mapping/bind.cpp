// A mapping against the catalog and the file: every name must lead somewhere, and what is wrong is
// said all at once, so that a person mends it in one go.
#include <algorithm>

#include "base/text.hpp"
#include "entity/catalog/catalog.hpp"
#include "platform/exchange/mapping/mapping.hpp"

namespace rapport::platform {

namespace {

using entity::FieldType;

void visit_condition(Condition& condition, const std::function<void(ColumnRef&)>& visit) {
  if (!condition.column.name.empty()) visit(condition.column);
  for (Condition& part : condition.parts) visit_condition(part, visit);
}

void visit_value(ValueSpec& value, const std::function<void(ColumnRef&)>& visit) {
  for (ColumnRef& column : value.columns) visit(column);
  for (ColumnRef& column : value.currency_column) visit(column);
  for (Condition& condition : value.condition) visit_condition(condition, visit);
  for (ValueSpec& branch : value.branches) visit_value(branch, visit);
  for (ValueSpec& branch : value.otherwise) visit_value(branch, visit);
}

std::string quoted(std::string_view name) {
  return "“" + std::string(name) + "”";
}

std::string suggesting(std::string_view name, const std::vector<std::string>& candidates) {
  const auto near = base::nearest(name, candidates);
  return near ? " Did you mean " + quoted(*near) + "?" : "";
}

class Binder {
 public:
  Binder(Mapping& mapping, const entity::Catalog& catalog) : mapping_(mapping), catalog_(catalog) {}

  void objects();
  void columns(const std::vector<std::string>& names);
  std::vector<base::FieldProblem> problems;

 private:
  void wrong(int line, std::string code, const std::string& message);
  void object(std::size_t n);
  void field(std::size_t n, const entity::ObjectType& type, const FieldSpec& spec);
  void link(std::size_t n, const entity::Field& field, const FieldSpec& spec,
            const ValueSpec& value);

  Mapping& mapping_;
  const entity::Catalog& catalog_;
};

void Binder::wrong(int line, std::string code, const std::string& message) {
  problems.push_back({"/line/" + std::to_string(line), std::move(code),
                      "Line " + std::to_string(line) + " of the mapping: " + message});
}

void Binder::objects() {
  for (std::size_t n = 0; n < mapping_.objects.size(); ++n) object(n);
}

void Binder::object(std::size_t n) {
  ObjectSpec& spec = mapping_.objects[n];
  const entity::ObjectType* type = catalog_.find(spec.object);
  if (type == nullptr) {
    std::vector<std::string> names;
    for (const auto& one : catalog_.objects()) names.push_back(one.name);
    wrong(spec.line, "mapping.unknown_object",
          "there is no object type " + quoted(spec.object) + "." + suggesting(spec.object, names));
    return;
  }
  for (std::size_t i = 0; i < n; ++i) {
    if (mapping_.objects[i].as == spec.as) {
      wrong(spec.line, "mapping.ambiguous",
            "two objects are called " + quoted(spec.as) + "; name one of them by `as`.");
    }
  }
  for (const KeySpec& key : spec.keys) {
    if (key.kind == entity::Key::Kind::field && type->find(key.name) == nullptr) {
      wrong(spec.line, "mapping.unknown_field", "there is no field " + quoted(key.name) + ".");
    }
  }
  // Those that are only found, never made, need no field.
  if (spec.fields.empty() && spec.mode != entity::Upsert::Mode::update_only) {
    wrong(spec.line, "mapping.no_fields",
          "no field of " + quoted(spec.as) + " is mapped, so that every record of it would be " +
              "empty; map one, or leave the object out.");
  }
  for (const FieldSpec& one : spec.fields) field(n, *type, one);
}

void Binder::field(std::size_t n, const entity::ObjectType& type, const FieldSpec& spec) {
  const entity::Field* field = type.find(spec.field);
  if (field == nullptr) {
    std::vector<std::string> names;
    for (const auto& one : type.fields) names.push_back(one.name);
    wrong(spec.line, "mapping.unknown_field",
          quoted(type.name) + " has no field " + quoted(spec.field) + "." +
              suggesting(spec.field, names));
    return;
  }
  if (field->read_only || field->system) {
    wrong(spec.line, "mapping.read_only", quoted(spec.field) + " is written by the program only.");
    return;
  }
  const std::vector<std::string> name_parts = {"full", "given", "family"};
  const std::vector<std::string> address_parts = {"line1",  "line2",       "city",
                                                  "region", "postal_code", "country"};
  const auto& parts = field->type == FieldType::person_name ? name_parts : address_parts;
  const bool composed = field->type == FieldType::person_name || field->type == FieldType::address;
  if (!spec.part.empty() &&
      (!composed || std::find(parts.begin(), parts.end(), spec.part) == parts.end())) {
    wrong(spec.line, "mapping.unknown_field",
          quoted(spec.field) + " has no part " + quoted(spec.part) + "." +
              (composed ? suggesting(spec.part, parts) : ""));
  }
  const bool number = field->type == FieldType::money || field->type == FieldType::decimal ||
                      field->type == FieldType::integer;
  if (spec.value.sum && (!number || n == mapping_.main)) {
    wrong(spec.line, "mapping.no_sum",
          "only numbers and money of an object that is not the main one are summed.");
  }
  link(n, *field, spec, spec.value);
}

void Binder::link(std::size_t n, const entity::Field& field, const FieldSpec& spec,
                  const ValueSpec& value) {
  for (const ValueSpec& branch : value.branches) link(n, field, spec, branch);
  for (const ValueSpec& branch : value.otherwise) link(n, field, spec, branch);
  if (value.from != ValueSpec::From::link) return;
  if (field.type != FieldType::link) {
    wrong(spec.line, "mapping.no_link", quoted(spec.field) + " is not a link.");
    return;
  }
  for (const std::string& name : value.links) {
    const auto end = mapping_.objects.begin() + static_cast<std::ptrdiff_t>(n);
    const auto target = std::find_if(mapping_.objects.begin(), end,
                                     [&](const ObjectSpec& one) { return one.as == name; });
    if (target == end) {
      wrong(spec.line, "mapping.unknown_link",
            "no earlier object of this mapping is called " + quoted(name) + ".");
    } else if (target->object != field.link_to) {
      wrong(spec.line, "mapping.wrong_link",
            quoted(spec.field) + " leads to " + quoted(field.link_to) + ", not to " +
                quoted(target->object) + ".");
    } else if (target->keys.empty()) {
      wrong(spec.line, "mapping.wrong_link",
            quoted(name) + " needs a key, so that others can link to it.");
    }
  }
}

void Binder::columns(const std::vector<std::string>& names) {
  for_each_column(mapping_, [&](ColumnRef& column) {
    const auto found = std::find(names.begin(), names.end(), column.name);
    if (found != names.end()) {
      column.index = static_cast<int>(found - names.begin());
      return;
    }
    wrong(column.line, "mapping.unknown_column",
          "the file has no column " + quoted(column.name) + "." + suggesting(column.name, names));
  });
}

}  // namespace

void for_each_column(Mapping& mapping, const std::function<void(ColumnRef&)>& visit) {
  for (ObjectSpec& object : mapping.objects) {
    for (Condition& condition : object.when) visit_condition(condition, visit);
    for (KeySpec& key : object.keys) {
      for (ColumnRef& column : key.columns) visit(column);
    }
    for (FieldSpec& field : object.fields) visit_value(field.value, visit);
  }
  for (RowRule& rule : mapping.reports) visit_condition(rule.is, visit);
  for (RowRule& rule : mapping.checks) visit_condition(rule.is, visit);
}

base::Result<Mapping> bind_mapping(Mapping mapping, const entity::Catalog& catalog,
                                   const std::vector<std::string>& columns) {
  Binder binder(mapping, catalog);
  binder.objects();
  binder.columns(columns);
  if (!binder.problems.empty()) {
    auto refused = base::refuse(base::ProblemKind::invalid, "mapping.does_not_fit",
                                binder.problems.front().message);
    refused.error().fields = std::move(binder.problems);
    return refused;
  }
  return mapping;
}

}  // namespace rapport::platform
