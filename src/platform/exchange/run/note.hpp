// What became of one chunk: made from the road's results inside its transaction and kept with its
// effect as JSON, so that a run that is repeated after a crash reads here what it had done.
#pragma once

#include <string>
#include <utility>

#include "platform/exchange/exchange.hpp"
#include "platform/exchange/run/chunk.hpp"

namespace rapport::platform {

// Counts that add up over the chunks, as table `imports` keeps them.
struct Tally {
  ImportCounts rows;
  std::map<std::string, ImportCounts> objects;  // by object type; received is not counted here
  std::map<std::string, Reported> reported;
  std::int64_t rows_done = 0;
  void add(const Tally& more);
};
[[nodiscard]] std::string to_json(const Tally& tally);
[[nodiscard]] Tally tally_from_json(std::string_view json);
[[nodiscard]] std::string reported_json(const Tally& tally);

struct ChunkNote {
  CsvReader::Place next;
  bool last = false;
  Tally tally;
  std::vector<RejectedRow> rejected;
  // Parents whose sum must be looked at when all rows are in: object of the mapping, record.
  std::vector<std::pair<int, base::Id>> sums;
};

// `results`: of the chunk's writes, in the mapping's order; empty lists for those without items.
[[nodiscard]] ChunkNote note_of(const Chunk& chunk, const RowShaper& shaper,
                                const std::vector<std::vector<entity::ItemResult>>& results);
[[nodiscard]] std::string to_json(const ChunkNote& note);
[[nodiscard]] ChunkNote note_from_json(std::string_view json);
[[nodiscard]] std::string to_json(const std::vector<RowProblem>& problems);
[[nodiscard]] std::vector<RowProblem> problems_from_json(std::string_view json);

}  // namespace rapport::platform
