// A score is what a model says of a record at a time. Each is a file, NAME.score.yaml, beside the
// pure function that gives its reasons, and one line in the list of this wing (score.cpp):
//
//   score: lifetime_value         its name, and that of the field kept beside the record
//   reasons:
//     average: "One is expected to come to {average}, of which {margin} % stays as margin."
//
// The files are checked at start: a score without its function, a function without its file, or a
// reason that the function may give and the file does not word, end the program with a sentence.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/embedded.hpp"
#include "base/problem.hpp"
#include "crm/insight/scores/score_row.hpp"

namespace rapport::crm {

struct ScoreDefinition {
  std::string name, label, help, subject, type, schedule;
  std::vector<std::string> inputs;
  std::optional<double> least, most;
  std::map<std::string, std::string, std::less<>> wording;  // of reasons, by code
};

// Which model in use a score rests on.
enum class Learnt : std::uint8_t { nothing, purchases, leaving };

// A line of the wing's list.
struct Score {
  std::string_view name;
  std::span<const std::string_view> codes;  // of the reasons it may give
  std::vector<Reason> (*reasons)(const ScoreRow& row, const ReasonContext& context);
  Learnt model;
};
[[nodiscard]] std::span<const Score> all_scores();

// The definitions in the order of the list. Refused: insight.score_file with what is wrong.
[[nodiscard]] base::Result<std::vector<ScoreDefinition>> read_score_files(
    std::span<const base::EmbeddedFile> files);
// Those the program carries; read once. Throws std::logic_error where they are refused.
[[nodiscard]] const std::vector<ScoreDefinition>& score_definitions();
[[nodiscard]] const ScoreDefinition* score_named(std::string_view name);

// The sentence of a reason, its places filled.
[[nodiscard]] std::string worded(const ScoreDefinition& definition, const Reason& reason);

}  // namespace rapport::crm
