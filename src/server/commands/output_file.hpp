// A file that a command writes: it stands under its name whole or not at all.
//
//   auto file = OutputFile::create("persons.csv");   // before rights are given up
//   file->write(piece) …                             // into persons.csv.Ab12Cd
//   if (auto kept = file->keep(); !kept) …           // now it is persons.csv
//
// What stood under the name stays until then, and for good where the command fails or is killed. As
// root the rights to put it there are gone by the time it is done; so a process of its own, started
// with the file, keeps them, and takes the unfinished file away where the command ends without a
// word. What is no plain file (/dev/stdout, a pipe) is written as it is.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "base/problem.hpp"

namespace rapport::server {

class OutputFile {
 public:
  // A link is followed; a file that is replaced hands on its permissions. Problem:
  // `export.unwritable`, with the reason.
  [[nodiscard]] static base::Result<OutputFile> create(const std::filesystem::path& path);

  // False where the disk refuses (full, gone); keep() says why then.
  [[nodiscard]] bool write(std::string_view piece);
  // Brings all to the disk and puts the file under its name. Problem: `export.unwritable`.
  [[nodiscard]] base::Result<void> keep();

  OutputFile(OutputFile&& other) noexcept;
  OutputFile& operator=(OutputFile&&) = delete;
  ~OutputFile();  // without keep(): nothing is left

 private:
  OutputFile() = default;
  [[nodiscard]] base::Problem unwritable(int error) const;
  [[nodiscard]] base::Result<void> start_keeper(const std::string& unfinished);
  // Gives what the keeper answered: 0, or the errno of the renaming.
  int ask_keeper(bool keep);

  std::filesystem::path path_;
  int fd_ = -1;
  int keeper_ = -1;  // a socket to it; none where the file is written as it is
  pid_t keeper_process_ = -1;
  int error_ = 0;  // of the first write that failed
};

}  // namespace rapport::server
