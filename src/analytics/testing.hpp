// For tests only: real files with known answers, which stand outside the project, in the folder
// RAPPORT_REFERENCE_DATA (default ../shared/data, from the root of the sources).
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace rapport::analytics {

// A test that reads reference data: skipped where it is absent, failed there if CI=true.
class ReferenceTest : public testing::Test {
 protected:
  static std::filesystem::path folder() {
    const char* stated = std::getenv("RAPPORT_REFERENCE_DATA");
    return stated != nullptr ? stated : "../shared/data";
  }

  void SetUp() override {
    if (std::filesystem::exists(folder() / "cdnow")) return;
    const char* ci = std::getenv("CI");
    if (ci != nullptr && std::string_view(ci) == "true") {
      FAIL() << "The reference data is not at " << folder();
    }
    GTEST_SKIP() << "The reference data is not at " << folder() << "; set RAPPORT_REFERENCE_DATA.";
  }

  // The content of a file, unpacked where its name ends in .xz.
  static std::string content(const std::string& name) {
    const std::filesystem::path path = folder() / name;
    const std::string tool = path.extension() == ".xz" ? "xz -dc '" : "cat '";
    const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
        popen((tool + path.string() + "'").c_str(), "r"), pclose);
    if (!pipe) throw std::runtime_error("cannot read " + path.string());
    std::string text;
    std::array<char, 65536> part{};
    while (const std::size_t got = fread(part.data(), 1, part.size(), pipe.get())) {
      text.append(part.data(), got);
    }
    if (text.empty()) throw std::runtime_error("nothing in " + path.string());
    return text;
  }

  // Calls each(cells) for every row of a CSV file, its heading first. Cells may be quoted.
  template <typename Each>
  static void each_row(const std::string& name, Each each) {
    const std::string text = content(name);
    std::vector<std::string> cells;
    for (std::size_t from = 0; from < text.size();) {
      const std::size_t to = std::min(text.find('\n', from), text.size());
      std::string_view line(text.data() + from, to - from);
      if (line.ends_with('\r')) line.remove_suffix(1);
      split(line, cells);
      each(cells);
      from = to + 1;
    }
  }

 private:
  static void split(std::string_view line, std::vector<std::string>& cells) {
    std::size_t count = 0;
    for (std::size_t from = 0; from <= line.size(); ++count) {
      if (cells.size() == count) cells.emplace_back();
      cells[count].clear();
      if (from < line.size() && line[from] == '"') {
        from = unquote(line, from + 1, cells[count]) + 1;
        continue;
      }
      const std::size_t to = std::min(line.find(',', from), line.size());
      cells[count].assign(line.substr(from, to - from));
      from = to + 1;
    }
    cells.resize(count);
  }

  // Reads up to the closing quote; gives where the cell ends.
  static std::size_t unquote(std::string_view line, std::size_t from, std::string& cell) {
    while (true) {
      const std::size_t to = line.find('"', from);
      if (to == std::string_view::npos) throw std::runtime_error("a quote does not close");
      cell.append(line.substr(from, to - from));
      if (to + 1 >= line.size() || line[to + 1] != '"') return to + 1;
      cell += '"';
      from = to + 2;
    }
  }
};

}  // namespace rapport::analytics
