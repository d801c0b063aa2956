#include "platform/exchange/run/sums.hpp"

#include <algorithm>
#include <unordered_map>

namespace rapport::platform {

namespace {

using base::Result;
using base::Value;

constexpr int parents_at_once = 50;
constexpr int page_rows = 1000;

// A summed field of the parent, and the main object's field that holds the same value row by row.
struct SummedField {
  std::string of_parent, of_row;
};

std::vector<SummedField> summed_fields(const Mapping& mapping, std::size_t object) {
  std::vector<SummedField> fields;
  for (const FieldSpec& parent : mapping.objects[object].fields) {
    if (!parent.value.sum) continue;
    for (const FieldSpec& row : mapping.objects[mapping.main].fields) {
      const auto same = [](const ColumnRef& a, const ColumnRef& b) { return a.index == b.index; };
      if (row.value.from == parent.value.from &&
          std::equal(row.value.columns.begin(), row.value.columns.end(),
                     parent.value.columns.begin(), parent.value.columns.end(), same)) {
        fields.push_back({parent.field, row.field});
        break;
      }
    }
  }
  return fields;
}

// The main object's field that links to the parent; empty where none does.
std::string link_to(const Mapping& mapping, std::size_t object) {
  for (const FieldSpec& field : mapping.objects[mapping.main].fields) {
    const auto& links = field.value.links;
    if (std::find(links.begin(), links.end(), mapping.objects[object].as) != links.end()) {
      return field.field;
    }
  }
  return {};
}

void add_to(Value& sum, const Value& more) {
  if (base::is_empty(more)) return;
  if (base::is_empty(sum)) {
    sum = more;
    return;
  }
  if (auto* money = std::get_if<base::Money>(&sum)) {
    const auto* other = std::get_if<base::Money>(&more);
    if (other == nullptr || other->currency != money->currency) return;
    if (const auto added = base::add(money->amount, other->amount)) money->amount = *added;
  } else if (auto* decimal = std::get_if<base::Decimal>(&sum)) {
    const auto* other = std::get_if<base::Decimal>(&more);
    const auto added = other != nullptr ? base::add(*decimal, *other) : std::nullopt;
    if (added) *decimal = *added;
  } else if (auto* whole = std::get_if<std::int64_t>(&sum)) {
    if (const auto* other = std::get_if<std::int64_t>(&more)) *whole += *other;
  }
}

class SumMender {
 public:
  SumMender(entity::Road& road, const entity::Caller& caller, const Mapping& mapping,
            std::size_t object)
      : road_(road),
        caller_(caller),
        mapping_(mapping),
        object_(object),
        link_(link_to(mapping, object)),
        fields_(summed_fields(mapping, object)) {}

  [[nodiscard]] bool possible() const { return !link_.empty() && !fields_.empty(); }
  Result<void> mend(const std::vector<base::Id>& parents);

 private:
  Result<void> sum(const std::vector<base::Id>& parents);

  entity::Road& road_;
  const entity::Caller& caller_;
  const Mapping& mapping_;
  std::size_t object_;
  std::string link_;
  std::vector<SummedField> fields_;
  std::unordered_map<base::Id, std::vector<Value>> sums_;
};

Result<void> SumMender::sum(const std::vector<base::Id>& parents) {
  entity::List list;
  list.object = mapping_.objects[mapping_.main].object;
  list.limit = page_rows;
  list.stand_ins = true;
  list.fields = {link_};
  for (const SummedField& field : fields_) list.fields.push_back(field.of_row);
  for (const base::Id& parent : parents) {
    list.where += (list.where.empty() ? link_ + " in ('" : "', '") + base::to_text(parent);
  }
  list.where += "')";
  sums_.clear();
  do {
    auto page = road_.list(caller_, list);
    if (!page) return std::unexpected(page.error());
    for (const entity::Record& record : page->records) {
      const auto* parent = std::get_if<base::Id>(&record.values[0]);
      if (parent == nullptr) continue;
      auto& sums = sums_[*parent];
      sums.resize(fields_.size());
      for (std::size_t i = 0; i < fields_.size(); ++i) add_to(sums[i], record.values[i + 1]);
    }
    list.after = page->after;
  } while (!list.after.empty());
  return {};
}

Result<void> SumMender::mend(const std::vector<base::Id>& parents) {
  if (auto summed = sum(parents); !summed) return summed;
  entity::Change change{.object = mapping_.objects[object_].object, .items = {}};
  for (auto& [parent, sums] : sums_) {
    entity::Item& item = change.items.emplace_back();
    item.id = parent;
    for (std::size_t i = 0; i < fields_.size(); ++i) {
      item.fields.push_back({fields_[i].of_parent, std::move(sums[i])});
    }
  }
  if (change.items.empty()) return {};
  entity::Work work;
  work.writes.emplace_back(std::move(change));
  work.partial = true;  // made again it finds nothing to change: no key is needed
  auto done = road_.write(caller_, work);
  if (!done) return std::unexpected(done.error());
  return {};
}

}  // namespace

Result<void> mend_sums(entity::Road& road, const entity::Caller& caller, ImportStore& store,
                       const base::Id& import, const RowShaper& shaper) {
  const Mapping& mapping = shaper.mapping();
  for (std::size_t object = 0; object < mapping.objects.size(); ++object) {
    SumMender mender(road, caller, mapping, object);
    if (!mender.possible()) continue;
    base::Id after;
    for (;;) {
      auto parents = store.sums(import, static_cast<int>(object), after, parents_at_once);
      if (!parents) return std::unexpected(parents.error());
      if (parents->empty()) break;
      if (auto mended = mender.mend(*parents); !mended) return mended;
      after = parents->back();
    }
  }
  return {};
}

}  // namespace rapport::platform
