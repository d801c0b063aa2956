#include "platform/search/search_projection.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "entity/road.hpp"
#include "platform/search/search_keys.hpp"
#include "store/queries.hpp"

namespace rapport::platform {
namespace {

const store::QueryFile& queries() {
  return store::queries("search");
}
const store::Statement kKnown = queries()["known"];
const store::Statement kRemoveRows = queries()["remove_rows"];
const store::Statement kPutRows = queries()["put_rows"];
const store::Statement kRemoveWords = queries()["remove_words"];
const store::Statement kPutWords = queries()["put_words"];
const store::Statement kLearnWords = queries()["learn_words"];

constexpr std::string_view kProjectionVersion = "1";
constexpr std::size_t kSubtitleParts = 2;
constexpr std::size_t kTitleBytesMax = 300;

// One search row: what is kept of one class of one record.
struct Row {
  std::string title, subtitle, text;
  std::vector<std::string> words;
  friend bool operator==(const Row&, const Row&) = default;
};
using RowKey = std::pair<base::Id, char>;
using RowMap = std::map<RowKey, Row>;

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) {
    if (!text.empty()) text += '\n';
    text += word;
  }
  return text;
}

// Statements take columns: one array each.
using Column = std::vector<std::optional<std::string>>;

struct WordColumns {
  Column classes, words;
  std::vector<base::Id> ids;
};

WordColumns columns_of(std::vector<std::tuple<char, std::string, base::Id>> words) {
  std::sort(words.begin(), words.end());  // neighbours of the index together
  WordColumns columns;
  for (auto& [cls, word, id] : words) {
    columns.classes.emplace_back(std::string(1, cls));
    columns.words.emplace_back(std::move(word));
    columns.ids.push_back(id);
  }
  return columns;
}

void send_words(store::Transaction& transaction, const store::Statement& statement,
                const std::string& object,
                std::vector<std::tuple<char, std::string, base::Id>> words) {
  if (words.empty()) return;
  const auto columns = columns_of(std::move(words));
  (void)transaction.send(
      statement,
      store::Params().text(object).array(columns.classes).array(columns.words).ids(columns.ids));
}

std::string clipped(std::string text) {
  if (text.size() <= kTitleBytesMax) return text;
  std::size_t most = kTitleBytesMax;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  text.resize(most);
  return text;
}

// What tells a record from its namesakes: the first fields of its list that everybody sees who sees
// class A.
std::vector<const entity::Field*> subtitle_fields(const entity::ObjectType& object) {
  std::vector<const entity::Field*> fields;
  for (const auto& name : object.list.columns) {
    const auto* field = object.find(name);
    if (field == nullptr || field->name == object.title || field->search != 'A') continue;
    fields.push_back(field);
  }
  return fields;
}

struct Wanted {
  std::vector<const entity::Field*> searched, subtitle;
  const entity::Field* title = nullptr;
  std::vector<std::string> names;
};

Wanted wanted_of(const entity::ObjectType& object) {
  Wanted wanted{.searched = searched_fields(object),
                .subtitle = subtitle_fields(object),
                .title = object.find(object.title),
                .names = {}};
  std::set<std::string> names{object.title};
  for (const auto* field : wanted.searched) names.insert(field->name);
  if (object.name == "person" && object.find("kind") != nullptr) names.insert("kind");
  wanted.names.assign(names.begin(), names.end());
  return wanted;
}

class RecordValues {
 public:
  RecordValues(const entity::Page& page, const entity::Record& record)
      : page_(page), record_(record) {}
  const base::Value& operator[](std::string_view name) const {
    static const base::Value none;
    for (std::size_t i = 0; i < page_.columns.size(); ++i) {
      if (page_.columns[i].name == name) return record_.values[i];
    }
    return none;
  }

 private:
  const entity::Page& page_;
  const entity::Record& record_;
};

bool is_stand_in(const RecordValues& values) {
  const auto* kind = std::get_if<std::string>(&values["kind"]);
  return kind != nullptr && *kind == "anonymous";
}

void add_rows(const Wanted& wanted, const base::Id& id, const RecordValues& values, RowMap& rows,
              std::set<std::string>& vocabulary) {
  std::vector<SearchedValue> searched;
  for (const auto* field : wanted.searched) {
    searched.push_back({field->search, field->type, &values[field->name]});
  }
  for (auto& [cls, texts] : search_texts(searched)) {
    vocabulary.insert(texts.vocabulary.begin(), texts.vocabulary.end());
    rows[{id, cls}] = {
        .title = {}, .subtitle = {}, .text = std::move(texts.text), .words = std::move(texts.keys)};
  }
  auto& first = rows[{id, 'A'}];  // There always: it has the title.
  first.title = clipped(entity::to_text(*wanted.title, values[wanted.title->name]));
  std::size_t parts = 0;
  for (const auto* field : wanted.subtitle) {
    const auto text = entity::to_text(*field, values[field->name]);
    if (text.empty() || parts == kSubtitleParts) continue;
    if (parts++ > 0) first.subtitle += " · ";
    first.subtitle += text;
  }
  first.subtitle = clipped(std::move(first.subtitle));
}

