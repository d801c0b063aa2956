#include "platform/exchange/recognise/suggest.hpp"

#include <algorithm>
#include <map>

#include "base/json.hpp"
#include "base/text.hpp"
#include "platform/exchange/recognise/column_words.hpp"

namespace rapport::platform {

namespace {

using base::Json;

// "CustomerID", "customer_id" → "customer id"
std::string words_of(std::string_view name) {
  std::string spaced;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto upper = [&](std::size_t n) { return name[n] >= 'A' && name[n] <= 'Z'; };
    const auto lower = [&](std::size_t n) { return name[n] >= 'a' && name[n] <= 'z'; };
    if (i > 0 && upper(i) && lower(i - 1)) spaced += ' ';
    spaced += name[i];
  }
  return base::search_form(spaced);
}

bool is_called(const ColumnWords& row, std::string_view name) {
  for (const std::string_view word : base::split(row.words, '|')) {
    if (word == name) return true;
  }
  return false;
}

// A name may mean what its content cannot be: a "date" without a date in it.
bool can_hold(std::string_view field, Content content) {
  if (content == Content::empty) return true;
  const bool number = content == Content::integer || content == Content::decimal;
  if (field == "placed_at" || field == "birth_date") {
    return content == Content::date || content == Content::instant;
  }
  if (field == "total" || field == "unit_price" || field == "quantity" || field == "revenue" ||
      field == "employees") {
    return number || content == Content::text;
  }
  if (field == "email") return content == Content::email || content == Content::text;
  if (field.starts_with("name") || field == "job_title") {
    return !number && content != Content::date && content != Content::instant;
  }
  return true;
}

std::optional<Suggestion> by_content(Content content) {
  switch (content) {
    case Content::email:
      return Suggestion{"person", "email"};
    case Content::phone:
      return Suggestion{"person", "phone"};
    case Content::country:
      return Suggestion{"person", "address.country"};
    case Content::url:
      return Suggestion{"person", "website"};
    default:
      return std::nullopt;
  }
}

bool in_catalog(const entity::Catalog& catalog, const Suggestion& suggestion) {
  const auto* object = catalog.find(suggestion.object);
  return object != nullptr &&
         object->find(suggestion.field.substr(0, suggestion.field.find('.'))) != nullptr;
}

using Columns = std::vector<SeenColumn>;

const SeenColumn* column_for(const Columns& columns, std::string_view object,
                             std::string_view field) {
  for (const SeenColumn& column : columns) {
    if (column.suggestion && column.suggestion->object == object &&
        column.suggestion->field == field) {
      return &column;
    }
  }
  return nullptr;
}

Json value_of(const SeenColumn& column, const std::string& field) {
  if (field.ends_with("country")) return {{"column", column.name}, {"country", true}};
  return column.name;
}

Json fields_of(const Columns& columns, std::string_view object) {
  Json fields = Json::object();
  for (const SeenColumn& column : columns) {
    if (!column.suggestion || column.suggestion->object != object) continue;
    if (object == "person" && column.suggestion->field == "company") continue;  // a link
    fields[column.suggestion->field] = value_of(column, column.suggestion->field);
  }
  return fields;
}

Json external_key(const std::string& source, const Json& columns) {
  return {{"external", source}, {"of", columns}};
}

class MappingMaker {
 public:
  MappingMaker(const Columns& columns, const std::string& source)
      : columns_(columns), source_(source) {}

  Json make();

 private:
  void add_company();
  bool add_person(const SeenColumn* order);
  void add_stand_in(const Json& key);
  void add_order();
  void add_lines();
  [[nodiscard]] Json order_key() const;
  [[nodiscard]] const SeenColumn* find(std::string_view object, std::string_view field) const {
    return column_for(columns_, object, field);
  }

