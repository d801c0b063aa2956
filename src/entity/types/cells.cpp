// Values as cells of PostgreSQL's text format, and back.
#include <unicode/ucurr.h>
#include <unicode/unistr.h>

#include <charconv>

#include "entity/types/type_row.hpp"

namespace rapport::entity {
namespace {

using base::Value;

Cell cell_of(const std::string& text) {
  return text.empty() ? Cell{} : Cell{text};
}

std::string text_of(const CellView& cell) {
  return cell ? std::string(*cell) : std::string();
}

// PostgreSQL fills numeric(19,4) with zeros; people read an amount with its currency's digits.
int digits_of(std::string_view currency) {
  if (currency == "EUR" || currency == "USD" || currency == "GBP") return 2;
  icu::UnicodeString code =
      icu::UnicodeString::fromUTF8({currency.data(), static_cast<int32_t>(currency.size())});
  UErrorCode status = U_ZERO_ERROR;
  const int digits = ucurr_getDefaultFractionDigits(code.getTerminatedBuffer(), &status);
  return U_SUCCESS(status) ? digits : 2;
}

base::Decimal without_zeros(const base::Decimal& number, int scale_min) {
  auto coefficient = number.coefficient();
  int scale = number.scale();
  while (scale > scale_min && coefficient % 10 == 0) {
    coefficient /= 10;
    --scale;
  }
  return base::Decimal::of(coefficient, scale);
}

// {a,"b c"}: names of choices are identifiers, yet what stands in the database is read as it is.
base::Choices members_of(std::string_view array) {
  base::Choices members;
  if (array.size() < 2 || array.front() != '{') return members;
  array = array.substr(1, array.size() - 2);
  std::string member;
  bool quoted = false;
  bool any = false;
  for (std::size_t i = 0; i < array.size(); ++i) {
    const char c = array[i];
    if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (c == '\\' && i + 1 < array.size()) {
      member += array[++i];
    } else if (c == ',' && !quoted) {
      members.push_back(std::move(member));
      member.clear();
      any = false;
    } else {
      member += c;
      any = true;
    }
  }
  if (any || !members.empty()) members.push_back(std::move(member));
  return members;
}

}  // namespace

void plain_to_cells(const Value& value, std::vector<Cell>& out) {
  out.emplace_back(shown_text(value));
}

void money_to_cells(const Value& value, std::vector<Cell>& out) {
  const auto& money = std::get<base::Money>(value);
  out.emplace_back(base::to_text(money.amount));
  out.emplace_back(money.currency);
}

void choices_to_cells(const Value& value, std::vector<Cell>& out) {
  std::string array = "{";
  for (const auto& name : std::get<base::Choices>(value)) {
    if (array.size() > 1) array += ',';
    array += '"';
    for (const char c : name) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  array += '}';
  out.emplace_back(std::move(array));
}

void address_to_cells(const Value& value, std::vector<Cell>& out) {
  const auto& address = std::get<base::Address>(value);
  for (const auto* part : {&address.line1, &address.line2, &address.city, &address.region,
                           &address.postal_code, &address.country}) {
    out.push_back(cell_of(*part));
  }
}

void name_to_cells(const Value& value, std::vector<Cell>& out) {
  const auto& name = std::get<base::PersonName>(value);
  for (const auto* part : {&name.full, &name.given, &name.family}) out.push_back(cell_of(*part));
}

Value text_from_cells(std::span<const CellView> cells) {
  if (!cells[0]) return {};
  return std::string(*cells[0]);
}

Value integer_from_cells(std::span<const CellView> cells) {
  if (!cells[0]) return {};
  std::int64_t number = 0;
  std::from_chars(cells[0]->data(), cells[0]->data() + cells[0]->size(), number);
  return number;
}

Value decimal_from_cells(std::span<const CellView> cells) {
  if (!cells[0]) return {};
  const auto number = base::parse_decimal(*cells[0]);
  if (!number) return {};
  return without_zeros(*number, 0);
}

Value money_from_cells(std::span<const CellView> cells) {
  if (!cells[0] || !cells[1]) return {};
  const auto amount = base::parse_decimal(*cells[0]);
  if (!amount) return {};
  return base::Money{without_zeros(*amount, digits_of(*cells[1])), std::string(*cells[1])};
}

Value date_from_cells(std::span<const CellView> cells) {
  if (!cells[0]) return {};
  const auto date = base::parse_date(*cells[0]);
  return date ? Value{*date} : Value{};
}

Value instant_from_cells(std::span<const CellView> cells) {
  if (!cells[0]) return {};
  const auto instant = base::parse_instant(*cells[0]);
  return instant ? Value{*instant} : Value{};
}

Value boolean_from_cells(std::span<const CellView> cells) {
  if (!cells[0]) return {};
  return *cells[0] == "t" || *cells[0] == "true";
}

Value choices_from_cells(std::span<const CellView> cells) {
  if (!cells[0]) return {};
  auto members = members_of(*cells[0]);
  return members.empty() ? Value{} : Value{std::move(members)};
}

Value id_from_cells(std::span<const CellView> cells) {
  if (!cells[0]) return {};
  const auto id = base::parse_id(*cells[0]);
  return id ? Value{*id} : Value{};
}

Value address_from_cells(std::span<const CellView> cells) {
  base::Address address{text_of(cells[0]), text_of(cells[1]), text_of(cells[2]),
                        text_of(cells[3]), text_of(cells[4]), text_of(cells[5])};
  return address == base::Address{} ? Value{} : Value{std::move(address)};
}

Value name_from_cells(std::span<const CellView> cells) {
  base::PersonName name{text_of(cells[0]), text_of(cells[1]), text_of(cells[2])};
  return name == base::PersonName{} ? Value{} : Value{std::move(name)};
}

Value document_from_cells(std::span<const CellView> cells) {
  if (!cells[0]) return {};
  return base::JsonText{std::string(*cells[0])};
}

}  // namespace rapport::entity
