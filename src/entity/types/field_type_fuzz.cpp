// Texts of imports: whatever a reader takes, its cells read back as the same value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "entity/catalog/catalog.hpp"
#include "entity/types/field_type.hpp"

using rapport::entity::Field;
using rapport::entity::FieldType;
using rapport::entity::TextForms;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  Field field;
  field.name = "sample";
  field.label = "Sample";
  field.type = static_cast<FieldType>(data[0] % (static_cast<int>(FieldType::id) + 1));
  field.choices = {{"at_risk", "At risk", ""}, {"lapsed", "Lapsed", ""}};
  TextForms forms;
  if (data[1] & 1) forms = {"dmy", ',', "EUR", "DE", "Europe/Berlin"};
  if (data[1] & 2) forms.date_order = "mdy";
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto value = value_from_text(field, text, forms);
  if (!value) return 0;
  std::vector<std::optional<std::string>> cells;
  append_cells(field, *value, cells);
  const std::vector<std::optional<std::string_view>> views(cells.begin(), cells.end());
  if (value_from_cells(field, views) != *value) std::abort();
  return 0;
}
