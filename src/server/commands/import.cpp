#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <system_error>

#include "base/json.hpp"
#include "platform/exchange/exchange.hpp"
#include "server/commands/command_line.hpp"
#include "server/commands/remote.hpp"
#include "server/data_folder.hpp"

namespace rapport::server {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t mapping_bytes_max = 1 << 20;

struct ImportFlags {
  std::string file, mapping, server, undo;
};

base::Problem unreadable(const fs::path& path, int error) {
  return base::refuse(base::ProblemKind::invalid, "import.unreadable",
                      "Cannot read " + path.string() + ".",
                      std::generic_category().message(error) + ".")
      .error();
}

base::Result<std::string> text_of(const std::string& path) {
  const auto refuse = [&](std::string why) {
    return base::refuse(base::ProblemKind::invalid, "import.mapping_unreadable",
                        "Cannot read the mapping " + path + ".", std::move(why));
  };
  std::error_code none;
  if (fs::is_directory(path, none)) return refuse("It is a folder.");
  std::ifstream in(path, std::ios::binary);
  if (!in) return refuse(std::generic_category().message(errno) + ".");
  std::string text(mapping_bytes_max + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) return refuse("The disk fails.");
  if (in) return refuse(fmt::format("It has more than {} bytes.", mapping_bytes_max));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

// The file, opened with the rights the command was started with: as root they are given up before
// the data is opened, and the file may lie where the unprivileged user cannot look.
class OpenedFile {
 public:
  explicit OpenedFile(const std::string& path)
      : path_(fs::absolute(path)), fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~OpenedFile() {
    if (fd_ >= 0) ::close(fd_);
  }
  OpenedFile(const OpenedFile&) = delete;
  OpenedFile& operator=(const OpenedFile&) = delete;
  [[nodiscard]] bool opened() const { return fd_ >= 0; }

  [[nodiscard]] base::Result<platform::FileToKeep> to_keep(const fs::path& data) const {
    platform::FileToKeep file{.path = path_, .name = path_.filename().string()};
    if (::access(path_.c_str(), R_OK) == 0) return file;
    const fs::path uploads = data / "uploads";
    std::error_code error;
    fs::create_directories(uploads, error);
    file.path = uploads / fmt::format("import-{}", ::getpid());
    file.move = true;
    std::ofstream out(file.path, std::ios::binary);
    auto copied = copy_to(out);
    if (copied && out.flush()) return file;
    out.close();
    fs::remove(file.path, error);
    if (!copied) return std::unexpected(copied.error());
    return base::refuse(base::ProblemKind::unavailable, "import.no_room",
                        "Cannot copy " + path_.string() + " to the data folder.",
                        "It is written to " + uploads.string() + ".");
  }

 private:
  // A part of the file must not pass for the whole: rows would be missing and nobody told.
  base::Result<void> copy_to(std::ostream& out) const {
    std::array<char, 1 << 16> piece{};
    while (true) {
      const ssize_t n = ::read(fd_, piece.data(), piece.size());
      if (n == 0) return {};
      if (n > 0)
        out.write(piece.data(), n);
      else if (errno != EINTR)
        return std::unexpected(unreadable(path_, errno));
    }
  }

  fs::path path_;
  int fd_;
};

void print(const CommandLine& line, const platform::ImportStatus& status,
           const std::string& rejected_file) {
  if (line.json) {
    std::printf("%s\n", platform::to_json(status, rejected_file).c_str());
    return;
  }
  const auto& rows = status.rows;
  std::printf("Import %s: %s.\n", base::to_text(status.id).c_str(),
              std::string(name_of(status.state)).c_str());
  std::printf("Received %lld = created %lld + updated %lld + unchanged %lld + rejected %lld.\n",
              static_cast<long long>(rows.received), static_cast<long long>(rows.created),
              static_cast<long long>(rows.updated), static_cast<long long>(rows.unchanged),
              static_cast<long long>(rows.rejected));
  if (!rejected_file.empty()) std::printf("Rejected rows: %s\n", rejected_file.c_str());
  if (!status.problem.empty()) std::printf("%s\n", status.problem.c_str());
}

int finish(const CommandLine& line, platform::Exchange& exchange,
           const base::Result<platform::ImportStatus>& status) {
  if (!status) return fail(line, status.error());
  std::string rejected;
  if (auto path = exchange.rejected_file(entity::program({}), status->id))
    rejected = path->string();
  print(line, *status, rejected);
  return status->state == platform::ImportState::failed ? exit_failed : exit_done;
}

bool show_progress(const platform::ImportStatus& status) {
  if (::isatty(STDERR_FILENO))
    std::fprintf(stderr, "\r%lld rows", static_cast<long long>(status.rows_done));
  return true;
}

int import_here(const CommandLine& line, const ImportFlags& flags) {
  auto mapping = text_of(flags.mapping);
  if (!mapping) return fail(line, mapping.error());
  OpenedFile opened(flags.file);
  if (!opened.opened()) return fail(line, unreadable(flags.file, errno));
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto& exchange = (*application)->exchange();
  auto file = opened.to_keep((*application)->data());
  if (!file) return fail(line, file.error());
  auto kept = exchange.keep_file(entity::program({}), *file);
  if (!kept) return fail(line, kept.error());
  auto caller = entity::program({.kind = "import", .id = {}, .depth = 0});
  auto import = exchange.start(caller, *kept, *mapping);
  if (!import) return fail(line, import.error());
  auto status = exchange.run(caller, *import, show_progress);
  if (::isatty(STDERR_FILENO)) std::fprintf(stderr, "\n");
  return finish(line, exchange, status);
}

int undo_here(const CommandLine& line, const base::Id& import) {
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto& exchange = (*application)->exchange();
  auto caller = entity::program({.kind = "undo", .id = {}, .depth = 0});
  if (auto begun = exchange.undo(caller, import); !begun) return fail(line, begun.error());
  return finish(line, exchange, exchange.run(caller, import, show_progress));
}

int run_import(const CommandLine& line, const ImportFlags& flags) {
  if (!flags.undo.empty()) {
    auto id = base::parse_id(flags.undo);
    if (!id) {
      std::fprintf(stderr, "rapport: \"%s\" is not the id of an import.\n", flags.undo.c_str());
      return exit_usage;
    }
    return flags.server.empty() ? undo_here(line, *id)
                                : undo_remotely(line, flags.server, flags.undo);
  }
  if (flags.file.empty() || flags.mapping.empty()) {
    std::fprintf(stderr,
                 "rapport: name the file and its mapping: "
                 "rapport import FILE --mapping FILE.yaml\n");
    return exit_usage;
  }
  if (flags.server.empty()) return import_here(line, flags);
  auto mapping = text_of(flags.mapping);
  if (!mapping) return fail(line, mapping.error());
  return import_remotely(line, flags.server, flags.file, *mapping);
}

}  // namespace

void add_import(CLI::App& program, CommandLine& line) {
  auto flags = std::make_shared<ImportFlags>();
  auto* command = program.add_subcommand(
      "import", "Imports a CSV file; prints what became of its rows. `import undo ID` takes back.");
  command->add_option("file", flags->file, "The file.")->type_name("FILE");
  command->add_option("--mapping", flags->mapping, "What its columns mean (YAML or JSON).")
      ->type_name("FILE.yaml");
  command
      ->add_option("--server", flags->server,
                   "Import through a running server instead; the key comes from RAPPORT_KEY.")
      ->type_name("URL");
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback(
      [&line, flags] { line.run = [&line, flags] { return run_import(line, *flags); }; });

  auto* undo = command->add_subcommand("undo", "Takes an import back.");
  undo->add_option("import", flags->undo, "The import.")->required()->type_name("ID");
  undo->add_option("--server", flags->server, "Through a running server; key: RAPPORT_KEY.")
      ->type_name("URL");
  add_setting_flags(*undo, line, false);
  add_json_flag(*undo, line);
}

}  // namespace rapport::server
