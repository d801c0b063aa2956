#include "entity/policy.hpp"

#include <utility>

namespace rapport::entity {

namespace {

class ProgramPolicy final : public Policy {
 public:
  [[nodiscard]] bool may(Operation, const ObjectType&) const override { return true; }
  [[nodiscard]] bool may_see(const ObjectType&, const Field&) const override { return true; }
  [[nodiscard]] bool may_set(const ObjectType&, const Field&) const override { return true; }
  [[nodiscard]] bool is_program() const override { return true; }
  [[nodiscard]] std::optional<expression::Expression> condition(Operation,
                                                                const ObjectType&) const override {
    return std::nullopt;
  }
};

}  // namespace

Caller program(Cause cause) {
  static const auto policy = std::make_shared<const ProgramPolicy>();
  Caller caller;
  caller.policy = policy;
  caller.cause = std::move(cause);
  return caller;
}

}  // namespace rapport::entity
