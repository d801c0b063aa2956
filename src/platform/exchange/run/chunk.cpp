#include "platform/exchange/run/chunk.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace rapport::platform {

namespace {

using base::Value;

bool is_summed(const ObjectSpec& object) {
  return std::any_of(object.fields.begin(), object.fields.end(),
                     [](const FieldSpec& field) { return field.value.sum; });
}

// The sum of two numbers or two amounts of one currency; false where there is none.
bool add_to(Value& sum, const Value& more) {
  if (auto* money = std::get_if<base::Money>(&sum)) {
    const auto* other = std::get_if<base::Money>(&more);
    if (other == nullptr || other->currency != money->currency) return false;
    const auto added = base::add(money->amount, other->amount);
    if (added) money->amount = *added;
    return added.has_value();
  }
  if (auto* decimal = std::get_if<base::Decimal>(&sum)) {
    const auto* other = std::get_if<base::Decimal>(&more);
    const auto added = other != nullptr ? base::add(*decimal, *other) : std::nullopt;
    if (added) *decimal = *added;
    return added.has_value();
  }
  auto* whole = std::get_if<std::int64_t>(&sum);
  const auto* other = std::get_if<std::int64_t>(&more);
  return whole != nullptr && other != nullptr && !__builtin_add_overflow(*whole, *other, whole);
}

}  // namespace

ChunkBuilder::ChunkBuilder(OpenedFile& file, const RowShaper& shaper, Occurrences* occurrences,
                           std::size_t counted_object, Options options)
    : file_(file),
      shaper_(shaper),
      occurrences_(occurrences),
      counted_object_(counted_object),
      options_(options) {
  known_.resize(shaper.mapping().objects.size());
}

void ChunkBuilder::go_to(CsvReader::Place place) {
  place_ = place;
  reader_ = std::make_unique<CsvReader>(*file_.source, file_.dialect, place);
}

Chunk ChunkBuilder::next(std::int64_t n) {
  Chunk chunk;
  chunk.n = n;
  for (Known& known : known_) known.clear();
  group_.clear();
  for (const ObjectSpec& object : shaper_.mapping().objects) {
    entity::Upsert& write = chunk.writes.emplace_back();
    write.object = object.object;
    write.mode = object.mode;
    for (const FieldSpec& field : object.fields) {
      // A sum is right when the record is made; whether it still is, is seen to at the end.
      const auto rule = field.value.sum ? entity::Collision::fill_if_empty : field.collision;
      if (rule != entity::Collision::overwrite) write.collisions.emplace_back(field.field, rule);
    }
  }
  CsvRow row;
  ShapedRow shaped;
  std::vector<int> occurrences(shaper_.mapping().objects.size(), 1);
  while (read(row, chunk)) {
    if (row.fault != CsvFault::none) continue;
    if (occurrences_ != nullptr) {
      occurrences[counted_object_] = occurrences_->of(static_cast<std::uint64_t>(row.number));
    }
    shaper_.shape(row, occurrences, shaped);
    if (shaped.problems.empty() && ends_before(chunk, shaped)) {
      --chunk.received;
      go_to({row.offset, row.number});
      chunk.next = place_;
      return chunk;
    }
    report(chunk, row);
    if (!shaped.problems.empty()) {
      chunk.rejected.push_back({row.number, row.offset, row.length, std::move(shaped.problems)});
    } else {
      take(chunk, row, shaped);
    }
    if (chunk.received >= options_.rows_max) break;
  }
  chunk.next = reader_->place();
  return chunk;
}

// The next row; broken ones are rejected here and given with their fault.
bool ChunkBuilder::read(CsvRow& row, Chunk& chunk) {
  if (!reader_->next(row)) {
    chunk.last = true;
    return false;
  }
  ++chunk.received;
  const auto reject = [&](std::string column, std::string reason) {
    chunk.rejected.push_back(
        {row.number, row.offset, row.length, {{std::move(column), std::move(reason)}}});
    if (row.fault == CsvFault::none) row.fault = CsvFault::too_many_cells;
  };
  if (row.fault != CsvFault::none) {
    std::string column;
    for (std::size_t i = 0; i < row.cells.size() && i < file_.columns.size(); ++i) {
      if (row.cells[i].damaged) column = file_.columns[i];
    }
    reject(std::move(column), std::string(sentence_of(row.fault)));
    return true;
  }
  (void)without_rejection(row);
  if (row.cells.size() != file_.columns.size()) {
    reject("", "The row has " + std::to_string(row.cells.size()) + " cells; " +
                   std::to_string(file_.columns.size()) + " are expected.");
  }
  return true;
}

// A chunk ends before a main record it has already, so that a later row sees what an earlier one
// made; and, once it is long enough, where the summed parent changes.
bool ChunkBuilder::ends_before(const Chunk& chunk, const ShapedRow& shaped) {
  const Mapping& mapping = shaper_.mapping();
  const ShapedRecord& main = shaped.records[mapping.main];
  if (!main.identity.empty() && known_[mapping.main].contains(main.identity)) return true;
  std::string group;
  for (std::size_t n = 0; n < mapping.objects.size(); ++n) {
    if (is_summed(mapping.objects[n]) && shaped.records[n].made) group = shaped.records[n].identity;
  }
  const bool other = group.empty() || group != group_;
  if (chunk.received > options_.rows && other) return true;
  group_ = std::move(group);
  return false;
}

