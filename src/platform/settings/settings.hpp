// What an organisation decides once: its name, zone, currency, region, whether an e-mail address
// belongs to one person alone. Each setting is declared in one table (settings.cpp) with a type, a
// default and a sentence; values stand in the database, so that all processes share them.
//
//   settings.current()->currency     // "EUR"; a snapshot, read without a lock held
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "store/database.hpp"

namespace rapport::platform {

struct Admitted;

struct SettingValues {
  std::string organisation_name = "My organisation";
  std::string zone = "UTC";
  std::string currency = "EUR";
  std::string region = "ES";
  bool email_exclusive = true;
  double margin = 30;         // percent of what customers pay, where costs of goods are not known
  double discount_rate = 10;  // percent a year
};

enum class SettingType { text, zone, currency, region, boolean, percent };

struct SettingDeclaration {
  std::string_view name;  // "currency"
  SettingType type;
  std::string_view label, help;
  std::string_view default_value;  // in text form
};
[[nodiscard]] std::span<const SettingDeclaration> setting_declarations();

struct SettingRow {
  const SettingDeclaration* declaration;
  std::string value;  // in text form; booleans are "true" and "false"
  bool is_default;
};

class Settings {
 public:
  Settings(store::Pool& pool, base::Clock clock);

  // Defaults until the first load.
  [[nodiscard]] std::shared_ptr<const SettingValues> current() const;
  // Reads them again: at start, and when NOTIFY `settings` comes.
  base::Result<void> load();

  [[nodiscard]] std::vector<SettingRow> rows() const;
  // All or none; unknown names and wrong values are refused at their pointer (`/currency`).
  // Administrators only.
  [[nodiscard]] base::Result<void> change(
      const Admitted& by, std::span<const std::pair<std::string, std::string>> values);
  // The same for the program itself (demo company, command line).
  [[nodiscard]] base::Result<void> change_as_program(
      std::span<const std::pair<std::string, std::string>> values);

 private:
  base::Result<void> write(std::optional<base::Id> by,
                           std::span<const std::pair<std::string, std::string>> values);

  store::Pool& pool_;
  base::Clock clock_;
  mutable std::mutex mutex_;
  std::shared_ptr<const SettingValues> current_;
};

}  // namespace rapport::platform
