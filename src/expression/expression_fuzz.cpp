// Any bytes are refused or understood; what is understood is written so that it is read the same.
#include <cstdlib>
#include <string_view>

#include "expression/evaluate.hpp"
#include "expression/sample_schema.hpp"
#include "expression/sql.hpp"

namespace {

using namespace rapport;
using namespace rapport::expression;

const SampleSchema& schema() {
  static const SampleSchema sample;
  return sample;
}

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const Expression& expression) {
  // What is written out may be longer than what was read: "5eur" becomes "5 EUR".
  const Limits wide{.bytes_max = 1 << 20};
  const auto text = to_text(expression);
  const auto again = parse(text, "person", schema(), wide);
  require(again.has_value());
  require(to_text(*again) == text);
  const auto tree = to_tree(expression);
  const auto from = from_tree(tree, "person", schema(), wide);
  require(from.has_value());
  require(to_tree(*from) == tree);
  const Asker asker{{}, {1'774'000'000'000'000}, "Europe/Madrid"};
  (void)to_sql(expression, schema(), asker, {.alias = "p"});
  (void)evaluate(expression, [](const Path&) { return base::Value{}; }, asker);
  (void)reads(expression);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto parsed = parse(bytes, "person", schema())) check(*parsed);
  if (const auto tree = from_tree(bytes, "person", schema())) check(*tree);
  return 0;
}