void ChunkBuilder::take(Chunk& chunk, const CsvRow& row, ShapedRow& shaped) {
  RowOfChunk& taken = chunk.rows.emplace_back();
  taken.number = row.number;
  taken.offset = row.offset;
  taken.length = row.length;
  taken.items.reserve(shaped.records.size());
  for (std::size_t n = 0; n < shaped.records.size(); ++n) {
    ShapedRecord& record = shaped.records[n];
    taken.items.push_back(record.made ? take_record(chunk, n, record, row.number) : -1);
  }
}

int ChunkBuilder::take_record(Chunk& chunk, std::size_t object, ShapedRecord& record,
                              std::int64_t row) {
  auto& items = chunk.writes[object].items;
  if (!record.identity.empty()) {
    const auto [place, fresh] =
        known_[object].try_emplace(std::move(record.identity), static_cast<int>(items.size()));
    if (!fresh) {
      merge(chunk, object, items[static_cast<std::size_t>(place->second)], record.item, row);
      return place->second;
    }
  }
  record.item.pointer = "/rows/" + std::to_string(row);
  items.push_back(std::move(record.item));
  return static_cast<int>(items.size()) - 1;
}

// Of rows that name one parent the first value of each field counts; another is reported.
void ChunkBuilder::merge(Chunk& chunk, std::size_t object, entity::Item& kept, entity::Item& record,
                         std::int64_t row) {
  const ObjectSpec& spec = shaper_.mapping().objects[object];
  for (entity::FieldInput& input : record.fields) {
    const auto same = std::find_if(kept.fields.begin(), kept.fields.end(),
                                   [&](const auto& one) { return one.field == input.field; });
    if (same == kept.fields.end()) {
      kept.fields.push_back(std::move(input));
      continue;
    }
    const auto field = std::find_if(spec.fields.begin(), spec.fields.end(),
                                    [&](const FieldSpec& one) { return one.field == input.field; });
    if (field->value.sum) {
      if (!add_to(std::get<Value>(same->input), std::get<Value>(input.input))) {
        chunk.reported[spec.object + "." + input.field + " cannot be summed"].add(row);
      }
    } else if (same->input != input.input) {
      chunk.reported[spec.object + "." + input.field + " differs"].add(row);
    }
  }
}

void ChunkBuilder::report(Chunk& chunk, const CsvRow& row) {
  for (const RowRule& rule : shaper_.mapping().reports) {
    if (RowShaper::meets(row, rule.is)) chunk.reported[rule.name].add(row.number);
  }
}

namespace {

// Of ":IMPORT:ROW".
struct RejectedFrom {
  std::optional<base::Id> import;
  std::uint64_t row = Occurrences::no_row;
};

RejectedFrom rejected_from(std::string_view mark) {
  const auto parts = base::split(mark, ':');
  RejectedFrom from;
  if (parts.size() != 3) return from;
  from.import = base::parse_id(parts[1]);
  for (const char c : parts[2]) {
    if (c < '0' || c > '9' || from.row > (std::uint64_t{1} << 44)) return {};
    from.row = from.row * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return from;
}

using KeyRead = std::function<void(const std::string& key, std::uint64_t row, std::string mark)>;

void read_keys(OpenedFile& file, const RowShaper& shaper, std::size_t object, const KeyRead& take) {
  CsvReader reader(*file.source, file.dialect, file.data);
  CsvRow row;
  while (reader.next(row)) {
    if (row.fault != CsvFault::none) continue;
    std::string mark = without_rejection(row);
    if (row.cells.size() != file.columns.size()) continue;
    const std::string key = shaper.counted_key(row, object);
    if (!key.empty()) take(key, static_cast<std::uint64_t>(row.number), std::move(mark));
  }
}

}  // namespace

void count_occurrences(OpenedFile& file, const RowShaper& shaper, std::size_t object,
                       const OriginalFile& original, Occurrences& occurrences) {
  std::optional<base::Id> from;
  read_keys(file, shaper, object, [&](const std::string& key, std::uint64_t row, std::string mark) {
    const RejectedFrom rejected = mark.empty() ? RejectedFrom{} : rejected_from(mark);
    if (!from) from = rejected.import;
    const bool known = rejected.import && rejected.import == from;
    occurrences.add(key, row, known ? rejected.row : Occurrences::no_row);
  });
  auto first = from ? original(*from) : std::nullopt;
  if (first && first->columns.size() == file.columns.size()) {
    read_keys(*first, shaper, object, [&](const std::string& key, std::uint64_t row, const auto&) {
      occurrences.add_original(key, row);
    });
  }
  occurrences.count();
}

}  // namespace rapport::platform
