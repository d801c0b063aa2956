#include "crm/insight/refresh/order_listener.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "crm/insight/insight_sql.hpp"
#include "platform/jobs/jobs.hpp"

namespace rapport::crm {
namespace {

// The company that an order was placed for until this change, if it was another or is none now.
std::optional<base::Id> company_before(const platform::ChangeRow& change) {
  if (change.object != "order" || change.kind != "changed") return std::nullopt;
  const auto fields = base::parse_json(change.fields);
  if (!fields || !fields->is_object()) return std::nullopt;
  const auto company = fields->find("company");
  if (company == fields->end() || !company->is_array() || company->empty()) return std::nullopt;
  const auto& from = company->front();
  return from.is_string() ? base::parse_id(from.get<std::string>()) : std::nullopt;
}

}  // namespace

base::Result<void> OrderListener::take(store::Transaction& tx,
                                       std::span<const platform::ChangeRow> changes) {
  std::vector<base::Id> persons, companies;
  for (const auto& change : changes) {
    if (const auto company = company_before(change)) companies.push_back(*company);
    if (change.person) persons.push_back(*change.person);
    persons.insert(persons.end(), change.persons.begin(), change.persons.end());
  }
  std::ranges::sort(persons);
  const auto [from, until] = std::ranges::unique(persons);
  persons.erase(from, until);
  const bool bulk = persons.size() >= bulk_persons;
  const auto scored = refresh_.rescore(tx, std::move(persons), companies);
  if (!scored) return std::unexpected(scored.error());
  if (!*scored || bulk) return ask_refresh(tx, !*scored);
  return {};
}

base::Result<void> OrderListener::ask_refresh(store::Transaction& tx, bool first) {
  auto wait = bulk_wait;
  const auto last = tx.run(insight_statement("latest_done_refresh"));
  if (!last) return std::unexpected(store::as_problem(last.error()));
  if (last->size() > 0 && !last->is_null(0, 1)) {
    constexpr double times = 60e6;  // sixty times, in microseconds
    const auto seconds = std::stod(std::string(last->text(0, 1)));
    wait = std::max(wait, base::Duration{static_cast<std::int64_t>(seconds * times)});
  }
  if (first) wait = base::seconds(1);
  const auto now = clock_();
  platform::Jobs::enqueue(tx,
                          {.kind = "insight.refresh",
                           .payload = R"({"fit":true})",
                           .key = first ? "insight.refresh first" : "insight.refresh bulk",
                           .run_at = now + wait,
                           .revive = true},
                          now);
  return {};
}

}  // namespace rapport::crm
