// For tests only: real files with known answers, which stand outside the project, in the folder
// RAPPORT_REFERENCE_DATA (default ../shared/data, from the root of the sources).
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::analytics {

// The rows of cells of a CSV text (RFC 4180), one by one: cells may be quoted, and then hold commas
// and line ends. Empty lines are rows of one empty cell.
class CsvText {
 public:
  explicit CsvText(std::string_view text) : rest_(text) {}

  // False at the end. Throws where a quote does not close.
  bool next(std::vector<std::string>& cells) {
    if (rest_.empty()) return false;
    cells.clear();
    do cells.push_back(cell());
    while (take(','));
    take('\r');
    take('\n');
    return true;
  }

 private:
  bool take(char wanted) {
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string cell() {
    std::string text;
    if (!take('"')) {
      text = rest_.substr(0, rest_.find_first_of(",\r\n"));
      rest_.remove_prefix(text.size());
      return text;
    }
    do {
      const std::size_t end = rest_.find('"');
      if (end == std::string_view::npos) throw std::runtime_error("a quote does not close");
      text += rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      if (rest_.starts_with('"')) text += '"';
    } while (take('"'));
    return text;
  }

  std::string_view rest_;
};

// A test that reads reference data: skipped where it is absent, failed there if CI=true.
class ReferenceTest : public testing::Test {
 protected:
  using Rows = std::vector<std::vector<std::string>>;

  static std::filesystem::path reference_folder() {
    const char* stated = std::getenv("RAPPORT_REFERENCE_DATA");
    return stated != nullptr ? stated : "../shared/data";
  }

  void SetUp() override {
    if (std::filesystem::exists(reference_folder() / "cdnow")) return;
    const char* ci = std::getenv("CI");
    if (ci != nullptr && std::string_view(ci) == "true") {
      FAIL() << "The reference data is not at " << reference_folder();
    }
    GTEST_SKIP() << "The reference data is not at " << reference_folder()
                 << "; set RAPPORT_REFERENCE_DATA.";
  }

  // The content of a file, unpacked where its name ends in .xz. Throws where that fails, so that a
  // damaged file is no short one.
  static std::string content(const std::string& name) {
    const std::filesystem::path path = reference_folder() / name;
    const std::string tool = path.extension() == ".xz" ? "xz -dc '" : "cat '";
    FILE* pipe = popen((tool + path.string() + "'").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot read " + path.string());
    std::string text;
    std::array<char, 65536> part{};
    while (const std::size_t got = fread(part.data(), 1, part.size(), pipe)) {
      text.append(part.data(), got);
    }
    if (pclose(pipe) != 0) throw std::runtime_error("cannot read all of " + path.string());
    if (text.empty()) throw std::runtime_error("nothing in " + path.string());
    return text;
  }

  // Calls each(cells) for every row of a CSV file, its heading first.
  template <typename Each>
  static void each_row(const std::string& name, Each each) {
    const std::string text = content(name);
    std::vector<std::string> cells;
    for (CsvText rows(text); rows.next(cells);) each(cells);
  }

  // All of them.
  static Rows rows(const std::string& name) {
    Rows all;
    each_row(name, [&](const std::vector<std::string>& cells) { all.push_back(cells); });
    return all;
  }

  // The place of a column by its heading.
  static std::size_t column(const Rows& rows, std::string_view heading) {
    for (std::size_t i = 0; i < rows.front().size(); ++i)
      if (rows.front()[i] == heading) return i;
    ADD_FAILURE() << "no column " << heading;
    return 0;
  }
};

}  // namespace rapport::analytics
