// The records of the demo company before they are written, and how they become what the road takes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/value.hpp"
#include "crm/demo/setting.hpp"
#include "entity/request/request.hpp"

namespace rapport::crm {

struct TeamRecord {
  base::Id id;
  std::string name, note;
  std::optional<base::Id> manager;
};

struct UserRecord {
  base::Id id;
  std::string name, full_name, email, role, zone, language;
  std::optional<base::Id> team;
};

struct CompanyRecord {
  base::Id id;
  int level = 0;  // links from the root of its group
  std::optional<base::Id> parent, owner;
  std::string name, number, lifecycle, industry, website, domain, email, phone, language, source;
  std::string note;
  base::Address address;
  std::int64_t employees = 0, revenue_cents = 0;
};

struct PersonRecord {
  base::Id id;
  bool anonymous = false;
  std::string given, family, salutation, number, email, phone, lifecycle, job_title, department;
  std::string language, source, note;
  base::Address address;
  std::optional<base::Date> birth_date;
  std::optional<base::Id> owner, company;
};

struct LineRecord {
  base::Id id;
  const Product* product = nullptr;
  int quantity = 1;
  int discount_percent = 0;
  std::int64_t total_cents = 0;
};

struct OrderRecord {
  base::Id id, person;
  std::optional<base::Id> company;
  base::Instant at;
  bool is_return = false;
  std::string number, channel, status = "completed", note;
  std::vector<LineRecord> lines;
  int quantity = 0;
  std::int64_t discount_cents = 0, shipping_cents = 0, tax_cents = 0, total_cents = 0;
};

struct InteractionRecord {
  base::Id id, person;
  std::optional<base::Id> company, user;
  base::Instant at;
  std::string channel, direction, subject, body, outcome;
  int minutes = 0;
  std::int64_t cost_cents = 0;
};

struct TaskRecord {
  base::Id id;
  std::optional<base::Id> person, company, owner;
  std::string subject, kind, priority = "normal", note;
  std::optional<base::Date> due_on;
  std::optional<base::Instant> done_at;
};

struct PoolRecord {
  base::Id id;
  std::string channel;
  base::Date month;
  std::int64_t cost_cents = 0, capacity_minutes = 0;
};

struct RateRecord {
  base::Id id;
  std::string channel, activity, minutes;
};

struct Batch {
  std::vector<CompanyRecord> companies;
  std::vector<PersonRecord> persons;
  std::vector<OrderRecord> orders;
  std::vector<InteractionRecord> interactions;
  std::vector<TaskRecord> tasks;
};

// Makes the quantities of a return negative, and works out each line, the discount of the whole
// order in percent, tax and total: total = lines − discount + shipping, tax within.
void work_out(OrderRecord& order, int order_discount_percent, int tax_percent);

[[nodiscard]] base::Money euros(std::int64_t cents);

[[nodiscard]] entity::Item item_of(const Product& product);
[[nodiscard]] entity::Item item_of(const TeamRecord& team);
[[nodiscard]] entity::Item item_of(const UserRecord& user);
[[nodiscard]] entity::Item item_of(const CompanyRecord& company);
[[nodiscard]] entity::Item item_of(const PersonRecord& person);
[[nodiscard]] entity::Item item_of(const OrderRecord& order);
[[nodiscard]] entity::Item item_of(const OrderRecord& order, std::size_t line);
[[nodiscard]] entity::Item item_of(const InteractionRecord& interaction);
[[nodiscard]] entity::Item item_of(const TaskRecord& task);
[[nodiscard]] entity::Item item_of(const PoolRecord& pool);
[[nodiscard]] entity::Item item_of(const RateRecord& rate);

}  // namespace rapport::crm
