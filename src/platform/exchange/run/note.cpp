#include "platform/exchange/run/note.hpp"

#include <algorithm>

#include "base/json.hpp"

namespace rapport::platform {

namespace {

using base::Json;
using entity::ItemResult;
using entity::Outcome;

void add_counts(ImportCounts& sum, const ImportCounts& more) {
  sum.received += more.received;
  sum.created += more.created;
  sum.updated += more.updated;
  sum.unchanged += more.unchanged;
  sum.rejected += more.rejected;
}

void count(ImportCounts& counts, Outcome outcome) {
  switch (outcome) {
    case Outcome::created:
      ++counts.created;
      break;
    case Outcome::unchanged:
      ++counts.unchanged;
      break;
    case Outcome::refused:
      ++counts.rejected;
      break;
    default:
      ++counts.updated;
  }
}

Json json_of(const ImportCounts& counts) {
  return Json::array(
      {counts.received, counts.created, counts.updated, counts.unchanged, counts.rejected});
}

ImportCounts counts_of(const Json& json) {
  return {.received = json[0],
          .created = json[1],
          .updated = json[2],
          .unchanged = json[3],
          .rejected = json[4]};
}

Json json_of(const Tally& tally) {
  Json json = {{"rows", json_of(tally.rows)},
               {"rows_done", tally.rows_done},
               {"objects", Json::object()},
               {"reported", Json::object()}};
  for (const auto& [object, counts] : tally.objects) json["objects"][object] = json_of(counts);
  for (const auto& [name, reported] : tally.reported) {
    json["reported"][name] = Json::array({reported.count, reported.rows});
  }
  return json;
}

Tally tally_of(const Json& json) {
  Tally tally;
  if (!json.contains("rows")) return tally;
  tally.rows = counts_of(json["rows"]);
  tally.rows_done = json["rows_done"];
  for (const auto& [object, counts] : json["objects"].items()) {
    tally.objects[object] = counts_of(counts);
  }
  for (const auto& [name, reported] : json["reported"].items()) {
    tally.reported[name] = {.count = reported[0],
                            .rows = reported[1].get<std::vector<std::int64_t>>()};
  }
  return tally;
}

Json json_of(const std::vector<RowProblem>& problems) {
  Json json = Json::array();
  for (const RowProblem& problem : problems) {
    json.push_back(Json::array({problem.column, problem.reason}));
  }
  return json;
}

std::vector<RowProblem> problems_of(const Json& json) {
  std::vector<RowProblem> problems;
  for (const auto& one : json) problems.push_back({one[0], one[1]});
  return problems;
}

// The road's problem in the file's words: which column, and why.
void add_problems(std::vector<RowProblem>& problems, const RowShaper& shaper, std::size_t object,
                  const ItemResult& result) {
  if (!result.problem) {
    problems.push_back({"", "The record was refused."});
    return;
  }
  if (result.problem->fields.empty()) problems.push_back({"", result.problem->message});
  for (const base::FieldProblem& field : result.problem->fields) {
    const std::string name = field.field.substr(field.field.rfind('/') + 1);
    problems.push_back({shaper.column_of(object, name), field.message});
  }
}

using Results = std::vector<std::vector<ItemResult>>;

const ItemResult* result_of(const Results& results, std::size_t object, int item) {
  if (item < 0) return nullptr;
  const auto& of_object = results[object];
  const auto n = static_cast<std::size_t>(item);
  return n < of_object.size() ? &of_object[n] : nullptr;
}

bool is_summed(const ObjectSpec& object) {
  return std::any_of(object.fields.begin(), object.fields.end(),
                     [](const FieldSpec& field) { return field.value.sum; });
}

class NoteMaker {
 public:
  NoteMaker(const Chunk& chunk, const RowShaper& shaper, const Results& results)
      : chunk_(chunk), shaper_(shaper), results_(results) {}

  ChunkNote make();

 private:
  void count_objects();
  void row(const RowOfChunk& row);
  void reject(const RowOfChunk& row);
  void look_again(const RowOfChunk& row, const ItemResult& main);

