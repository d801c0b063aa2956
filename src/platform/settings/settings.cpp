#include "platform/settings/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/decimal.hpp"
#include "base/json_writer.hpp"
#include "base/log.hpp"
#include "base/money.hpp"
#include "base/text.hpp"
#include "platform/access/access.hpp"
#include "platform/audit/audit.hpp"
#include "store/queries.hpp"

namespace rapport::platform {
namespace {

const store::Statement kAll = store::queries("settings")["all"];
const store::Statement kSet = store::queries("settings")["set"];
const store::Statement kNotify = store::queries("settings")["notify"];

constexpr std::size_t kTextCharactersMax = 200;

constexpr std::array<SettingDeclaration, 7> kDeclarations{{
    {"organisation_name", SettingType::text, "Organisation", "The firm's name, as screens show it.",
     "My organisation"},
    {"zone", SettingType::zone, "Time zone",
     "Where the organisation's day begins: what \"today\" means in stored conditions.", "UTC"},
    {"currency", SettingType::currency, "Currency",
     "Of amounts that are given without one, and of sums.", "EUR"},
    {"region", SettingType::region, "Region",
     "The country of phone numbers that are given without one.", "ES"},
    {"email_exclusive", SettingType::boolean, "E-mail belongs to one person",
     "Whether an e-mail address recognises one person alone; families and small firms share "
     "theirs.",
     "true"},
    {"margin", SettingType::percent, "Margin in percent",
     "What is left of a sale after the goods are paid, where products do not say their cost.",
     "30"},
    {"discount_rate", SettingType::percent, "Discount rate in percent a year",
     "By how much a year's wait lessens what money is worth, in lifetime value.", "10"},
}};

const SettingDeclaration* declaration_named(std::string_view name) {
  for (const auto& declaration : kDeclarations) {
    if (declaration.name == name) return &declaration;
  }
  return nullptr;
}

bool is_region(std::string_view text) {
  return text.size() == 2 &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

// From 0 to 100 with at most two digits after the point, in its shortest form.
std::optional<std::string> percent_of(std::string_view text) {
  const auto number = base::parse_decimal(text);
  if (!number || *number < base::Decimal(0) || *number > base::Decimal(100)) return std::nullopt;
  if (base::rounded(*number, 2, base::Rounding::half_even) != *number) return std::nullopt;
  return base::to_text(*number);
}

// The value as it is kept, or the sentence that says what is wrong with it.
std::expected<std::string, std::string> cleaned(const SettingDeclaration& declaration,
                                                std::string_view text) {
  const auto clean = base::clean_text(base::trimmed(text));
  if (!clean) return std::unexpected("This is not text.");
  switch (declaration.type) {
    case SettingType::text:
      if (clean->empty() || base::characters(*clean) > kTextCharactersMax) {
        return std::unexpected("Give a text of 1 to 200 characters.");
      }
      return *clean;
    case SettingType::zone:
      if (!base::is_zone(*clean)) {
        return std::unexpected("Give a time zone by its IANA name, like Europe/Madrid.");
      }
      return *clean;
    case SettingType::currency:
      if (!base::is_currency(*clean)) {
        return std::unexpected("Give a currency by its ISO 4217 code, like EUR.");
      }
      return *clean;
    case SettingType::region:
      if (!is_region(*clean)) {
        return std::unexpected("Give a country by its two-letter code, like ES.");
      }
      return *clean;
    case SettingType::boolean:
      if (*clean != "true" && *clean != "false") return std::unexpected("Say true or false.");
      return *clean;
    case SettingType::percent:
      if (auto percent = percent_of(*clean)) return *percent;
      return std::unexpected("Give a number from 0 to 100, like 12.5.");
  }
  return std::unexpected("This is no setting.");
}

void assign(SettingValues& values, std::string_view name, std::string_view text) {
  if (name == "organisation_name") values.organisation_name = text;
  if (name == "zone") values.zone = text;
  if (name == "currency") values.currency = text;
  if (name == "region") values.region = text;
  if (name == "email_exclusive") values.email_exclusive = text == "true";
  if (name == "margin") values.margin = std::stod(std::string(text));
  if (name == "discount_rate") values.discount_rate = std::stod(std::string(text));
}

std::string text_of(const SettingValues& values, std::string_view name) {
  if (name == "organisation_name") return values.organisation_name;
  if (name == "zone") return values.zone;
  if (name == "currency") return values.currency;
  if (name == "region") return values.region;
  if (name == "margin") return fmt::format("{}", values.margin);
  if (name == "discount_rate") return fmt::format("{}", values.discount_rate);
  return values.email_exclusive ? "true" : "false";
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

base::Result<Pairs> checked(std::span<const std::pair<std::string, std::string>> values) {
  Pairs checked;
  base::Problem problem{.kind = base::ProblemKind::invalid,
                        .code = "settings.invalid",
                        .message = "Some settings are wrong; none was changed.",
                        .details = {},
                        .hint = {},
                        .fields = {},
                        .extra = {}};
  for (const auto& [name, text] : values) {
    const auto* declaration = declaration_named(name);
    if (declaration == nullptr) {
      problem.fields.push_back(
          {"/" + name, "settings.unknown", "There is no setting \"" + name + "\"."});
      continue;
    }
    auto value = cleaned(*declaration, text);
    if (!value) {
      problem.fields.push_back({"/" + name, "settings.invalid_value", value.error()});
    } else {
      checked.emplace_back(name, std::move(*value));
    }
  }
  if (!problem.fields.empty()) return std::unexpected(std::move(problem));
  return checked;
}

}  // namespace

std::span<const SettingDeclaration> setting_declarations() {
  return kDeclarations;
}

Settings::Settings(store::Pool& pool, base::Clock clock)
    : pool_(pool), clock_(std::move(clock)), current_(std::make_shared<const SettingValues>()) {}

std::shared_ptr<const SettingValues> Settings::current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

base::Result<void> Settings::load() {
  auto transaction = pool_.begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  const auto rows = transaction->run(kAll);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  auto values = std::make_shared<SettingValues>();
  for (std::size_t i = 0; i < rows->size(); ++i) {
    // Of a newer version of the program, perhaps: its settings are left alone.
    if (declaration_named(rows->text(i, 0)) == nullptr) continue;
    assign(*values, rows->text(i, 0), rows->text(i, 1));
  }
  const std::lock_guard lock(mutex_);
  current_ = std::move(values);
  return {};
}

std::vector<SettingRow> Settings::rows() const {
  const auto values = current();
  std::vector<SettingRow> rows;
  for (const auto& declaration : kDeclarations) {
    auto value = text_of(*values, declaration.name);
    const bool is_default = value == declaration.default_value;
    rows.push_back(
        {.declaration = &declaration, .value = std::move(value), .is_default = is_default});
  }
  return rows;
}

base::Result<void> Settings::change(const Admitted& by,
                                    std::span<const std::pair<std::string, std::string>> values) {
  if (!by.may_administer()) {
    return base::refuse(base::ProblemKind::forbidden, "settings.forbidden",
                        "Only administrators change the settings.");
  }
  return write(by.user.id, values);
}

base::Result<void> Settings::change_as_program(
    std::span<const std::pair<std::string, std::string>> values) {
  return write(std::nullopt, values);
}

base::Result<void> Settings::write(std::optional<base::Id> by,
                                   std::span<const std::pair<std::string, std::string>> values) {
  const auto pairs = checked(values);
  if (!pairs) return std::unexpected(pairs.error());
  const auto before = current();
  const auto now = clock_();
  auto transaction = pool_.begin(store::Mode::read_write);
  if (!transaction) return std::unexpected(transaction.error());
  for (const auto& [name, value] : *pairs) {
    store::Params params;
    params.text(name).text(value).instant(now);
    if (by) {
      params.id(*by);
    } else {
      params.null();
    }
    const auto changed = transaction->run(kSet, params);
    if (!changed) return std::unexpected(store::as_problem(changed.error()));
    if (changed->size() == 0) continue;
    std::string details;
    base::JsonWriter json(details);
    json.begin_object();
    json.key("from");
    json.string(text_of(*before, name));
    json.key("to");
    json.string(value);
    json.end_object();
    Audit::note(*transaction,
                {.kind = Audited::setting_changed, .user = by, .subject = name, .details = details},
                now);
  }
  (void)transaction->send(kNotify);
  if (const auto done = transaction->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  return load();
}

}  // namespace rapport::platform
