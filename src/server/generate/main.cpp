// bin/generate's program: writes what is generated from the object files of a source tree and from
// the program itself, or says (--check) which of it is no longer as they have it.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "server/generate/manual.hpp"
#include "server/generate/reference.hpp"
#include "server/generate/schema.hpp"
#include "server/openapi/openapi.hpp"

namespace {

using rapport::entity::ObjectFile;
using rapport::server::GeneratedFile;

std::string read(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return std::move(text).str();
}

bool write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream stream(path, std::ios::binary);
  stream << text;
  return stream.good();
}

std::vector<GeneratedFile> generated(const std::filesystem::path& root, std::string& problem) {
  auto files = rapport::entity::object_files_below(root / "src");
  if (!files) {
    problem = files.error().message;
    return {};
  }
  for (ObjectFile& file : *files) {
    file.path = std::filesystem::relative(file.path, root).generic_string();
  }
  const auto catalog = rapport::entity::catalog_of_files(*files);
  if (!catalog) {
    problem = catalog.error().details;
    return {};
  }
  auto all = rapport::server::views_of(**catalog, *files);
  all.push_back(rapport::server::reference_of(**catalog));
  all.push_back(rapport::server::command_line_page());
  all.push_back(rapport::server::configuration_page());
  all.push_back({"openapi.json", rapport::server::openapi(**catalog) + "\n"});
  return all;
}

int print_schema(const std::string& folder) {
  const auto schema = rapport::server::fresh_schema(folder);
  if (!schema) {
    fmt::print(stderr, "{} {}\n", schema.error().message, schema.error().details);
    return 1;
  }
  fmt::print("{}", *schema);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Writes what is generated from the object files and the program.");
  std::string root = ".";
  std::string openapi_file;
  std::string schema_folder;
  bool check = false;
  app.add_option("--root", root, "The source tree.")->check(CLI::ExistingDirectory);
  app.add_option("--openapi", openapi_file, "Writes the OpenAPI document here and nothing else.");
  app.add_option("--schema", schema_folder,
                 "Makes a new database in this folder, prints its schema, and does nothing else.");
  app.add_flag("--check", check, "Changes nothing; fails where a file is not up to date.");
  CLI11_PARSE(app, argc, argv);
  if (!schema_folder.empty()) return print_schema(schema_folder);
  std::string problem;
  const auto files = generated(root, problem);
  if (files.empty()) {
    fmt::print(stderr, "{}\n", problem);
    return 1;
  }
  int stale = 0;
  for (const auto& file : files) {
    const bool is_openapi = file.path == "openapi.json";  // served, not checked in
    if (is_openapi != !openapi_file.empty()) continue;
    const auto path =
        is_openapi ? std::filesystem::path(openapi_file) : std::filesystem::path(root) / file.path;
    if (!is_openapi && read(path) == file.text) continue;
    if (check) {
      fmt::print(stderr, "{} is not up to date: run bin/generate\n", file.path);
      ++stale;
    } else if (!write(path, file.text)) {
      fmt::print(stderr, "{} cannot be written\n", path.string());
      return 1;
    } else {
      fmt::print("{}\n", path.string());
    }
  }
  return stale > 0 ? 1 : 0;
}
