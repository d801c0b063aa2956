// A refresh brings every customer's scores up to date: read once, fit, score, write. Between two
// refreshes, `rescore` does the same for those whose orders have just changed, with the models in
// use.
//
//   read (six COPYs) → histories → fit and compare → basis → score → write in chunks
//
// Two connections read side by side, as of one moment; where the pool has no second one, the first
// does it all. Scores are written in chunks, each a transaction of its own, so that nobody's record
// is locked for long; where most of them changed, as a new table (entity/write/beside_rebuild.hpp),
// with their history beside it on a connection of its own. Months of profit are written where they
// changed, or all of them as a new table, too. Basis, costs and months are published in one
// transaction that no rescoring overlaps. Whose orders changed since the reading, and who was
// rescored in the meantime, is scored once more at the end.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/problem.hpp"
#include "crm/insight/models/models.hpp"
#include "crm/insight/refresh/score_store.hpp"
#include "platform/settings/settings.hpp"

namespace rapport::entity {
class Road;
}

namespace rapport::crm {

class AllKept;

// Where nobody at all has bought for so long, the orders are those of an old file: what is known
// ends with the last of them, and the days since say nothing of any customer.
inline constexpr int silence_of_all_days = 60;
[[nodiscard]] base::Result<std::int32_t> known_until(store::Transaction& tx, base::Instant now,
                                                     const std::string& zone);

// Persons scored in one go, in one transaction. Whoever else is to be scored waits for it, also
// where it gives way to all others, as the end of a refresh does.
inline constexpr std::size_t rescored_at_once = 5000;

// The window of profit: this month and the eleven before it.
inline constexpr int profit_months = 12;

// What is told of a refresh that was killed.
inline constexpr std::string_view refresh_broken_off =
    "The process that ran it ended without a word.";

struct RefreshOptions {
  bool fit = true;  // else with the models in use, if there are any
  // Where at least so many customers, and a fifth of all, are to be written, they are written as a
  // new table.
  std::size_t rebuild_from = 50'000;
  // False stops the work between two chunks (insight.stopped).
  std::function<bool()> may_go_on = [] { return true; };
};

struct RefreshDone {
  std::int64_t persons = 0;  // scored
  double seconds = 0;
  // Where models were fitted: why a family has no new one (fit_notes.hpp).
  std::optional<std::vector<std::string>> notes;
};

class Refresh {
 public:
  Refresh(entity::Road& road, platform::Settings& settings, base::Clock clock);

  // Gives way to whatever else the machine is asked for meanwhile.
  [[nodiscard]] base::Result<RefreshDone> run(const RefreshOptions& options);

  // Within the caller's transaction; of persons who are no customers nothing but what serving them
  // cost is written. Two of them, in whatever process, take turns. False where a refresh is wanted:
  // there was none yet on which to rest, or one in another currency or zone, or one that knew no
  // customer, and these are the first; then nothing is written.
  // `companies_besides` are summed anew besides those of the persons: an order or a person was
  // theirs before, or is now.
  [[nodiscard]] base::Result<bool> rescore(store::Transaction& tx,
                                           const std::vector<base::Id>& persons,
                                           std::span<const base::Id> companies_besides = {});

  // Fits one model as someone asked and keeps it as a candidate; "auto" is a refresh. Where
  // `may_go_on` gives false between two steps, nothing is kept (insight.stopped). Gives way as a
  // refresh does.
  [[nodiscard]] base::Result<base::Id> fit(
      std::string_view model, const std::function<bool()>& may_go_on = [] { return true; });

  struct Work;  // refresh_work.hpp
  [[nodiscard]] Models& models() { return models_; }
  // The newest basis and when it was made.
  [[nodiscard]] static base::Result<std::optional<std::pair<base::Instant, Basis>>> basis(
      store::Transaction& tx);

 private:
  // Waits until no other refresh, in whatever process, is at work; none is as long as it lives.
  base::Result<store::Transaction> alone(const std::function<bool()>& may_go_on);
  base::Result<RefreshDone> run_here(const RefreshOptions& options);
  base::Result<base::Id> fit_here(std::string_view model, const std::function<bool()>& may_go_on);
  base::Result<RefreshDone> refresh(const RefreshOptions& options, base::Instant now);
  base::Result<void> read(Work& work, bool all);
  base::Result<void> fit_models(Work& work);
  base::Result<void> fit_leaving(Work& work);
  base::Result<base::Id> fit_candidate(const Work& work);
  base::Result<void> make_basis(Work& work);
  base::Result<void> take_leaving(Work& work);
  base::Result<void> score(Work& work);
  base::Result<void> write(Work& work, const RefreshOptions& options);
  base::Result<void> write_persons(const Work& work, const RefreshOptions& options);
  base::Result<void> write_chunks(const Work& work, std::span<const Written> rows,
                                  const RefreshOptions& options);
  static base::Result<void> lock_publication_and(store::Transaction& tx,
                                                 std::initializer_list<std::string_view> then);
  static base::Result<void> put_months_in_place(store::Transaction& tx);
  static base::Result<void> replace_months(store::Transaction& tx, const Work& work,
                                           std::vector<base::Id> changed);
  base::Result<void> publish(
      const Work& work, const std::function<base::Result<void>(store::Transaction&)>& put_months,
      const AllKept& active);
  base::Result<void> catch_up(const Work& work);
  base::Result<bool> rescore_persons(Work& work, const std::vector<base::Id>& persons,
                                     const Basis& basis);
  base::Result<void> write_rescored(const Work& work, const std::vector<base::Id>& persons);

  entity::Road& road_;
  platform::Settings& settings_;
  base::Clock clock_;
  Models models_;
};

}  // namespace rapport::crm
