#include "platform/exchange/mapping/shape.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "entity/types/shapes.hpp"
#include "platform/exchange/mapping/convert.hpp"

namespace rapport::platform {

namespace {

using base::Value;
using entity::FieldType;

std::string_view cell(const CsvRow& row, const ColumnRef& column) {
  const auto n = static_cast<std::size_t>(column.index);
  std::string_view text = n < row.cells.size() ? base::trimmed(row.cells[n].text) : "";
  // Our own exports put an apostrophe before what a spreadsheet would take for a formula.
  if (text.size() > 1 && text[0] == '\'' &&
      (text[1] == '=' || text[1] == '+' || text[1] == '-' || text[1] == '@' || text[1] == '\t')) {
    text.remove_prefix(1);
  }
  return text;
}

// Cells joined by bars; a bar within one is escaped, so that no two rows compose one key.
std::string composed(const CsvRow& row, const KeySpec& key) {
  std::string out;
  for (const ColumnRef& column : key.columns) {
    if (&column != &key.columns.front()) out += '|';
    const std::string_view text = cell(row, column);
    if (key.columns.size() == 1 || text.find_first_of("|\\") == std::string_view::npos) {
      out += text;
      continue;
    }
    for (const char c : text) {
      if (c == '|' || c == '\\') out += '\\';
      out += c;
    }
  }
  return out;
}

bool all_empty(const CsvRow& row, const std::vector<ColumnRef>& columns) {
  return std::all_of(columns.begin(), columns.end(),
                     [&](const ColumnRef& column) { return cell(row, column).empty(); });
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t shown_max = 80;
  // Not within a character.
  std::size_t n = std::min(text.size(), shown_max);
  while (n < text.size() && n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
  return "“" + std::string(text.substr(0, n)) + (n < text.size() ? "…”" : "”");
}

bool is_texts(const Condition& condition, std::string_view text) {
  using Is = Condition::Is;
  return std::any_of(condition.texts.begin(), condition.texts.end(), [&](const std::string& one) {
    if (condition.is == Is::starts_with) return text.starts_with(one);
    if (condition.is == Is::contains) return text.find(one) != std::string_view::npos;
    return text == one;
  });
}

bool is_number(const Condition& condition, std::string_view text) {
  const auto number = base::parse_decimal(text);
  if (!number) return false;
  switch (condition.is) {
    case Condition::Is::less:
      return *number < condition.number;
    case Condition::Is::at_most:
      return *number <= condition.number;
    case Condition::Is::more:
      return *number > condition.number;
    default:
      return *number >= condition.number;
  }
}

}  // namespace

RowShaper::RowShaper(const Mapping& mapping, const entity::Catalog& catalog) : mapping_(mapping) {
  for (const ObjectSpec& object : mapping.objects) {
    types_.push_back(catalog.find(object.object));
    auto& fields = fields_.emplace_back();
    for (const FieldSpec& field : object.fields) fields.push_back(types_.back()->find(field.field));
  }
}

bool RowShaper::meets(const CsvRow& row, const Condition& condition) {
  using Is = Condition::Is;
  const auto met = [&](const Condition& part) { return meets(row, part); };
  const auto& parts = condition.parts;
  switch (condition.is) {
    case Is::all:
      return std::all_of(parts.begin(), parts.end(), met);
    case Is::any:
      return std::any_of(parts.begin(), parts.end(), met);
    case Is::negated:
      return !meets(row, parts.front());
    case Is::empty:
      return cell(row, condition.column).empty();
    case Is::filled:
      return !cell(row, condition.column).empty();
    case Is::equals:
    case Is::one_of:
    case Is::starts_with:
    case Is::contains:
      return is_texts(condition, cell(row, condition.column));
    default:
      return is_number(condition, cell(row, condition.column));
  }
}

bool RowShaper::counts_occurrences() const {
  return std::any_of(mapping_.objects.begin(), mapping_.objects.end(), [](const ObjectSpec& o) {
    return std::any_of(o.keys.begin(), o.keys.end(), [](const KeySpec& k) { return k.occurrence; });
  });
}

std::string RowShaper::counted_key(const CsvRow& row, std::size_t object) const {
  const ObjectSpec& spec = mapping_.objects[object];
  if (!spec.when.empty() && !meets(row, spec.when.front())) return {};
  for (const KeySpec& key : spec.keys) {
    if (key.occurrence) return composed(row, key);
  }
  return {};
}

std::string RowShaper::column_of(std::size_t object, std::string_view field) const {
  for (const FieldSpec& spec : mapping_.objects[object].fields) {
    if (spec.field == field && !spec.value.columns.empty()) return spec.value.columns.front().name;
  }
  return {};
}

void RowShaper::shape(const CsvRow& row, const std::vector<int>& occurrences,
                      ShapedRow& out) const {
  out.records.assign(mapping_.objects.size(), {});
  out.problems.clear();
  for (const RowRule& check : mapping_.checks) {
    if (!meets(row, check.is)) out.problems.push_back({check.is.column.name, check.name});
  }
  for (std::size_t n = 0; n < mapping_.objects.size(); ++n) {
    record(row, n, n < occurrences.size() ? occurrences[n] : 1, out);
  }
  if (!out.records[mapping_.main].made && out.problems.empty()) {
    out.problems.push_back(
        {"", "The row makes no " + mapping_.objects[mapping_.main].object + " by this mapping."});
  }
}

void RowShaper::record(const CsvRow& row, std::size_t object, int occurrence,
                       ShapedRow& out) const {
  const ObjectSpec& spec = mapping_.objects[object];
  if (!spec.when.empty() && !meets(row, spec.when.front())) return;
  ShapedRecord& record = out.records[object];
  record.made = true;
  keys(row, spec, occurrence, record, out.problems);
  for (std::size_t n = 0; n < spec.fields.size(); ++n) field(row, object, n, out);
}

void RowShaper::keys(const CsvRow& row, const ObjectSpec& spec, int occurrence,
                     ShapedRecord& record, Problems& problems) const {
  for (const KeySpec& key : spec.keys) {
    if (all_empty(row, key.columns)) continue;
    std::string value = composed(row, key);
    if (key.occurrence) value += '#' + std::to_string(occurrence);
    record.item.keys.push_back({.kind = key.kind, .source = key.name, .value = std::move(value)});
  }
  if (!record.item.keys.empty()) {
    const entity::Key& first = record.item.keys.front();
    record.identity = first.source + '\n' + first.value;
  } else if (!spec.keys.empty()) {
    problems.push_back({spec.keys.front().columns.front().name,
                        "Nothing is there to recognise the " + spec.object + " by."});
  }
}

void RowShaper::field(const CsvRow& row, std::size_t object, std::size_t n, ShapedRow& out) const {
  const FieldSpec& spec = mapping_.objects[object].fields[n];
  const entity::Field& field = *fields_[object][n];
  RowProblem problem;
  if (!spec.part.empty()) {
    std::string part;
    if (!text(row, spec.value, part, problem)) {
      out.problems.push_back(std::move(problem));
    } else if (!part.empty()) {
      put_part(out.records[object], field, spec, std::move(part));
    }
    return;
  }
  entity::Input input;
  if (!this->input(row, field, spec.value, out, input, problem)) {
    out.problems.push_back(std::move(problem));
    return;
  }
  // An empty cell says nothing about the field: it neither sets nor clears it.
  const auto* value = std::get_if<Value>(&input);
  if (value != nullptr && base::is_empty(*value)) return;
  out.records[object].item.fields.push_back({spec.field, std::move(input)});
}

void RowShaper::put_part(ShapedRecord& record, const entity::Field& field, const FieldSpec& spec,
                         std::string text) const {
  auto& fields = record.item.fields;
  auto found = std::find_if(fields.begin(), fields.end(),
                            [&](const auto& one) { return one.field == spec.field; });
  if (found == fields.end()) {
    Value fresh =
        field.type == FieldType::address ? Value(base::Address{}) : Value(base::PersonName{});
    fields.push_back({spec.field, std::move(fresh)});
    found = fields.end() - 1;
  }
  Value& value = std::get<Value>(found->input);
  if (auto* name = std::get_if<base::PersonName>(&value)) {
    if (spec.part == "full") name->full = std::move(text);
    if (spec.part == "given") name->given = std::move(text);
    if (spec.part == "family") name->family = std::move(text);
    const bool stated = std::any_of(
        mapping_.objects.begin(), mapping_.objects.end(), [&](const ObjectSpec& object) {
          return std::any_of(object.fields.begin(), object.fields.end(),
                             [&](const FieldSpec& one) { return one.part == "full"; });
        });
    if (!stated) {
      name->full =
          name->given + (name->given.empty() || name->family.empty() ? "" : " ") + name->family;
    }
  } else if (auto* address = std::get_if<base::Address>(&value)) {
    if (spec.part == "line1") address->line1 = std::move(text);
    if (spec.part == "line2") address->line2 = std::move(text);
    if (spec.part == "city") address->city = std::move(text);
    if (spec.part == "region") address->region = std::move(text);
    if (spec.part == "postal_code") address->postal_code = std::move(text);
    if (spec.part == "country") address->country = std::move(text);
  }
}

bool RowShaper::input(const CsvRow& row, const entity::Field& field, const ValueSpec& value,
                      const ShapedRow& made, entity::Input& out, RowProblem& problem) const {
  using From = ValueSpec::From;
  if (value.from == From::branch) {
    const bool met = meets(row, value.condition.front());
    return input(row, field, value.branches[met ? 0 : 1], made, out, problem);
  }
  if (value.from == From::link) {
    for (const std::string& name : value.links) {
      for (std::size_t n = 0; n < mapping_.objects.size(); ++n) {
        const ShapedRecord& target = made.records[n];
        if (mapping_.objects[n].as != name || !target.made || target.item.keys.empty()) continue;
        out = target.item.keys.front();
        return true;
      }
    }
    return true;  // the row makes none of them: the link stays empty
  }
  Value result;
  if (value.from == From::product) {
    if (!product(row, field, value, result, problem)) return false;
  } else {
    std::string whole;
    if (!text(row, value, whole, problem)) return false;
    if (!whole.empty()) {
      entity::TextForms own;
      auto read = entity::value_from_text(field, whole, forms(row, value, own));
      if (!read) {
        problem = {value.columns.empty() ? "" : value.columns.front().name, read.error().message};
        return false;
      }
      result = std::move(*read);
    }
  }
  if (base::is_empty(result) && !value.otherwise.empty()) {
    return input(row, field, value.otherwise.front(), made, out, problem);
  }
  out = std::move(result);
  return true;
}

// Exact; money keeps four digits after the point.
bool RowShaper::product(const CsvRow& row, const entity::Field& field, const ValueSpec& value,
                        Value& out, RowProblem& problem) const {
  base::Decimal product(1);
  for (const ColumnRef& column : value.columns) {
    std::string text(cell(row, column));
    if (text.empty()) return true;
    std::erase_if(text, [&](char c) { return value.remove.find(c) != std::string::npos; });
    if (mapping_.forms.decimal_point == ',') std::replace(text.begin(), text.end(), ',', '.');
    const auto number = base::parse_decimal(text);
    const auto next = number ? base::multiply(product, *number) : std::nullopt;
    if (!next) {
      problem = {column.name, in_quotes(cell(row, column)) + " is not a number."};
      return false;
    }
    product = *next;
  }
  if (field.type == FieldType::money) {
    entity::TextForms own;
    if (product.scale() > base::Money::scale_max) {
      product = base::rounded(product, base::Money::scale_max, base::Rounding::half_even);
    }
    out = base::Money{product, forms(row, value, own).currency};
  } else {
    out = product;
  }
  return true;
}

const entity::TextForms& RowShaper::forms(const CsvRow& row, const ValueSpec& value,
                                          entity::TextForms& own) const {
  if (value.currency.empty() && value.currency_column.empty()) return mapping_.forms;
  own = mapping_.forms;
  if (!value.currency.empty()) own.currency = value.currency;
  if (!value.currency_column.empty()) {
    const std::string_view stated = cell(row, value.currency_column.front());
    if (!stated.empty()) own.currency = stated;
  }
  return own;
}

bool RowShaper::text(const CsvRow& row, const ValueSpec& value, std::string& out,
                     RowProblem& problem) const {
  using From = ValueSpec::From;
  switch (value.from) {
    case From::branch: {
      const bool met = meets(row, value.condition.front());
      return text(row, value.branches[met ? 0 : 1], out, problem);
    }
    case From::constant:
      out = value.pieces.front();
      break;
    case From::text:
      if (all_empty(row, value.columns)) break;
      for (std::size_t n = 0; n < value.pieces.size(); ++n) {
        out += value.pieces[n];
        if (n < value.columns.size()) out += cell(row, value.columns[n]);
      }
      break;
    case From::joined:
      for (const ColumnRef& column : value.columns) {
        const std::string_view part = cell(row, column);
        if (!out.empty() && !part.empty()) out += value.separator;
        out += part;
      }
      break;
    default:
      out = cell(row, value.columns.front());
  }
  const std::string raw =
      value.values.empty() && !value.country && value.date.empty() ? std::string() : out;
  if (!value.remove.empty()) {
    std::erase_if(out, [&](char c) { return value.remove.find(c) != std::string::npos; });
  }
  const auto replaced = std::find_if(value.values.begin(), value.values.end(),
                                     [&](const auto& pair) { return pair.first == out; });
  if (replaced != value.values.end()) {
    out = replaced->second;
  } else if (value.country && !out.empty()) {
    auto code = entity::country_code(out);
    out = code.value_or("");
    if (!code) problem.reason = in_quotes(raw) + " is not the name of a country we know.";
  } else if (!value.date.empty() && !out.empty()) {
    auto date = date_by_pattern(out, value.date);
    out = date.value_or("");
    if (!date) problem.reason = in_quotes(raw) + " is not a date written as " + value.date + ".";
  }
  if (!problem.reason.empty()) {
    problem.column = value.columns.empty() ? "" : value.columns.front().name;
    return false;
  }
  if (out.empty() && !value.otherwise.empty()) {
    return text(row, value.otherwise.front(), out, problem);
  }
  return true;
}

}  // namespace rapport::platform
