#include "server/commands/output_file.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

namespace rapport::server {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class OutputFiles : public testing::Test {
 public:
  OutputFiles() {
    std::string name = (fs::temp_directory_path() / "output_XXXXXX").string();
    folder = ::mkdtemp(name.data());
  }
  ~OutputFiles() override { fs::remove_all(folder); }

 protected:
  [[nodiscard]] static std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
  }

  fs::path folder;
};

TEST_F(OutputFiles, StandUnderTheirNameWhenKept) {
  const auto path = folder / "out.csv";
  {
    auto file = OutputFile::create(path);
    ASSERT_TRUE(file) << file.error().details;
    EXPECT_TRUE(file->write("one\n"));
    EXPECT_TRUE(file->write("two\n"));
    EXPECT_FALSE(fs::exists(path)) << "not before it is whole";
    const auto kept = file->keep();
    ASSERT_TRUE(kept) << kept.error().details;
    EXPECT_EQ(text_of(path), "one\ntwo\n");
  }
  EXPECT_EQ(text_of(path), "one\ntwo\n");
  EXPECT_EQ(files(), 1U);
}

// `rapport export --output` emptied the file before it knew whether there was anything to write.
TEST_F(OutputFiles, LeaveWhatWasThereWhereTheyAreNotKept) {
  const auto path = folder / "out.csv";
  std::ofstream(path) << "of yesterday";
  {
    auto file = OutputFile::create(path);
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->write("half of"));
  }
  EXPECT_EQ(text_of(path), "of yesterday");
  EXPECT_EQ(files(), 1U);
}

TEST_F(OutputFiles, LeaveNothingWhereTheCommandIsKilled) {
  const auto path = folder / "out.csv";
  const pid_t command = ::fork();
  if (command == 0) {
    auto file = OutputFile::create(path);
    if (file && file->write("half of")) ::raise(SIGKILL);
    ::_exit(1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(command, &status, 0), command);
  ASSERT_TRUE(WIFSIGNALED(status));
  for (int i = 0; i < 500 && files() > 0; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_EQ(files(), 0U);
}

TEST_F(OutputFiles, KeepThePermissionsAndTheLinkThatWereThere) {
  const auto path = folder / "out.csv", link = folder / "link.csv";
  std::ofstream(path) << "of yesterday";
  fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
  fs::create_symlink("out.csv", link);
  auto file = OutputFile::create(link);
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->write("new"));
  ASSERT_TRUE(file->keep());
  EXPECT_TRUE(fs::is_symlink(link));
  EXPECT_EQ(text_of(path), "new");
  EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

// As the command becomes an unprivileged user before it reads the data.
TEST_F(OutputFiles, AreKeptWithTheRightsTheyWereBegunWith) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root gives rights up";
  const auto path = folder / "out.csv";
  const pid_t command = ::fork();
  if (command == 0) {
    auto file = OutputFile::create(path);
    constexpr uid_t nobody = 65534;
    if (!file || ::setresuid(nobody, nobody, nobody) != 0) ::_exit(1);
    ::_exit(file->write("whole") && file->keep() ? 0 : 2);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(command, &status, 0), command);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  EXPECT_EQ(text_of(path), "whole");
}

TEST_F(OutputFiles, AreWrittenAsTheyAreWhereTheyAreNoPlainFiles) {
  auto null = OutputFile::create("/dev/null");
  ASSERT_TRUE(null);
  EXPECT_TRUE(null->write("gone"));
  EXPECT_TRUE(null->keep());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  // A disk that is full says so when it is written to.
  auto full = OutputFile::create("/dev/full");
  ASSERT_TRUE(full);
  EXPECT_FALSE(full->write("too much"));
  const auto kept = full->keep();
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().code, "export.unwritable");
  EXPECT_EQ(kept.error().details, "No space left on device.");
}

TEST_F(OutputFiles, SayWhyTheyCannotBe) {
  const auto of_folder = OutputFile::create(folder);
  ASSERT_FALSE(of_folder);
  EXPECT_EQ(of_folder.error().details, "Is a directory.");
  const auto nowhere = OutputFile::create(folder / "absent" / "out.csv");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, "export.unwritable");
  EXPECT_EQ(nowhere.error().message, "Cannot write " + (folder / "absent/out.csv").string() + ".");
  EXPECT_EQ(nowhere.error().details, "No such file or directory.");
}

}  // namespace
}  // namespace rapport::server
