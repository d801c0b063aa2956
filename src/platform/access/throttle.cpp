#include "platform/access/throttle.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>
#include <vector>

#include "base/text.hpp"
#include "platform/access/access_statements.hpp"
#include "platform/access/secrets.hpp"

namespace rapport::platform {
namespace {

constexpr double kPairMost = 5, kPairLeakSeconds = 60;
constexpr double kAccountMost = 50, kAccountLeakSeconds = 30;
constexpr double kAddressMost = 50, kAddressLeakSeconds = 20;

store::Params attempt_params(const Bucket& bucket, base::Instant now) {
  store::Params params;
  params.text(bucket.key).instant(now);
  params.text(std::to_string(bucket.most)).text(std::to_string(bucket.leak_seconds));
  return params;
}

}  // namespace

Buckets sign_in_buckets(std::string_view name, std::string_view address) {
  const auto account = base::folded(base::trimmed(name));
  const std::string at(address);
  Buckets buckets{{{hash_text("pair\n" + account + "\n" + at), kPairMost, kPairLeakSeconds},
                   {hash_text("account\n" + account), kAccountMost, kAccountLeakSeconds},
                   {hash_text("address\n" + at), kAddressMost, kAddressLeakSeconds}}};
  return buckets;
}

base::Result<void> count_attempt(store::Transaction& transaction, std::span<const Bucket> buckets,
                                 base::Instant now) {
  // In key order, so that two attempts never wait for each other in a circle.
  std::vector<const Bucket*> ordered;
  for (const auto& bucket : buckets) ordered.push_back(&bucket);
  std::sort(ordered.begin(), ordered.end(),
            [](const Bucket* a, const Bucket* b) { return a->key < b->key; });
  std::vector<store::Ticket> counts;
  for (const auto* bucket : ordered) {
    counts.push_back(transaction.send(statements::kCountAttempt, attempt_params(*bucket, now)));
  }
  double wait = 0;
  for (std::size_t i = 0; i < ordered.size(); ++i) {
    const auto answer = transaction.take(counts[i]);
    if (!answer) return std::unexpected(store::as_problem(answer.error()));
    const double failures = std::strtod(std::string(answer->text(0, 0)).c_str(), nullptr);
    wait = std::max(wait, (failures - ordered[i]->most) * ordered[i]->leak_seconds);
  }
  if (wait > 0) return throttled(static_cast<int>(std::ceil(wait)));
  return {};
}

void forgive_attempt(store::Transaction& transaction, const Buckets& buckets) {
  std::vector<std::pair<std::string, double>> forgiven;
  for (const auto& bucket : buckets) forgiven.emplace_back(bucket.key, 1.0);
  forgiven[0].second = kPairMost + 1;
  std::sort(forgiven.begin(), forgiven.end());
  for (const auto& [key, count] : forgiven) {
    store::Params params;
    params.text(key).text(std::to_string(count));
    (void)transaction.send(statements::kForgiveAttempt, params);
  }
}

std::unexpected<base::Problem> throttled(int retry_after_seconds) {
  auto refusal = base::refuse(base::ProblemKind::too_many, "access.throttled",
                              "There were too many attempts to sign in.", {},
                              "Try again in " + std::to_string(retry_after_seconds) + " seconds.");
  refusal.error().extra = "{\"retry_after\":" + std::to_string(retry_after_seconds) + "}";
  return refusal;
}

}  // namespace rapport::platform
