// What is said between the crowd and the firm, and what is still to do.
#include <fmt/core.h>

#include <algorithm>

#include "crm/demo/buyer.hpp"
#include "crm/demo/crowd.hpp"

namespace rapport::crm {
namespace {

std::string with_product(std::string text, const std::string& product) {
  constexpr std::string_view place = "{product}";
  for (auto at = text.find(place); at != std::string::npos; at = text.find(place)) {
    text.replace(at, place.size(), product);
  }
  return text;
}

}  // namespace

void Crowd::talk(Random& random, const Buyer& buyer, Batch& batch) const {
  constexpr int most = 40;
  const int times = std::min(
      most, random.poisson(.4 + .15 * std::min(buyer.orders, 60) + (buyer.business ? 2 : 0)));
  for (int i = 0; i < times; ++i) {
    const InteractionKind& kind = setting_.interactions[setting_.interaction_weights.draw(random)];
    const int last = -1;
    InteractionRecord said;
    said.person = buyer.person;
    said.company = buyer.company;
    said.at = moment(random, random.between(std::min(buyer.first_day, last), last), true);
    said.id = base::id_at(said.at.us / 1000, random.next(), random.next());
    const std::string& product =
        buyer.last_product != nullptr
            ? buyer.last_product->name
            : setting_.products[random.below(setting_.products.size())].name;
    said.channel = kind.channel;
    said.direction = kind.direction;
    said.subject = with_product(kind.subject, product);
    said.body = with_product(kind.body, product);
    said.outcome = kind.outcome;
    said.minutes = kind.minutes == 0 ? 0 : std::max(1, kind.minutes + random.between(-3, 6));
    said.cost_cents = kind.cost_cents;
    if (kind.minutes > 0) said.user = user(random);
    batch.interactions.push_back(std::move(said));
  }
}

void Crowd::plan(Random& random, const Buyer& buyer, Batch& batch) const {
  if (!random.chance(buyer.business ? .3 : .03)) return;
  const TaskKind& kind = setting_.tasks[setting_.task_weights.draw(random)];
  TaskRecord task;
  task.id = base::id_at(midnights_[days].us / 1000, random.next(), random.next());
  task.person = buyer.person;
  task.company = buyer.company;
  task.owner = buyer.owner ? *buyer.owner : user(random);
  task.subject = kind.subject;
  task.kind = kind.kind;
  task.priority = random.chance(.15) ? "high" : random.chance(.15) ? "low" : "normal";
  const int due = random.between(-60, 30);
  task.due_on = base::plus_days(options_.date, due);
  if (due < -1 && random.chance(.85)) task.done_at = moment(random, due, true);
  batch.tasks.push_back(std::move(task));
}

}  // namespace rapport::crm