base::Result<RowMap> known_rows(store::Transaction& transaction, const std::string& object,
                                std::span<const base::Id> ids) {
  const auto rows = transaction.run(kKnown, store::Params().text(object).ids(ids));
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  RowMap known;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    Row row{.title = std::string(rows->text(i, 2)),
            .subtitle = std::string(rows->text(i, 3)),
            .text = std::string(rows->text(i, 4)),
            .words = {}};
    if (!rows->text(i, 5).empty()) {
      for (const auto word : base::split(rows->text(i, 5), '\n')) row.words.emplace_back(word);
    }
    known.emplace(RowKey{rows->id(i, 0), rows->text(i, 1).empty() ? 'A' : rows->text(i, 1)[0]},
                  std::move(row));
  }
  return known;
}

// Sends the difference between what search knows and what it should.
void send_difference(store::Transaction& transaction, const std::string& object,
                     const RowMap& known, const RowMap& present) {
  std::vector<std::tuple<char, std::string, base::Id>> gone, fresh;
  std::vector<base::Id> gone_ids, put_ids;
  Column gone_classes, classes, titles, subtitles, texts, words;
  static const Row none;
  for (const auto& [key, row] : known) {
    const auto now = present.find(key);
    const auto& wanted = now == present.end() ? none : now->second;
    for (const auto& word : row.words) {
      if (!std::binary_search(wanted.words.begin(), wanted.words.end(), word)) {
        gone.emplace_back(key.second, word, key.first);
      }
    }
    if (now == present.end()) {
      gone_ids.push_back(key.first);
      gone_classes.emplace_back(std::string(1, key.second));
    }
  }
  for (const auto& [key, row] : present) {
    const auto before = known.find(key);
    if (before != known.end() && before->second == row) continue;
    const auto& had = before == known.end() ? none : before->second;
    for (const auto& word : row.words) {
      if (!std::binary_search(had.words.begin(), had.words.end(), word)) {
        fresh.emplace_back(key.second, word, key.first);
      }
    }
    put_ids.push_back(key.first);
    classes.emplace_back(std::string(1, key.second));
    titles.emplace_back(row.title);
    subtitles.emplace_back(row.subtitle);
    texts.emplace_back(row.text);
    words.emplace_back(joined(row.words));
  }
  send_words(transaction, kRemoveWords, object, std::move(gone));
  if (!gone_ids.empty()) {
    (void)transaction.send(kRemoveRows,
                           store::Params().text(object).ids(gone_ids).array(gone_classes));
  }
  if (!put_ids.empty()) {
    (void)transaction.send(kPutRows, store::Params()
                                         .text(object)
                                         .ids(put_ids)
                                         .array(classes)
                                         .array(titles)
                                         .array(subtitles)
                                         .array(texts)
                                         .array(words));
  }
  send_words(transaction, kPutWords, object, std::move(fresh));
}

}  // namespace

std::vector<const entity::Field*> searched_fields(const entity::ObjectType& object) {
  std::vector<const entity::Field*> fields;
  for (const auto& field : object.fields) {
    if (field.search != 0) fields.push_back(&field);
  }
  return fields;
}

bool is_searched(const entity::ObjectType& object) {
  return !object.torrent && object.navigable && object.find(object.title) != nullptr &&
         !searched_fields(object).empty();
}

std::string search_fingerprint(const entity::ObjectType& object) {
  std::string text(kProjectionVersion);
  text += ' ' + object.title;
  for (const auto* field : searched_fields(object)) {
    text +=
        ' ' + field->name + ':' + field->search + ':' + std::string(entity::name_of(field->type));
  }
  return text;
}

base::Result<void> refresh_search(store::Transaction& transaction, entity::Road& road,
                                  const entity::ObjectType& object, std::span<const base::Id> ids) {
  const auto wanted = wanted_of(object);
  for (std::size_t at = 0; at < ids.size(); at += kRefreshMax) {
    const auto some = ids.subspan(at, std::min(kRefreshMax, ids.size() - at));
    entity::Get get{.object = object.name,
                    .ids = {some.begin(), some.end()},
                    .fields = wanted.names,
                    .removed = false};
    const auto page = road.get(entity::program({.kind = "search", .id = {}, .depth = 0}), get);
    RowMap present;
    std::set<std::string> vocabulary;
    if (page) {
      for (const auto& record : page->records) {
        const RecordValues values(*page, record);
        if (!is_stand_in(values)) add_rows(wanted, record.id, values, present, vocabulary);
      }
    } else if (page.error().kind != base::ProblemKind::not_found) {  // All of them are gone.
      return std::unexpected(page.error());
    }
    const auto known = known_rows(transaction, object.name, some);
    if (!known) return std::unexpected(known.error());
    send_difference(transaction, object.name, *known, present);
    if (!vocabulary.empty()) {
      const Column words(vocabulary.begin(), vocabulary.end());
      (void)transaction.send(kLearnWords, store::Params().array(words));
    }
  }
  return {};
}

}  // namespace rapport::platform
