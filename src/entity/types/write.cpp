// Values as the API, exports and the change log show them.
#include "entity/types/type_row.hpp"

namespace rapport::entity {
namespace {

using base::Value;

// One text for each alternative of a value.
struct Text {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(const std::string& value) const { return value; }
  std::string operator()(const base::JsonText& value) const { return value.text; }
  std::string operator()(const base::PersonName& value) const { return value.full; }
  std::string operator()(const base::Choices& value) const {
    std::string out;
    for (const auto& name : value) out += (out.empty() ? "" : "; ") + name;
    return out;
  }
  // As on an envelope, in an order that reads back: "Gran Vía 1, 28013 Madrid (CM), ES".
  std::string operator()(const base::Address& value) const {
    std::string out;
    const auto put = [&out](const std::string& part, const char* before) {
      if (part.empty()) return;
      if (!out.empty()) out += before;
      out += part;
    };
    put(value.line1, "");
    put(value.line2, ", ");
    put(value.postal_code, ", ");
    put(value.city, value.postal_code.empty() ? ", " : " ");
    if (!value.region.empty()) out += (out.empty() ? "(" : " (") + value.region + ")";
    put(value.country, ", ");
    return out;
  }
  template <class T>
  std::string operator()(const T& value) const {
    return base::to_text(value);
  }
};

void member(base::JsonWriter& out, std::string_view name, const std::string& text) {
  out.key(name);
  if (text.empty()) {
    out.null();
  } else {
    out.string(text);
  }
}

}  // namespace

std::string shown_text(const Value& value) {
  return std::visit(Text{}, value);
}

void show_scalar(base::JsonWriter& out, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) return out.boolean(*flag);
  if (const auto* number = std::get_if<std::int64_t>(&value)) return out.number(*number);
  if (const auto* json = std::get_if<base::JsonText>(&value)) return out.raw(json->text);
  out.string(shown_text(value));
}

void show_money(base::JsonWriter& out, const Value& value) {
  const auto& money = std::get<base::Money>(value);
  out.begin_object();
  out.key("amount");
  out.string(base::to_text(money.amount));
  out.key("currency");
  out.string(money.currency);
  out.end_object();
}

void show_choices(base::JsonWriter& out, const Value& value) {
  out.begin_array();
  for (const auto& name : std::get<base::Choices>(value)) out.string(name);
  out.end_array();
}

void show_address(base::JsonWriter& out, const Value& value) {
  const auto& address = std::get<base::Address>(value);
  out.begin_object();
  member(out, "line1", address.line1);
  member(out, "line2", address.line2);
  member(out, "city", address.city);
  member(out, "region", address.region);
  member(out, "postal_code", address.postal_code);
  member(out, "country", address.country);
  out.end_object();
}

void show_name(base::JsonWriter& out, const Value& value) {
  const auto& name = std::get<base::PersonName>(value);
  out.begin_object();
  member(out, "full", name.full);
  member(out, "given", name.given);
  member(out, "family", name.family);
  out.end_object();
}

}  // namespace rapport::entity
