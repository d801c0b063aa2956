// Real files with known answers, which stand outside the project: in the folder
// RAPPORT_REFERENCE_DATA (default ../shared/data, from the root of the sources). Tests on them are
// skipped where it is absent, and fail where it is absent and CI=true.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rapport::analytics {

class Reference : public testing::Test {
 protected:
  using Rows = std::vector<std::vector<std::string>>;

  void SetUp() override {
    if (std::filesystem::exists(folder() / "cdnow")) return;
    const char* ci = std::getenv("CI");
    if (ci != nullptr && std::string_view(ci) == "true")
      FAIL() << "The reference data is not at " << folder();
    GTEST_SKIP() << "The reference data is not at " << folder() << "; set RAPPORT_REFERENCE_DATA.";
  }

  // A file as text, unpacked where its name ends in .xz.
  static std::string text(const std::string& name) {
    const bool packed = name.ends_with(".xz");
    const std::string command = (packed ? "xz -dc '" : "cat '") + (folder() / name).string() + "'";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    std::string all;
    std::array<char, 1 << 16> block{};
    while (const std::size_t n = std::fread(block.data(), 1, block.size(), pipe))
      all.append(block.data(), n);
    EXPECT_EQ(::pclose(pipe), 0) << command;
    return all;
  }

  // Its rows of cells (RFC 4180), the heading among them.
  static Rows rows(const std::string& name) {
    const std::string all = text(name);
    Rows result;
    std::vector<std::string> row(1);
    bool quoted = false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const char c = all[i];
      if (c == '"') {
        if (quoted && i + 1 < all.size() && all[i + 1] == '"')
          row.back() += all[i++];
        else
          quoted = !quoted;
      } else if (quoted || (c != ',' && c != '\n' && c != '\r')) {
        row.back() += c;
      } else if (c == ',') {
        row.emplace_back();
      } else if (c == '\n') {
        result.push_back(std::exchange(row, std::vector<std::string>(1)));
      }
    }
    if (row.size() > 1 || !row[0].empty()) result.push_back(row);
    return result;
  }

  // The place of a column by its heading.
  static std::size_t column(const Rows& rows, std::string_view heading) {
    for (std::size_t i = 0; i < rows.front().size(); ++i)
      if (rows.front()[i] == heading) return i;
    ADD_FAILURE() << "no column " << heading;
    return 0;
  }

 private:
  static std::filesystem::path folder() {
    const char* stated = std::getenv("RAPPORT_REFERENCE_DATA");
    return stated != nullptr ? stated : "../shared/data";
  }
};

}  // namespace rapport::analytics
