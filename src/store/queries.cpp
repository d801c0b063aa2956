#include "store/queries.hpp"

#include <mutex>
#include <stdexcept>

#include "base/embedded.hpp"
#include "base/text.hpp"

namespace rapport::store {

namespace {

constexpr std::string_view kMark = "-- name:";
constexpr std::string_view kEnding = "_queries.sql";

[[noreturn]] void fail(std::string_view file, const std::string& what) {
  throw std::logic_error(std::string(file) + "_queries.sql: " + what);
}

// "src/platform/access/session_queries.sql" → "session"
std::string_view name_of(std::string_view path) {
  path.remove_prefix(path.rfind('/') + 1);
  path.remove_suffix(kEnding.size());
  return path;
}

bool only_comments(std::string_view text) {
  for (const std::string_view line : base::split(text, '\n')) {
    const std::string_view rest = base::trimmed(line);
    if (!rest.empty() && !rest.starts_with("--")) return false;
  }
  return true;
}

}  // namespace

QueryFile::QueryFile(std::string_view name, std::string_view text) : name_(name) {
  std::string_view current;
  std::size_t body = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.starts_with(kMark)) {
      add(current, text.substr(body, at - body));
      current = base::trimmed(line.substr(kMark.size()));
      if (current.empty()) fail(name_, "a name is empty");
      body = std::min(end + 1, text.size());
    }
    at = end + 1;
  }
  add(current, text.substr(body));
}

void QueryFile::add(std::string_view name, std::string_view sql) {
  if (name.empty()) {
    if (!only_comments(sql)) fail(name_, "there is text before the first name");
    return;
  }
  if (only_comments(sql)) fail(name_, "'" + std::string(name) + "' has no statement");
  sql = base::trimmed(sql);
  if (sql.ends_with(';')) sql.remove_suffix(1);
  const auto [unused, fresh] = statements_.emplace(
      std::string(name), Named{name_ + "." + std::string(name), std::string(sql)});
  if (!fresh) fail(name_, "'" + std::string(name) + "' stands twice");
}

Statement QueryFile::operator[](std::string_view name) const {
  if (const auto found = statements_.find(name); found != statements_.end()) {
    return {found->second.full_name, found->second.sql};
  }
  std::vector<std::string> known;
  known.reserve(statements_.size());
  for (const auto& [each, unused] : statements_) known.push_back(each);
  const auto meant = base::nearest(name, known);
  fail(name_, "there is no '" + std::string(name) + "'" +
                  (meant ? "; did you mean '" + *meant + "'?" : ""));
}

const QueryFile& queries(std::string_view name) {
  static std::mutex mutex;
  static std::map<std::string, QueryFile, std::less<>> files;
  const std::lock_guard lock(mutex);
  if (const auto found = files.find(name); found != files.end()) return found->second;
  for (const base::EmbeddedFile& each : base::embedded_query_files()) {
    if (name_of(each.path) != name) continue;
    return files.emplace(std::string(name), QueryFile(name, each.text)).first->second;
  }
  fail(name, "there is no such file in src/");
}

}  // namespace rapport::store
