#include "entity/catalog/catalog_view.hpp"

#include <algorithm>

#include "base/json_writer.hpp"

namespace rapport::entity {
namespace {

class View {
 public:
  View(const Catalog& catalog, const Policy& policy) : catalog_(catalog), policy_(policy) {}

  std::string written() {
    w_.begin_object();
    number("version", catalog_.version());
    w_.key("objects");
    w_.begin_array();
    for (const ObjectType& object : catalog_.objects()) {
      if (policy_.may(Operation::read, object)) put(object);
    }
    w_.end_array();
    w_.end_object();
    return std::move(out_);
  }

 private:
  void text(std::string_view key, std::string_view value) {
    w_.key(key);
    w_.string(value);
  }
  void text_or_null(std::string_view key, std::string_view value) {
    w_.key(key);
    if (value.empty()) {
      w_.null();
    } else {
      w_.string(value);
    }
  }
  void flag(std::string_view key, bool value) {
    w_.key(key);
    w_.boolean(value);
  }
  void number(std::string_view key, std::int64_t value) {
    w_.key(key);
    w_.number(value);
  }

  [[nodiscard]] bool shows(const ObjectType& object, std::string_view field_name) const {
    if (field_name.starts_with('-')) field_name.remove_prefix(1);
    const Field* field = object.find(field_name);
    return field != nullptr && policy_.may_see(object, *field);
  }

  void put(const ObjectType& object) {
    w_.begin_object();
    text("name", object.name);
    text("plural", object.plural);
    w_.key("label");
    w_.begin_object();
    text("one", object.label_one);
    text("many", object.label_many);
    w_.end_object();
    text("help", object.help);
    text("icon", object.icon);
    text("wing", object.wing);
    text("title", shows(object, object.title) ? object.title : "");
    flag("torrent", object.torrent);
    flag("navigable", object.navigable);
    flag("custom", object.custom);
    text_or_null("person_field", object.person_field);
    w_.key("fields");
    w_.begin_array();
    for (const Field& field : object.fields) {
      if (policy_.may_see(object, field)) put(object, field);
    }
    w_.end_array();
    put_layouts(object);
    w_.key("may");
    w_.begin_object();
    flag("create", policy_.may(Operation::create, object));
    flag("change", policy_.may(Operation::change, object));
    flag("remove", policy_.may(Operation::remove, object));
    w_.end_object();
    w_.end_object();
  }

  static int max_of(const Field& field) {
    if (field.max > 0) return field.max;
    switch (field.type) {
      case FieldType::text:
        return TypeLimits::text_max;
      case FieldType::long_text:
        return TypeLimits::long_text_max;
      case FieldType::url:
        return TypeLimits::url_max;
      case FieldType::email:
        return TypeLimits::email_max;
      case FieldType::person_name:
        return TypeLimits::name_max;
      default:
        return 0;
    }
  }

  void put(const ObjectType& object, const Field& field) {
    w_.begin_object();
    text("name", field.name);
    text("type", name_of(field.type));
    text("label", field.label);
    text("help", field.help);
    flag("required", field.required);
    flag("read_only", field.read_only);
    flag("hidden", field.hidden);
    flag("system", field.system);
    flag("custom", field.custom);
    flag("indexed", field.indexed);
    flag("beside", field.beside);
    if (const int max = max_of(field); max > 0) number("max", max);
    const auto bound = [&](std::string_view key, const std::optional<base::Value>& value) {
      if (value) text(key, to_text(field, *value));
    };
    bound("least", field.least);
    bound("most", field.most);
    put_choices(field);
    if (!field.link_to.empty() && catalog_.find(field.link_to) != nullptr) {
      text("link_to", field.link_to);
      text_or_null("back", field.back);
    }
    w_.key("default");
    write_json(w_, field, field.default_value);
    flag("may_set", !field.system && !field.read_only && policy_.may_set(object, field));
    w_.end_object();
  }

  void put_choices(const Field& field) {
    if (field.choices.empty()) return;
    w_.key("choices");
    w_.begin_array();
    for (const Choice& choice : field.choices) {
      w_.begin_object();
      text("name", choice.name);
      text("label", choice.label);
      if (!choice.color.empty()) text("color", choice.color);
      w_.end_object();
    }
    w_.end_array();
  }

  void put_fields(std::string_view key, const ObjectType& object,
                  const std::vector<std::string>& names) {
    w_.key(key);
    w_.begin_array();
    for (const auto& name : names) {
      if (shows(object, name)) w_.string(name);
    }
    w_.end_array();
  }

  // Tabs and related lists of records that the caller may not read would open on nothing.
  void put_relations(std::string_view key, const ObjectType& object,
                     const std::vector<std::string>& names) {
    const auto links = catalog_.links_to(object.name);
    w_.key(key);
    w_.begin_array();
    for (const auto& name : names) {
      const auto link =
          std::ranges::find_if(links, [&](const auto& each) { return each.second->back == name; });
      if (link == links.end() || policy_.may(Operation::read, *link->first)) w_.string(name);
    }
    w_.end_array();
  }

  void put_layouts(const ObjectType& object) {
    w_.key("list");
    w_.begin_object();
    put_fields("columns", object, object.list.columns);
    text("order", shows(object, object.list.order) ? object.list.order : "");
    w_.end_object();
    w_.key("page");
    w_.begin_object();
    put_fields("highlights", object, object.page.highlights);
    put_relations("tabs", object, object.page.tabs);
    put_relations("related", object, object.page.related);
    w_.end_object();
    w_.key("timeline");
    if (!shows(object, object.timeline_at)) return w_.null();
    w_.begin_object();
    text("at", object.timeline_at);
    put_fields("fields", object, object.timeline);
    w_.end_object();
  }

  const Catalog& catalog_;
  const Policy& policy_;
  std::string out_;
  base::JsonWriter w_{out_};
};

}  // namespace

std::string catalog_json(const Catalog& catalog, const Policy& policy) {
  return View(catalog, policy).written();
}

}  // namespace rapport::entity
