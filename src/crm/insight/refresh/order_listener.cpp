#include "crm/insight/refresh/order_listener.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "crm/insight/insight_sql.hpp"
#include "platform/jobs/jobs.hpp"

namespace rapport::crm {
namespace {

// What a batch of changes asks for.
struct Touched {
  std::vector<base::Id> persons;    // to be scored anew
  std::vector<base::Id> companies;  // to be summed anew, besides those of the persons
};

// The company that an order or a person belonged to until this change, and the one since.
void add_companies(const base::Json& fields, std::vector<base::Id>& companies) {
  const auto company = fields.find("company");
  if (company == fields.end() || !company->is_array()) return;
  for (const auto& one : *company) {
    if (!one.is_string()) continue;
    if (const auto id = base::parse_id(one.get<std::string>())) companies.push_back(*id);
  }
}

// Of a person, little of what changes moves a score: one who is put in the bin or taken out of it,
// is no stand-in any more or has become one, is scored; one who works elsewhere now is not.
bool asks_for_scores(const platform::ChangeRow& change, const base::Json& fields) {
  if (change.object != "person") return true;
  return change.kind == "removed" || change.kind == "restored" ||
         (change.kind == "changed" && fields.contains("kind"));
}

Touched touched_by(std::span<const platform::ChangeRow> changes) {
  Touched touched;
  for (const auto& change : changes) {
    const auto parsed = base::parse_json(change.fields);
    const auto fields = parsed && parsed->is_object() ? *parsed : base::Json::object();
    // Nothing hangs on a person who is new.
    const bool moves = change.kind == "changed" || change.kind == "purged";
    if (moves && (change.object == "order" || change.object == "person")) {
      add_companies(fields, touched.companies);
    }
    if (!asks_for_scores(change, fields)) continue;
    if (change.person) touched.persons.push_back(*change.person);
    touched.persons.insert(touched.persons.end(), change.persons.begin(), change.persons.end());
  }
  std::ranges::sort(touched.persons);
  const auto [from, until] = std::ranges::unique(touched.persons);
  touched.persons.erase(from, until);
  return touched;
}

}  // namespace

base::Result<void> OrderListener::take(store::Transaction& tx,
                                       std::span<const platform::ChangeRow> changes) {
  const auto touched = touched_by(changes);
  // As most changes of persons are: who imports a million of them waits for no lock here.
  if (touched.persons.empty() && touched.companies.empty()) return {};
  const bool bulk = touched.persons.size() >= bulk_persons;
  const auto scored = refresh_.rescore(tx, touched.persons, touched.companies);
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
