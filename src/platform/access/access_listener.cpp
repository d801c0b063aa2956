#include "platform/access/access_listener.hpp"

#include "platform/access/access_statements.hpp"

namespace rapport::platform {
namespace {

class AccessListener final : public ChangeListener {
 public:
  std::string name() const override { return "access"; }
  std::vector<std::string> objects() const override { return {"user"}; }
  base::Result<void> take(store::Transaction& transaction,
                          std::span<const ChangeRow> changes) override {
    std::vector<base::Id> users;
    for (const auto& change : changes) users.push_back(change.record);
    (void)transaction.send(statements::kEndSessionsOfChanged, store::Params().ids(users));
    for (const auto& user : users) {
      (void)transaction.send(statements::kNotifyAccess, store::Params().text(base::to_text(user)));
    }
    return {};
  }
};

}  // namespace

std::unique_ptr<ChangeListener> access_listener() {
  return std::make_unique<AccessListener>();
}

}  // namespace rapport::platform
