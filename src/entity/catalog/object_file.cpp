#include "entity/catalog/object_file.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "base/embedded.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "entity/catalog/check_catalog.hpp"
#include "entity/catalog/object_json.hpp"
#include "entity/catalog/object_schema.hpp"
#include "entity/catalog/yaml_json.hpp"

namespace rapport::entity {
namespace {

using base::FieldProblem;
using base::Result;

struct Read {
  ObjectType object;
  const ObjectFile* file = nullptr;
  Lines lines;
};

// "src/crm/sales/orders/order.object.yaml" → "sales"; elsewhere the floor: "platform".
std::string wing_of(std::string_view path) {
  const auto parts = base::split(path, '/');
  for (std::size_t i = 0; i + 2 < parts.size(); ++i) {
    if (parts[i] != "src") continue;
    return std::string(parts[i + 1] == "crm" && i + 3 < parts.size() ? parts[i + 2] : parts[i + 1]);
  }
  return {};
}

class Reader {
 public:
  Result<std::vector<Read>> read(std::span<const ObjectFile> files) {
    for (const ObjectFile& file : files) read_one(file);
    if (!faults_.empty()) return std::unexpected(problem());
    return std::move(objects_);
  }

  void fault(const ObjectFile& file, int line, std::string message) {
    faults_.push_back(
        {fmt::format("{}:{}", file.path, line), "catalog.invalid", std::move(message)});
  }

  base::Problem problem() {
    base::Problem problem{.kind = base::ProblemKind::invalid,
                          .code = "catalog.invalid",
                          .message = faults_.front().field + ": " + faults_.front().message,
                          .details = {},
                          .hint = {},
                          .fields = {},
                          .extra = {}};
    for (const auto& fault : faults_) problem.details += fault.field + ": " + fault.message + "\n";
    problem.fields = std::move(faults_);
    return problem;
  }

 private:
  void read_one(const ObjectFile& file) {
    Read one;
    one.file = &file;
    const auto json = json_of_yaml(file.text, one.lines);
    if (!json) {
      faults_.push_back(
          {file.path + ":" + json.error().field, json.error().code, json.error().message});
      return;
    }
    std::vector<FieldProblem> found = schema_faults(*json);
    if (found.empty()) {
      one.object = object_from_json(*json, found);
      if (one.object.wing.empty()) one.object.wing = wing_of(file.path);
      complete(one.object);
      const std::size_t own = 1 + one.object.name.size();
      for (auto& undeclared : undeclared_in(one.object)) {
        undeclared.field.erase(0, own);  // the file is about one object
        found.push_back(std::move(undeclared));
      }
    }
    for (auto& each : found) fault(file, one.lines.at(each.field), std::move(each.message));
    objects_.push_back(std::move(one));
  }

  std::vector<Read> objects_;
  std::vector<FieldProblem> faults_;
};

}  // namespace

std::vector<ObjectFile> embedded_object_types() {
  std::vector<ObjectFile> files;
  for (const auto& file : base::embedded_object_files()) {
    files.push_back({std::string(file.path), std::string(file.text)});
  }
  return files;
}

Result<std::vector<ObjectFile>> object_files_below(const std::filesystem::path& folder) {
  std::vector<ObjectFile> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder, error)) {
    const std::string path = entry.path().generic_string();
    if (!path.ends_with(".object.yaml")) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    if (!stream) {
      return base::refuse(base::ProblemKind::internal, "catalog.unreadable",
                          fmt::format("{} cannot be read.", path));
    }
    files.push_back({path, std::move(text).str()});
  }
  if (error) {
    return base::refuse(base::ProblemKind::internal, "catalog.unreadable",
                        fmt::format("{} cannot be read: {}.", folder.string(), error.message()));
  }
  std::ranges::sort(files, {}, &ObjectFile::path);
  return files;
}

Result<std::vector<ObjectType>> read_object_files(std::span<const ObjectFile> files) {
  auto read = Reader().read(files);
  if (!read) return std::unexpected(std::move(read.error()));
  std::vector<ObjectType> objects;
  for (auto& one : *read) objects.push_back(std::move(one.object));
  return objects;
}

Result<std::shared_ptr<const Catalog>> catalog_of_files(std::span<const ObjectFile> files) {
  Reader reader;
  auto read = reader.read(files);
  if (!read) return std::unexpected(std::move(read.error()));
  std::vector<ObjectType> objects;
  std::map<std::string, const Read*, std::less<>> by_name;
  for (const auto& one : *read) {
    objects.push_back(one.object);
    by_name.emplace(one.object.name, &one);
  }
  auto catalog = Catalog::of(std::move(objects));
  if (catalog) return catalog;
  for (auto& found : catalog.error().fields) {
    // "/person/fields/company/to" → the file of person, "/fields/company/to"
    const auto end = found.field.find('/', 1);
    const auto one = by_name.find(found.field.substr(1, end == std::string::npos ? end : end - 1));
    if (one == by_name.end()) continue;
    const std::string rest = end == std::string::npos ? "" : found.field.substr(end);
    reader.fault(*one->second->file, one->second->lines.at(rest), found.message);
  }
  return std::unexpected(reader.problem());
}

}  // namespace rapport::entity
