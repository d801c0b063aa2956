// Scores a customer as soon as his orders, their lines or his interactions change, or he is put in
// the bin or taken out of it; sums a company anew as soon as an order or a person comes to it or
// leaves it. After bulk writes (imports) it asks for a refresh besides, since bounds and models
// rest on everybody.
#pragma once

#include "crm/insight/refresh/refresh.hpp"
#include "platform/jobs/changes.hpp"

namespace rapport::crm {

class OrderListener : public platform::ChangeListener {
 public:
  // Below this many customers of one batch of changes, bounds and models stay as they are till
  // night.
  static constexpr std::size_t bulk_persons = 50;
  // A refresh follows a bulk write after so long, or sixty times what the last one took.
  static constexpr base::Duration bulk_wait = base::seconds(60);

  OrderListener(Refresh& refresh, base::Clock clock)
      : refresh_(refresh), clock_(std::move(clock)) {}

  [[nodiscard]] std::string name() const override { return "insight.orders"; }
  [[nodiscard]] std::vector<std::string> objects() const override {
    return {"order", "order_line", "interaction", "person"};
  }
  // Which company an order or a person belonged to before is told by the change alone.
  [[nodiscard]] bool wants_fields() const override { return true; }
  // A change of a torrent names up to some thousand persons. While they are scored, a refresh
  // cannot publish, and everybody else's order waits.
  [[nodiscard]] int batch_max() const override { return 40; }
  [[nodiscard]] std::size_t persons_max() const override { return rescored_at_once; }
  [[nodiscard]] base::Result<void> take(store::Transaction& transaction,
                                        std::span<const platform::ChangeRow> changes) override;

 private:
  base::Result<void> ask_refresh(store::Transaction& tx, bool first);

  Refresh& refresh_;
  base::Clock clock_;
};

}  // namespace rapport::crm
