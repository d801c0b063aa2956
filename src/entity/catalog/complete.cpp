// What every object type has without saying so.
#include <algorithm>

#include "entity/catalog/catalog.hpp"

namespace rapport::entity {
namespace {

Field system_field(std::string name, std::string label, FieldType type) {
  Field field;
  field.name = std::move(name);
  field.label = std::move(label);
  field.type = type;
  field.system = true;
  field.read_only = true;
  return field;
}

std::vector<Field> system_fields(const ObjectType& object) {
  std::vector<Field> fields{system_field("id", "Id", FieldType::id),
                            system_field("version", "Version", FieldType::integer),
                            system_field("created_at", "Created", FieldType::instant),
                            system_field("created_by", "Created by", FieldType::user),
                            system_field("changed_at", "Changed", FieldType::instant),
                            system_field("changed_by", "Changed by", FieldType::user),
                            system_field("removed_at", "Removed", FieldType::instant),
                            system_field("removed_by", "Removed by", FieldType::user)};
  if (object.torrent) fields.push_back(system_field("batch", "Batch", FieldType::id));
  for (Field& field : fields) {
    // Every record answers its id and version; who removed it is asked for in the bin alone.
    const bool moment = field.name == "created_at" || field.name == "changed_at";
    field.hidden = !moment && field.name != "created_by" && field.name != "changed_by";
    field.required = !field.name.starts_with("removed") && field.name != "batch";
    // Two more indexes on what pours in would cost more than sorting by them is worth.
    field.indexed = moment && !object.torrent;
  }
  return fields;
}

}  // namespace

std::string label_from(std::string_view name) {
  std::string label(name.starts_with("x_") ? name.substr(2) : name);
  std::ranges::replace(label, '_', ' ');
  if (!label.empty() && label[0] >= 'a' && label[0] <= 'z') {
    label[0] = static_cast<char>(label[0] - 'a' + 'A');
  }
  return label;
}

void complete(ObjectType& object) {
  if (object.plural.empty()) object.plural = object.name + "s";
  if (object.label_one.empty()) object.label_one = label_from(object.name);
  if (object.label_many.empty()) object.label_many = label_from(object.plural);
  if (object.name == "person" && object.person_field.empty()) object.person_field = "id";
  std::vector<Field> system = system_fields(object);
  std::erase_if(system, [&](const Field& field) {
    const Field* own = object.find(field.name);
    return own != nullptr && own->system;
  });
  object.fields.insert(object.fields.begin(), std::make_move_iterator(system.begin()),
                       std::make_move_iterator(system.end()));
  for (Field& field : object.fields) {
    if (field.id.empty()) field.id = object.name + "." + field.name;
    if (field.label.empty()) field.label = label_from(field.name);
    if (field.type == FieldType::user) field.link_to = "user";
    // Only the program writes it, and it never stands in the way of what it points at.
    if (field.beside) {
      field.read_only = true;
      field.on_delete = OnDelete::clear;
    }
    for (Choice& choice : field.choices) {
      if (choice.label.empty()) choice.label = label_from(choice.name);
    }
  }
}

}  // namespace rapport::entity
