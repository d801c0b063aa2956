// Some thousand rows of a file as one piece of work for the road, and what is known of them
// besides.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "entity/request/request.hpp"
#include "platform/exchange/mapping/shape.hpp"
#include "platform/exchange/run/file.hpp"
#include "platform/exchange/run/occurrences.hpp"

namespace rapport::platform {

// Where a row stands, and which item of each object it made; -1: none.
struct RowOfChunk {
  std::int64_t number = 0, offset = 0, length = 0;
  std::vector<int> items;
};

struct RejectedRow {
  std::int64_t number = 0, offset = 0, length = 0;
  std::vector<RowProblem> problems;
};

// Something odd that does not keep a row out: how often, and where first.
struct Reported {
  static constexpr std::size_t rows_max = 20;
  std::int64_t count = 0;
  std::vector<std::int64_t> rows;
  void add(std::int64_t row) {
    ++count;
    if (rows.size() < rows_max) rows.push_back(row);
  }
};

struct Chunk {
  std::int64_t n = 0;
  CsvReader::Place next;  // where the chunk after it begins
  std::int64_t received = 0;
  std::vector<entity::Upsert> writes;  // one an object of the mapping, in its order
  std::vector<RowOfChunk> rows;        // those that became items
  std::vector<RejectedRow> rejected;   // those that could not
  std::map<std::string, Reported> reported;
  bool last = false;
};

// Cuts a file into chunks. Given the same place it cuts the same chunk.
class ChunkBuilder {
 public:
  struct Options {
    int rows = 3000;      // a chunk may be longer so as not to part an order's rows
    int rows_max = 4500;  // … up to this
  };
  ChunkBuilder(OpenedFile& file, const RowShaper& shaper, Occurrences* occurrences,
               std::size_t counted_object, Options options);

  void go_to(CsvReader::Place place);
  [[nodiscard]] Chunk next(std::int64_t n);

 private:
  // Which item of an object a record is, by its identity.
  using Known = std::unordered_map<std::string, int>;
  [[nodiscard]] bool ends_before(const Chunk& chunk, const ShapedRow& shaped);
  void take(Chunk& chunk, const CsvRow& row, ShapedRow& shaped);
  int take_record(Chunk& chunk, std::size_t object, ShapedRecord& record, std::int64_t row);
  void merge(Chunk& chunk, std::size_t object, entity::Item& kept, entity::Item& record,
             std::int64_t row);
  void report(Chunk& chunk, const CsvRow& row);
  [[nodiscard]] bool read(CsvRow& row, Chunk& chunk);

  OpenedFile& file_;
  const RowShaper& shaper_;
  Occurrences* occurrences_;
  std::size_t counted_object_;
  Options options_;
  CsvReader::Place place_;
  std::unique_ptr<CsvReader> reader_;
  std::vector<Known> known_;
  std::vector<std::vector<const FieldSpec*>> by_field_;
  std::string group_;  // the summed parent of the row before
};

// Opens the file of the import a rejected row came from; none where it cannot be had.
using OriginalFile = std::function<std::optional<OpenedFile>(const base::Id& import)>;

// Reads the whole file and counts how often each key of `object` comes.
void count_occurrences(OpenedFile& file, const RowShaper& shaper, std::size_t object,
                       const OriginalFile& original, Occurrences& occurrences);

}  // namespace rapport::platform
