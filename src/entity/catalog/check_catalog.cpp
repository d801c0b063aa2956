#include "entity/catalog/check_catalog.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.hpp"
#include "expression/expression.hpp"

namespace rapport::entity {
namespace {

// Plurals that are routes of the API or tables of the engine; a test asks the database for these.
constexpr auto reserved_plurals = std::to_array<std::string_view>({"active_months",
                                                                   "api",
                                                                   "api_keys",
                                                                   "audit",
                                                                   "catalog",
                                                                   "catalog_fields",
                                                                   "catalog_objects",
                                                                   "catalog_pieces",
                                                                   "catalog_state",
                                                                   "change_epoch",
                                                                   "changes",
                                                                   "cohort_bases",
                                                                   "cohort_cells",
                                                                   "cost_allocations",
                                                                   "credentials",
                                                                   "customer_months",
                                                                   "effects",
                                                                   "events",
                                                                   "external_keys",
                                                                   "fits",
                                                                   "identity_causes",
                                                                   "import_files",
                                                                   "import_mappings",
                                                                   "import_not_undone",
                                                                   "import_previews",
                                                                   "import_rejections",
                                                                   "import_sums",
                                                                   "imports",
                                                                   "insight",
                                                                   "jobs",
                                                                   "keys",
                                                                   "learnt_models",
                                                                   "listener_cursors",
                                                                   "migrations",
                                                                   "openapi",
                                                                   "problems",
                                                                   "product_affinities",
                                                                   "query",
                                                                   "refreshes",
                                                                   "removals",
                                                                   "rescored_meanwhile",
                                                                   "restoration",
                                                                   "score_bases",
                                                                   "scores",
                                                                   "search",
                                                                   "search_built",
                                                                   "search_rows",
                                                                   "search_vocabulary",
                                                                   "search_words",
                                                                   "session",
                                                                   "sessions",
                                                                   "settings",
                                                                   "sign_in_attempts",
                                                                   "upsert"});
constexpr std::array<std::string_view, 3> sensitivities{"ordinary", "confidential", "special"};
constexpr std::array<std::string_view, 3> tabs_of_all{"timeline", "fields", "changes"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > CatalogLimits::name_max) return false;
  if (name[0] < 'a' || name[0] > 'z') return false;
  return std::ranges::all_of(
      name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

class Checker {
 public:
  explicit Checker(const Catalog& catalog) : catalog_(catalog) {
    for (const ObjectType& object : catalog.objects()) object_names_.push_back(object.name);
  }

  std::vector<base::FieldProblem> faults() {
    if (catalog_.objects().size() > CatalogLimits::objects_max) {
      fault("", fmt::format("There are more than {} object types.", CatalogLimits::objects_max));
    }
    std::set<std::string_view> names;
    std::set<std::string_view> plurals;
    for (const ObjectType& object : catalog_.objects()) {
      object_ = &object;
      at_ = "/" + object.name;
      field_names_.clear();
      for (const Field& field : object.fields) field_names_.push_back(field.name);
      if (!names.insert(object.name).second) fault("", "Two object types have this name.");
      if (!plurals.insert(object.plural).second) {
        fault("/plural", fmt::format("Two object types have the plural “{}”.", object.plural));
      }
      check_object();
    }
    return std::move(faults_);
  }

 private:
  void fault(const std::string& where, std::string message) {
    faults_.push_back({at_ + where, "catalog.invalid", std::move(message)});
  }

  // " Did you mean “x”?" or nothing.
  static std::string suggestion(std::string_view word, const std::vector<std::string>& known) {
    const auto near = base::nearest(word, known);
    return near ? fmt::format(" Did you mean “{}”?", *near) : "";
  }

  const Field* named_field(const std::string& where, std::string_view name) {
    const Field* field = object_->find(name);
    if (field == nullptr) {
      fault(where, fmt::format("There is no field “{}”.{}", name, suggestion(name, field_names_)));
    }
    return field;
  }

  void check_object() {
    if (!is_name(object_->name)) {
      fault("", fmt::format("“{}” is no name: small letters, digits and _, at most {}.",
                            object_->name, CatalogLimits::name_max));
    }
    if (!is_name(object_->plural) || is_one_of(reserved_plurals, object_->plural) ||
        object_->plural.ends_with(beside_ending)) {
      fault("/plural",
            fmt::format("“{}” cannot be a plural: it is reserved or no name.", object_->plural));
    }
    if (object_->custom != object_->name.starts_with("x_")) {
      fault("", "Names of custom object types, and only theirs, begin with x_.");
    }
    if (object_->fields.size() > CatalogLimits::fields_max) {
      fault("/fields", fmt::format("More than {} fields.", CatalogLimits::fields_max));
    }
    if (!object_->title.empty()) named_field("/title", object_->title);
    check_fields();
    check_person();
    check_keys();
    check_layouts();
    check_conditions();
  }

  void check_fields() {
    std::map<std::string, std::string> columns;
    std::set<std::string_view> names;
    for (const Field& field : object_->fields) {
      const std::string where = "/fields/" + field.name;
      if (!names.insert(field.name).second) {
        fault(where, "Two fields have this name, or it is the name of a system field.");
        continue;
      }
      for (const ColumnPart& part : columns_of(field.type)) {
        const auto [other, fresh] = columns.emplace(column_name(field, part), field.name);
        if (!fresh) {
          fault(where, fmt::format("Its column {} is also the column of “{}”.", other->first,
                                   other->second));
        }
      }
      if (!field.system) check_field(field, where);
    }
  }

  void check_field(const Field& field, const std::string& where) {
    if (!is_name(field.name)) {
      fault(where, fmt::format("“{}” is no name: small letters, digits and _, at most {}.",
                               field.name, CatalogLimits::name_max));
    }
    if (!object_->custom && field.custom != field.name.starts_with("x_")) {
      fault(where, "Names of custom fields, and only theirs, begin with x_.");
    }
    if (field.type == FieldType::id) fault(where + "/type", "Only system fields are ids.");
    check_link(field, where);
    check_choices(field, where);
    const bool number = field.type == FieldType::integer || field.type == FieldType::decimal ||
                        field.type == FieldType::percent || field.type == FieldType::money;
    if ((field.least || field.most) && !number) fault(where, "Only numbers have bounds.");
    const bool text = field.type == FieldType::text || field.type == FieldType::long_text ||
                      field.type == FieldType::url;
    if (field.max != 0 && !text) fault(where + "/max", "Only texts have a length.");
    check_index(field, where);
    if (field.beside) check_beside(field, where);
    if (!field.identity.empty() && (object_->name != "person" || !columns_are_one_text(field))) {
      fault(where + "/identity", "Only texts, e-mails and phones of persons are identities.");
    }
  }

  // An entry of an index holds 2,704 bytes at most; longer texts would be refused at writing.
  void check_index(const Field& field, const std::string& where) {
    constexpr int characters_max = 600;
    if (!field.indexed) return;
    if ((field.type == FieldType::text || field.type == FieldType::url) &&
        (field.max == 0 || field.max > characters_max)) {
      fault(where + "/indexed",
            fmt::format("An indexed text needs `max:` of at most {}.", characters_max));
    }
    if (field.type == FieldType::long_text || field.type == FieldType::json ||
        field.type == FieldType::choices || field.type == FieldType::address) {
      fault(where + "/indexed", fmt::format("A {} cannot be indexed.", name_of(field.type)));
    }
  }

  // What is kept beside a record comes after it and is written without it: nothing that makes,
  // recognises or finds the record can rest on it.
  void check_beside(const Field& field, const std::string& where) {
    if (object_->torrent) fault(where, "Rows of a torrent have no fields beside them.");
    if (object_->name == "identity") fault(where, "Identities have no fields beside them.");
    if (field.custom || object_->custom) fault(where, "No custom field is kept beside its record.");
    if (field.required) fault(where, "What is kept beside the record cannot be required.");
    if (!base::is_empty(field.default_value)) {
      fault(where + "/default", "What is kept beside the record begins empty.");
    }
    if (field.search != 0) fault(where + "/search", "What is kept beside is not searched.");
    if (!field.identity.empty()) fault(where + "/identity", "What is kept beside is no identity.");
    const ObjectType* target = field.link_to.empty() ? nullptr : catalog_.find(field.link_to);
    if (target != nullptr && (target->torrent || !target->person_field.empty())) {
      fault(where + "/to", "A link beside the record leads to what belongs to no person.");
    }
    const auto names = [&](const std::vector<std::string>& fields) {
      return std::ranges::find(fields, field.name) != fields.end();
    };
    const bool key = std::ranges::any_of(object_->keys,
                                         [&](const auto& one) { return one.field == field.name; });
    const bool unique = std::ranges::any_of(object_->uniques, [&](const Unique& one) {
      return names(one.fields) || one.where == field.name;
    });
    if (key || unique || std::ranges::any_of(object_->indexes, names)) {
      fault(where, "It is kept beside the record and in no key or index with others.");
    }
    if (object_->title == field.name || object_->person_field == field.name ||
        object_->timeline_at == field.name || names(object_->timeline)) {
      fault(where, "It is kept beside the record and cannot be its title, person or timeline.");
    }
  }

  static bool columns_are_one_text(const Field& field) {
    const auto columns = columns_of(field.type);
    return columns.size() == 1 && columns[0].language == expression::Type::text;
  }

  void check_link(const Field& field, const std::string& where) {
    const bool link = field.type == FieldType::link || field.type == FieldType::user;
    if (!link) {
      if (!field.link_to.empty() || !field.back.empty()) {
        fault(where, "Only links point at another object type.");
      }
      return;
    }
    const ObjectType* target = catalog_.find(field.link_to);
    // Tests of the engine do without users; their ids then lead nowhere.
    if (target == nullptr && field.type == FieldType::user) return;
    if (target == nullptr) {
      fault(where + "/to", fmt::format("There is no object type “{}”.{}", field.link_to,
                                       suggestion(field.link_to, object_names_)));
      return;
    }
    if (field.required && field.on_delete == OnDelete::clear) {
      fault(where + "/on_delete", "A required link cannot be cleared.");
    }
    if (field.back.empty()) return;
    for (const auto& [other_object, other] : catalog_.links_to(field.link_to)) {
      if (other != &field && other->back == field.back) {
        fault(where + "/back", fmt::format("“{}” is also what {}.{} is called from there.",
                                           field.back, other_object->name, other->name));
      }
    }
  }

  void check_choices(const Field& field, const std::string& where) {
    const bool takes = field.type == FieldType::choice || field.type == FieldType::choices;
    if (takes == field.choices.empty()) {
      fault(where + "/choices",
            takes ? "It needs at least one choice." : "Only choice and choices have choices.");
    }
    if (field.choices.size() > CatalogLimits::choices_max) {
      fault(where + "/choices", fmt::format("More than {} choices.", CatalogLimits::choices_max));
    }
    std::set<std::string_view> names;
    for (const Choice& choice : field.choices) {
      if (!is_name(choice.name) || !names.insert(choice.name).second) {
        fault(where + "/choices/" + choice.name, "It is no name, or stands here twice.");
      }
    }
  }

  void check_person() {
    if (object_->torrent && object_->person_field.empty()) {
      fault("/person_field", "Every row of a torrent belongs to a person: say by which link.");
    }
    if (object_->person_field.empty() || object_->person_field == "id") return;
    const Field* link = named_field("/person_field", object_->person_field);
    if (link == nullptr) return;
    if (link->link_to != "person") fault("/person_field", "It must be a link to person.");
    if (object_->torrent && !link->required) {
      fault("/fields/" + link->name, "The person of a torrent must be required.");
    }
  }

  void check_keys() {
    for (const KeyDeclaration& key : object_->keys) {
      if (key.kind != KeyDeclaration::Kind::field) continue;
      const Field* field = named_field("/keys", key.field);
      if (field != nullptr && columns_of(field->type).size() != 1) {
        fault("/keys", fmt::format("“{}” cannot be a key: it is kept in parts.", key.field));
      }
      if (field != nullptr && object_->torrent) {
        fault("/keys", "A torrent has no unique fields; use external keys.");
      }
    }
    for (const Unique& unique : object_->uniques) {
      const std::string where = "/unique/" + unique.name;
      for (const auto& name : unique.fields) named_field(where, name);
      if (unique.where.empty()) continue;
      const Field* flag = named_field(where, unique.where);
      if (flag != nullptr && flag->type != FieldType::boolean) {
        fault(where + "/where", "It must be a boolean field.");
      }
    }
    for (const auto& fields : object_->indexes) {
      for (const auto& name : fields) named_field("/indexes", name);
    }
  }

  void check_layouts() {
    for (const auto& name : object_->list.columns) named_field("/list/columns", name);
    if (!object_->list.order.empty()) {
      std::string_view order = object_->list.order;
      if (order.starts_with('-')) order.remove_prefix(1);
      named_field("/list/order", order);
    }
    for (const auto& name : object_->page.highlights) named_field("/page/highlights", name);
    std::vector<std::string> backs;
    for (const auto& [object, link] : catalog_.links_to(object_->name)) backs.push_back(link->back);
    const auto known = [&](const std::string& name) {
      return std::ranges::find(backs, name) != backs.end();
    };
    for (const auto& name : object_->page.tabs) {
      if (known(name) || is_one_of(tabs_of_all, name)) continue;
      fault("/page/tabs",
            fmt::format("No link is called “{}” from here.{}", name, suggestion(name, backs)));
    }
    for (const auto& name : object_->page.related) {
      if (known(name)) continue;
      fault("/page/related",
            fmt::format("No link is called “{}” from here.{}", name, suggestion(name, backs)));
    }
    for (const auto& name : object_->timeline) named_field("/timeline/fields", name);
    if (object_->timeline_at.empty() != object_->timeline.empty()) {
      fault("/timeline", "A timeline needs both its moment (at) and its fields.");
    } else if (!object_->timeline_at.empty()) {
      const Field* at = named_field("/timeline/at", object_->timeline_at);
      if (at != nullptr && at->type != FieldType::instant) {
        fault("/timeline/at", "It must be an instant.");
      }
    }
  }

  void check_conditions() {
    for (const Check& check : object_->checks) {
      const std::string where = "/checks/" + check.name;
      const auto parsed = expression::parse(check.is, object_->name, catalog_);
      if (!parsed) {
        fault(where + "/is", parsed.error().message);
      } else if (expression::says_me(*parsed)) {
        fault(where + "/is", "A check holds for everybody; it cannot say `me`.");
      } else {
        for (const expression::Path& path : expression::reads(*parsed)) check_read(where, path);
      }
      if (check.says.empty()) fault(where + "/says", "It needs the sentence users will read.");
    }
  }

  // A field kept beside changes without the record's version: a check on it would hold at the
  // moment of a write and no longer.
  void check_read(const std::string& where, const expression::Path& path) {
    const auto beside = [](const expression::Field& field) { return !field.beside.empty(); };
    if (beside(path.field) || std::ranges::any_of(path.links, beside)) {
      fault(where + "/is",
            fmt::format("“{}” is kept beside its record: no check can read it.", path.field.name));
    }
  }

  const Catalog& catalog_;
  const ObjectType* object_ = nullptr;
  std::string at_;
  std::vector<std::string> object_names_, field_names_;
  std::vector<base::FieldProblem> faults_;
};

}  // namespace

std::vector<base::FieldProblem> faults_of(const Catalog& catalog) {
  return Checker(catalog).faults();
}

std::vector<base::FieldProblem> undeclared_in(const ObjectType& object) {
  std::vector<base::FieldProblem> faults;
  const auto fault = [&](const std::string& where, std::string message) {
    faults.push_back({"/" + object.name + where, "catalog.undeclared", std::move(message)});
  };
  bool any_personal = !object.person_field.empty();
  for (const Field& field : object.fields) {
    const std::string where = "/fields/" + field.name;
    const bool by_type = field.type == FieldType::email || field.type == FieldType::phone ||
                         field.type == FieldType::address || field.type == FieldType::person_name ||
                         !field.identity.empty();
    if (by_type && field.personal.empty()) {
      fault(where, "It holds personal data; say how sensitive: `personal: ordinary`.");
    }
    if (!field.personal.empty() && !is_one_of(sensitivities, field.personal)) {
      fault(where + "/personal", "Sensitivity is ordinary, confidential or special.");
    }
    any_personal = any_personal || !field.personal.empty();
  }
  if (any_personal && (!object.personal || object.personal->purpose.empty() ||
                       object.personal->basis.empty() || object.personal->keep.empty())) {
    fault("/personal",
          "It holds personal data; declare `personal: {purpose: …, basis: …, keep: …}`.");
  }
  return faults;
}

}  // namespace rapport::entity