  const Columns& columns_;
  const std::string& source_;
  Json objects_ = Json::array();
  std::vector<std::string> links_;  // what an order's person may be
};

Json MappingMaker::order_key() const {
  if (const SeenColumn* number = find("order", "number")) {
    return external_key(source_, number->name);
  }
  Json all = Json::array();  // nothing names an order: the n-th row like it
  for (const SeenColumn& column : columns_) all.push_back(column.name);
  Json key = external_key(source_, all);
  key["occurrence"] = true;
  return key;
}

void MappingMaker::add_company() {
  const SeenColumn* name = find("person", "company");
  if (name == nullptr) name = find("company", "name");
  if (name == nullptr) return;
  Json fields = fields_of(columns_, "company");
  fields["name"] = name->name;
  objects_.push_back({{"object", "company"},
                      {"when", {{"column", name->name}, {"filled", true}}},
                      {"key", external_key(source_, name->name)},
                      {"fields", fields}});
}

bool MappingMaker::add_person(const SeenColumn* order) {
  const SeenColumn* number = find("person", "number");
  const SeenColumn* email = find("person", "email");
  const SeenColumn* name = find("person", "name.family");
  if (name == nullptr) name = find("person", "name");
  const SeenColumn* known_by = number != nullptr ? number : email != nullptr ? email : name;
  if (known_by == nullptr) return false;
  Json person = {{"object", "person"}};
  Json keys = Json::array();
  if (number != nullptr) keys.push_back(external_key(source_, number->name));
  if (email != nullptr) keys.push_back({{"identity", "email"}, {"of", email->name}});
  if (keys.empty()) {
    person["mode"] = "create";
    if (order != nullptr) keys.push_back(external_key(source_, known_by->name));
  }
  if (order != nullptr) person["when"] = {{"column", known_by->name}, {"filled", true}};
  if (!keys.empty()) person["keys"] = keys;
  person["fields"] = fields_of(columns_, "person");
  if (!objects_.empty()) person["fields"]["company"] = {{"link", "company"}};
  objects_.push_back(std::move(person));
  links_.push_back("person");
  if (order != nullptr) {
    Json key = order_key();
    key["external"] = source_ + " stand-in";
    Json stand_in = {{"object", "person"},
                     {"as", "stand_in"},
                     {"when", {{"column", known_by->name}, {"empty", true}}},
                     {"key", key},
                     {"fields", {{"kind", {{"constant", "anonymous"}}}}}};
    if (!key.contains("occurrence")) {
      objects_.push_back(std::move(stand_in));
      links_.push_back("stand_in");
    }
  }
  return true;
}

void MappingMaker::add_order() {
  Json fields = fields_of(columns_, "order");
  fields["person"] = {{"link", links_}};
  const SeenColumn* quantity = find("order_line", "quantity");
  const SeenColumn* price = find("order_line", "unit_price");
  const bool lines = quantity != nullptr && price != nullptr;
  if (lines && !fields.contains("total")) {
    fields["total"] = {{"product", {quantity->name, price->name}}, {"sum", true}};
  }
  objects_.push_back({{"object", "order"}, {"key", order_key()}, {"fields", fields}});
}

void MappingMaker::add_lines() {
  const SeenColumn* quantity = find("order_line", "quantity");
  const SeenColumn* price = find("order_line", "unit_price");
  const SeenColumn* number = find("order", "number");
  if (quantity == nullptr || price == nullptr || number == nullptr) return;
  const SeenColumn* product = find("product", "number");
  Json fields = fields_of(columns_, "order_line");
  fields["order"] = {{"link", "order"}};
  fields["person"] = {{"link", links_}};
  fields["total"] = {{"product", {quantity->name, price->name}}};
  Json key = Json::array({number->name});
  if (product != nullptr) {
    Json made = fields_of(columns_, "product");
    made["name"] = product->name;
    if (const SeenColumn* name = find("order_line", "description")) {
      made["name"] = {{"column", name->name},
                      {"otherwise", {{"column", product->name}}},
                      {"collision", "fill_if_empty"}};
    }
    objects_.push_back({{"object", "product"},
                        {"when", {{"column", product->name}, {"filled", true}}},
                        {"key", external_key(source_, product->name)},
                        {"fields", made}});
    fields["product"] = {{"link", "product"}};
    key.push_back(product->name);
  }
  key.push_back(quantity->name);
  key.push_back(price->name);
  Json line_key = external_key(source_, key);
  line_key["occurrence"] = true;
  objects_.push_back({{"object", "order_line"}, {"key", line_key}, {"fields", fields}});
}

Json MappingMaker::make() {
  const SeenColumn* placed = find("order", "placed_at");
  const bool sold = find("order", "total") != nullptr || find("order_line", "quantity") != nullptr;
  const SeenColumn* order = placed != nullptr && sold ? placed : nullptr;
  const bool product_list = find("product", "number") != nullptr && order == nullptr;
  if (product_list) {
    Json fields = fields_of(columns_, "product");
    const SeenColumn* name = find("order_line", "description");
    if (name == nullptr) name = find("person", "name");
    if (name == nullptr) name = find("product", "number");
    fields["name"] = name->name;
    if (const SeenColumn* price = find("order_line", "unit_price")) fields["price"] = price->name;
    objects_.push_back({{"object", "product"},
                        {"key", external_key(source_, find("product", "number")->name)},
                        {"fields", fields}});
    return objects_;
  }
  add_company();
  const bool person = add_person(order);
  if (person && order != nullptr) {
    add_order();
    add_lines();
  }
  return objects_;
}

Json forms_of(const Columns& columns) {
  Json forms = Json::object();
  for (const SeenColumn& column : columns) {
    const Content content = column.profile.content();
    if (content == Content::date || content == Content::instant) {
      forms["date_order"] = column.profile.date_order();
    }
    if (content == Content::decimal) {
      forms["decimal_point"] = std::string(1, column.profile.decimal_point());
    }
  }
  return forms;
}

}  // namespace

void suggest_fields(const entity::Catalog& catalog, Columns& columns) {
  std::vector<std::pair<std::string, std::string>> taken;
  const auto take = [&](SeenColumn& column, Suggestion suggestion) {
    const std::pair key(suggestion.object, suggestion.field);
    if (std::find(taken.begin(), taken.end(), key) != taken.end()) return;
    if (!in_catalog(catalog, suggestion)) return;
    taken.push_back(key);
    column.suggestion = std::move(suggestion);
  };
  for (SeenColumn& column : columns) {
    const std::string name = words_of(column.name);
    for (const ColumnWords& row : column_words) {
      if (column.suggestion || !is_called(row, name)) continue;
      if (!can_hold(row.field, column.profile.content())) continue;
      take(column, {std::string(row.object), std::string(row.field)});
    }
  }
  for (SeenColumn& column : columns) {
    if (column.suggestion) continue;
    if (auto suggestion = by_content(column.profile.content())) take(column, *suggestion);
  }
}

Json suggest_mapping(const Columns& columns, const std::string& source) {
  Json mapping = {{"name", source}, {"forms", forms_of(columns)}};
  mapping["objects"] = MappingMaker(columns, source).make();
  return mapping;
}

}  // namespace rapport::platform