  const Chunk& chunk_;
  const RowShaper& shaper_;
  const Results& results_;
  ChunkNote note_;
};

ChunkNote NoteMaker::make() {
  note_.next = chunk_.next;
  note_.last = chunk_.last;
  note_.rejected = chunk_.rejected;
  note_.tally.reported = chunk_.reported;
  note_.tally.rows.received = note_.tally.rows_done = chunk_.received;
  note_.tally.rows.rejected = static_cast<std::int64_t>(chunk_.rejected.size());
  count_objects();
  for (const RowOfChunk& one : chunk_.rows) row(one);
  std::sort(note_.rejected.begin(), note_.rejected.end(),
            [](const auto& a, const auto& b) { return a.number < b.number; });
  std::sort(note_.sums.begin(), note_.sums.end());
  note_.sums.erase(std::unique(note_.sums.begin(), note_.sums.end()), note_.sums.end());
  return std::move(note_);
}

// Parents that come again in chunk after chunk would count as unchanged each time: of them only
// what was written or refused is counted.
void NoteMaker::count_objects() {
  const Mapping& mapping = shaper_.mapping();
  for (std::size_t n = 0; n < mapping.objects.size(); ++n) {
    ImportCounts& counts = note_.tally.objects[mapping.objects[n].object];
    for (const ItemResult& result : results_[n]) {
      if (n == mapping.main || result.outcome != Outcome::unchanged) count(counts, result.outcome);
    }
  }
}

void NoteMaker::row(const RowOfChunk& row) {
  const Mapping& mapping = shaper_.mapping();
  const ItemResult* main = result_of(results_, mapping.main, row.items[mapping.main]);
  if (main == nullptr || main->outcome == Outcome::refused) {
    ++note_.tally.rows.rejected;
    reject(row);
  } else {
    count(note_.tally.rows, main->outcome);
    for (std::size_t n = 0; n < mapping.objects.size(); ++n) {
      const ItemResult* parent = result_of(results_, n, row.items[n]);
      if (n != mapping.main && parent != nullptr && parent->outcome == Outcome::refused) {
        note_.tally.reported[mapping.objects[n].object + " refused"].add(row.number);
      }
    }
  }
  if (main != nullptr) look_again(row, *main);
}

void NoteMaker::reject(const RowOfChunk& row) {
  RejectedRow rejected{row.number, row.offset, row.length, {}};
  for (std::size_t n = 0; n < row.items.size(); ++n) {
    const ItemResult* result = result_of(results_, n, row.items[n]);
    if (result != nullptr && result->outcome == Outcome::refused) {
      add_problems(rejected.problems, shaper_, n, *result);
    }
  }
  note_.rejected.push_back(std::move(rejected));
}

// A parent's sum was right if all its rows came with it and none was refused.
void NoteMaker::look_again(const RowOfChunk& row, const ItemResult& main) {
  const Mapping& mapping = shaper_.mapping();
  for (std::size_t n = 0; n < mapping.objects.size(); ++n) {
    if (n == mapping.main || !is_summed(mapping.objects[n])) continue;
    const ItemResult* parent = result_of(results_, n, row.items[n]);
    if (parent == nullptr || parent->outcome == Outcome::refused) continue;
    const bool made_whole = parent->outcome == Outcome::created && main.outcome != Outcome::refused;
    if (made_whole || main.outcome == Outcome::unchanged) continue;
    note_.sums.emplace_back(static_cast<int>(n), parent->id);
  }
}

}  // namespace

void Tally::add(const Tally& more) {
  add_counts(rows, more.rows);
  rows_done += more.rows_done;
  for (const auto& [object, counts] : more.objects) add_counts(objects[object], counts);
  for (const auto& [name, other] : more.reported) {
    Reported& mine = reported[name];
    mine.count += other.count;
    for (const std::int64_t row : other.rows) {
      if (mine.rows.size() < Reported::rows_max) mine.rows.push_back(row);
    }
  }
}

std::string to_json(const Tally& tally) {
  return base::to_text(json_of(tally));
}

Tally tally_from_json(std::string_view json) {
  return tally_of(Json::parse(json));
}

std::string reported_json(const Tally& tally) {
  Json json = Json::array();
  for (const auto& [name, reported] : tally.reported) {
    json.push_back({{"report", name}, {"count", reported.count}, {"rows", reported.rows}});
  }
  return base::to_text(json);
}

ChunkNote note_of(const Chunk& chunk, const RowShaper& shaper, const Results& results) {
  return NoteMaker(chunk, shaper, results).make();
}

std::string to_json(const ChunkNote& note) {
  Json json = {{"next", {note.next.offset, note.next.number}},
               {"last", note.last},
               {"tally", json_of(note.tally)},
               {"rejected", Json::array()},
               {"sums", Json::array()}};
  for (const RejectedRow& row : note.rejected) {
    json["rejected"].push_back(
        Json::array({row.number, row.offset, row.length, json_of(row.problems)}));
  }
  for (const auto& [object, id] : note.sums) {
    json["sums"].push_back(Json::array({object, base::to_text(id)}));
  }
  return base::to_text(json);
}

ChunkNote note_from_json(std::string_view text) {
  const Json json = Json::parse(text);
  ChunkNote note;
  note.next = {json["next"][0], json["next"][1]};
  note.last = json["last"];
  note.tally = tally_of(json["tally"]);
  for (const auto& row : json["rejected"]) {
    note.rejected.push_back({row[0], row[1], row[2], problems_of(row[3])});
  }
  for (const auto& sum : json["sums"]) {
    note.sums.emplace_back(sum[0].get<int>(), *base::parse_id(sum[1].get<std::string>()));
  }
  return note;
}

std::string to_json(const std::vector<RowProblem>& problems) {
  return base::to_text(json_of(problems));
}

std::vector<RowProblem> problems_from_json(std::string_view json) {
  return problems_of(Json::parse(json));
}

}  // namespace rapport::platform
