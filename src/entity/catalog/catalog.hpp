// The catalog: every object type as data. It is read from object files (`*.object.yaml`), stands in
// the database once applied, and is an immutable snapshot while a request uses it.
//
// An object type is a kind of record (person, order); a field is one of its attributes; a link is a
// field that points at a record of another type.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/problem.hpp"
#include "base/value.hpp"
#include "entity/types/field_type.hpp"
#include "expression/schema.hpp"

namespace rapport::entity {

struct Choice {
  std::string name;   // stored: "at_risk"
  std::string label;  // shown: "At risk"
  std::string color;  // a name of the palette, or empty
};

enum class OnDelete { restrict, clear, cascade };

struct Field {
  std::string id;    // "person.email"; survives a rename
  std::string name;  // "email"
  std::string label, help;
  FieldType type = FieldType::text;
  bool required = false;
  bool read_only = false;  // written by the program only
  bool indexed = false;    // sortable and filterable at speed
  bool hidden = false;     // not shown unless asked for
  bool system = false;     // id, version, created_at …: every record has them
  bool custom = false;     // added at run time; name begins with x_
  // Kept beside the record, in the table PLURAL_beside: what the program reckons anew ever so often
  // (scores) would cost several times more in the record's own, widely indexed row. No version, no
  // history; entity/write/beside.hpp writes it.
  bool beside = false;
  int max = 0;                             // characters of text; 0: the type's limit
  std::optional<base::Value> least, most;  // bounds of numbers
  std::vector<Choice> choices;
  base::Value default_value;
  char search = 0;       // class A–D of search weight; 0: not searched
  std::string identity;  // identity kind its values are kept under ("email"), of persons
  std::string link_to;   // object type, of links
  OnDelete on_delete = OnDelete::restrict;
  std::string back;      // what the other side calls these: "orders"
  std::string personal;  // sensitivity where the field is personal data, else empty
  std::string was;       // its former name
};

struct Check {
  std::string name;  // "closed_has_date"
  std::string is;    // expression text
  std::string says;  // the user's sentence
};

struct ListLayout {
  std::vector<std::string> columns;
  std::string order;
};
struct PageLayout {
  std::vector<std::string> highlights;
  std::vector<std::string> tabs;
  std::vector<std::string> related;
};

// What makes a record known to the outside: by external key, by an identity, by a unique field.
struct KeyDeclaration {
  enum class Kind { external, identity, field } kind;
  std::string field;  // of Kind::field
};

struct Personal {
  std::string purpose, basis, keep;
};

// Values that no two records share, those in the bin included.
struct Unique {
  std::string name;  // "exclusive_value"
  std::vector<std::string> fields;
  std::string where;  // a boolean field: only records where it is true; or empty
  std::string says;   // the user's sentence
};

struct ObjectType {
  std::string name;    // "person"
  std::string plural;  // "persons": its table and its place in the API
  std::string label_one, label_many, help;
  std::string icon;
  std::string wing;       // "customers"; the navigation groups by it
  std::string title;      // the field that names a record
  bool torrent = false;   // pours in, hardly altered: key begins with person_id, batch changes
  bool navigable = true;  // has its place in the navigation
  bool custom = false;
  std::optional<Personal> personal;
  std::string person_field;  // the link through which records belong to a person; "id" of persons
  std::vector<KeyDeclaration> keys;
  std::vector<Field> fields;  // system fields included
  std::vector<Check> checks;
  std::vector<Unique> uniques;
  std::vector<std::vector<std::string>>
      indexes;                        // fields looked up together, besides `indexed` ones
  std::string was;                    // its former name
  std::vector<std::string> timeline;  // fields a timeline entry shows; empty: not on timelines
  std::string timeline_at;            // its moment on a timeline
  ListLayout list;
  PageLayout page;

  [[nodiscard]] const Field* find(std::string_view field_name) const;
  // Whether there are fields kept beside its records.
  [[nodiscard]] bool has_beside() const;
};

// "persons" → "persons_beside": the table of the fields kept beside the records; each record has
// its row there from the moment it is made.
[[nodiscard]] std::string beside_table(std::string_view plural);
inline constexpr std::string_view beside_ending = "_beside";

// Persons without a name in the world: one an order, a visitor, a company. Hidden unless asked for.
inline constexpr std::string_view person_object = "person";
inline constexpr std::string_view person_kind_field = "kind";
inline constexpr std::string_view stand_in_kind = "anonymous";
[[nodiscard]] bool has_stand_ins(const ObjectType& object);

// Adds what every object type has without saying so: system fields, ids of fields, labels, the
// plural. Doing it twice changes nothing.
void complete(ObjectType& object);
// "birth_date" → "Birth date"
[[nodiscard]] std::string label_from(std::string_view name);

class Catalog final : public expression::Schema {
 public:
  // Completes each object type (system fields, ids, labels) and checks the whole: links lead
  // somewhere, names are free, layouts name fields, checks compile. The problem lists every fault,
  // each with a pointer such as `/person/fields/company/to`.
  static base::Result<std::shared_ptr<const Catalog>> of(std::vector<ObjectType> objects,
                                                         std::int64_t version = 0);

  [[nodiscard]] const std::vector<ObjectType>& objects() const { return objects_; }
  [[nodiscard]] const ObjectType* find(std::string_view object_name) const;
  [[nodiscard]] const ObjectType* find_plural(std::string_view plural) const;
  // Links of other types that point at this one: (object, field).
  [[nodiscard]] std::vector<std::pair<const ObjectType*, const Field*>> links_to(
      std::string_view object_name) const;
  // Raised by every change of the catalog; transactions assert it.
  [[nodiscard]] std::int64_t version() const { return version_; }

  [[nodiscard]] const expression::Object* find_object(std::string_view name) const override;
  [[nodiscard]] const expression::Field* find_field(std::string_view object,
                                                    std::string_view field_name) const override;
  [[nodiscard]] const expression::Field* find_field_by_id(std::string_view object,
                                                          std::string_view field_id) const override;

 private:
  std::vector<ObjectType> objects_;
  std::unordered_map<std::string, std::size_t> by_name_, by_plural_;
  std::unordered_map<std::string, expression::Object> language_;
  std::int64_t version_ = 0;
};

}  // namespace rapport::entity
