#include "platform/search/finding.hpp"

#include <algorithm>
#include <tuple>

#include "base/text.hpp"
#include "store/queries.hpp"

namespace rapport::platform {
namespace {

const store::QueryFile& queries() {
  return store::queries("search");
}
const store::Statement kPrefix = queries()["prefix"];
const store::Statement kNarrowed = queries()["narrowed"];
const store::Statement kAcross = queries()["across"];
const store::Statement kRecent = queries()["recent"];
const store::Statement kById = queries()["by_id"];
const store::Statement kTitles = queries()["titles"];
const store::Statement kSimilarThreshold = queries()["similar_threshold"];
const store::Statement kSimilar = queries()["similar"];

constexpr int kKeysOfAPrefix = 100;    // read of one object type, class and prefix
constexpr int kKeysToNarrow = 2000;    // scanned for keys that hold the other words, too
constexpr int kRecordsToCross = 300;   // whose whole text is read
constexpr int kRecentRecords = 200;    // newest records looked at, of each object type
constexpr int kSimilarWords = 60;      // that share letters; the nearest of them are spelt out
constexpr std::size_t kSpellings = 6;  // of one typed word
constexpr std::size_t kPhrases = 40;   // spelt out at most
constexpr std::size_t kTitlesPerObject = 60;
constexpr std::string_view kSimilarity = "0.22";

using Column = std::vector<std::optional<std::string>>;

std::unexpected<base::Problem> failed(const store::DatabaseError& error) {
  return std::unexpected(store::as_problem(error));
}

// Whether the words of the phrase stand in the text, none of them longer than typed.
bool holds_whole(std::string_view text, std::string_view phrase) {
  const auto at = (" " + std::string(text) + " ").find(" " + std::string(phrase) + " ");
  return !phrase.empty() && at != std::string::npos;
}

// LIKE patterns of "some word begins so", for a text with a space before it.
std::string word_pattern(const std::string& word) {
  return "% " + word + "%";  // Search form has no % and no _.
}

// How far a spelling may be from the word: short words have too many neighbours.
int distance_allowed(std::size_t letters) {
  return letters < 4 ? 0 : letters < 7 ? 1 : 2;
}

// Each way to say the phrase with one spelling of each word, nearest first.
std::vector<std::string> phrases_of(const std::vector<std::vector<std::string>>& spellings) {
  std::vector<std::string> phrases{""};
  for (const auto& choices : spellings) {
    std::vector<std::string> longer;
    for (const auto& phrase : phrases) {
      for (const auto& choice : choices) {
        if (longer.size() >= kPhrases) break;
        longer.push_back(phrase.empty() ? choice : phrase + ' ' + choice);
      }
    }
    phrases = std::move(longer);
  }
  return phrases;
}

std::string_view name_of(Met met) {
  switch (met) {
    case Met::by_id:
      return "id";
    case Met::similar:
      return "similar";
    default:
      return "prefix";
  }
}

}  // namespace

Finding::Finding(store::Transaction& transaction, std::vector<Searched> where, Typed typed,
                 int limit)
    : transaction_(transaction),
      where_(std::move(where)),
      typed_(std::move(typed)),
      limit_(static_cast<std::size_t>(limit)) {
  for (const auto& searched : where_) {
    for (const char cls : searched.classes) {
      objects_.emplace_back(searched.object->name);
      classes_.emplace_back(std::string(1, cls));
    }
  }
}

void Finding::add(const std::string& object, const base::Id& id, Met met, char cls) {
  const auto [at, fresh] = hits_[object].try_emplace(id);
  auto& hit = at->second;
  if (fresh || std::pair(met, cls) < std::pair(hit.met, hit.cls)) {
    hit.met = met;
    hit.cls = cls;
  }
}

bool Finding::filled(const std::string& object) const {
  const auto found = hits_.find(object);
  return found != hits_.end() && found->second.size() >= limit_;
}

std::size_t Finding::found_so_far() const {
  std::size_t count = 0;
  for (const auto& [object, of_object] : hits_) count += of_object.size();
  return count;
}

std::pair<Column, Column> Finding::open_places() const {
  Column objects, classes;
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    if (filled(*objects_[i])) continue;
    objects.push_back(objects_[i]);
    classes.push_back(classes_[i]);
  }
  return {std::move(objects), std::move(classes)};
}

base::Result<void> Finding::run() {
  if (typed_.id) {
    if (const auto done = by_id(); !done) return done;
  }
  if (const auto done = by_prefixes(typed_.prefixes, Met::prefix); !done) return done;
  if (!popular_.empty() && typed_.words.size() == 1) {
    if (const auto done = by_recent(); !done) return done;
  }
  if (typed_.words.size() > 1 && found_so_far() < limit_) {
    if (const auto done = by_narrowing(); !done) return done;
  }
  if (found_so_far() < limit_) {
    if (const auto done = by_spelling(); !done) return done;
  }
  return read_titles();
}

base::Result<void> Finding::by_id() {
  Column objects;
  for (const auto& searched : where_) objects.emplace_back(searched.object->name);
  const auto rows = transaction_.run(kById, store::Params().id(*typed_.id).array(objects));
  if (!rows) return failed(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    add(std::string(rows->text(i, 0)), rows->id(i, 1), Met::by_id, 'A');
  }
  return {};
}

base::Result<void> Finding::by_prefixes(const std::vector<std::string>& prefixes, Met met) {
  const auto [objects, classes] = open_places();
  if (objects.empty() || prefixes.empty()) return {};
  const Column columns(prefixes.begin(), prefixes.end());
  const auto rows = transaction_.run(
      kPrefix,
      store::Params().array(objects).array(classes).array(columns).integer(kKeysOfAPrefix));
  if (!rows) return failed(rows.error());
  std::map<std::string, int> counts;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const std::string object(rows->text(i, 0));
    const auto& prefix = prefixes[static_cast<std::size_t>(rows->integer(i, 2)) - 1];
    const auto rest = rows->text(i, 3).substr(prefix.size());
    // The whole word, or words, rather than the beginning of a longer one.
    const bool whole = rest.empty() || rest.front() == ' ';
    add(object, rows->id(i, 4), met == Met::prefix && whole ? Met::exact : met,
        rows->text(i, 1)[0]);
    if (++counts[object] >= kKeysOfAPrefix) popular_.insert(object);
  }
  return {};
}

base::Result<void> Finding::by_recent() {
  Column objects, patterns;
  for (const auto& searched : where_) {
    const auto& name = searched.object->name;
    if (popular_.contains(name) && searched.classes.find('A') != std::string::npos) {
      objects.emplace_back(name);
    }
  }
  for (const auto& word : typed_.words) patterns.emplace_back(word_pattern(word));
  if (objects.empty()) return {};
  const auto rows = transaction_.run(
      kRecent, store::Params().array(objects).array(patterns).integer(kRecentRecords));
  if (!rows) return failed(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const bool whole = holds_whole(rows->text(i, 2), typed_.phrase);
    add(std::string(rows->text(i, 0)), rows->id(i, 1), whole ? Met::exact : Met::prefix, 'A');
  }
  return {};
}

base::Result<void> Finding::by_narrowing() {
  const auto [objects, classes] = open_places();
  Column words, others;
  for (const auto& word : typed_.words) {
    std::string patterns;
    for (const auto& other : typed_.words) {
      if (&other == &word) continue;
      if (!patterns.empty()) patterns += '\n';
      patterns += word_pattern(other);
    }
    words.emplace_back(word);
    others.emplace_back(std::move(patterns));
  }
  const auto rows = transaction_.run(kNarrowed, store::Params()
                                                    .array(objects)
                                                    .array(classes)
                                                    .array(words)
                                                    .array(others)
                                                    .integer(kKeysToNarrow)
                                                    .integer(kKeysOfAPrefix));
  if (!rows) return failed(rows.error());
  // Of each object type the word that fewest keys begin with.
  std::map<std::string, std::map<std::string, std::int64_t>> scanned;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const std::string object(rows->text(i, 0));
    const auto& word = typed_.words[static_cast<std::size_t>(rows->integer(i, 2)) - 1];
    scanned[object][word] += rows->integer(i, 3);
    if (rows->text(i, 4).empty()) continue;
    for (const auto text : base::split(rows->text(i, 4), ' ')) {
      if (const auto id = base::parse_id(text))
        add(object, *id, Met::narrowed, rows->text(i, 1)[0]);
    }
  }
  std::map<std::string, std::string> rarest;
  for (const auto& [object, counts] : scanned) {
    if (filled(object)) continue;
    const auto least =
        std::min_element(counts.begin(), counts.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    // A word that no field has leaves nothing to be found across fields; where all are popular,
    // the few records that could be read say little.
    if (least->second > 0 && least->second < kKeysToNarrow) rarest.emplace(object, least->first);
  }
  return rarest.empty() ? base::Result<void>() : by_crossing(rarest);
}

base::Result<void> Finding::by_crossing(const std::map<std::string, std::string>& rarest) {
  Column objects, classes, words, patterns;
  for (std::size_t i = 0; i < objects_.size(); ++i) {
    const auto word = rarest.find(*objects_[i]);
    if (word == rarest.end()) continue;
    objects.push_back(objects_[i]);
    classes.push_back(classes_[i]);
    words.emplace_back(word->second);
  }
  for (const auto& word : typed_.words) patterns.emplace_back(word_pattern(word));
  const auto rows = transaction_.run(kAcross, store::Params()
                                                  .array(objects)
                                                  .array(classes)
                                                  .array(words)
                                                  .array(objects_)
                                                  .array(classes_)
                                                  .integer(kRecordsToCross)
                                                  .array(patterns)
                                                  .integer(kKeysOfAPrefix));
  if (!rows) return failed(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    add(std::string(rows->text(i, 0)), rows->id(i, 1), Met::across, 'A');
  }
  return {};
}

base::Result<void> Finding::by_spelling() {
  Column typed;
  for (const auto& word : typed_.words) {
    // Null asks for none: short words have too many neighbours.
    const bool asked = distance_allowed(base::characters(word)) > 0;
    typed.push_back(asked ? std::optional(word) : std::nullopt);
  }
  if (std::none_of(typed.begin(), typed.end(), [](const auto& word) { return word.has_value(); })) {
    return {};
  }
  (void)transaction_.send(kSimilarThreshold, store::Params().text(kSimilarity));
  const auto rows = transaction_.run(kSimilar, store::Params().array(typed).integer(kSimilarWords));
  if (!rows) return failed(rows.error());
  std::vector<std::vector<std::pair<int, std::string>>> near(typed_.words.size());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const auto n = static_cast<std::size_t>(rows->integer(i, 0)) - 1;
    const auto& word = typed_.words[n];
    const int most = distance_allowed(base::characters(word));
    const bool last = n + 1 == typed_.words.size();
    const int distance = spelling_distance(word, rows->text(i, 1), last, most);
    if (distance <= most) near[n].emplace_back(distance, std::string(rows->text(i, 1)));
  }
  std::vector<std::vector<std::string>> spellings;
  bool any = false;
  for (std::size_t n = 0; n < near.size(); ++n) {
    std::sort(near[n].begin(), near[n].end());
    std::vector<std::string> choices{typed_.words[n]};
    for (const auto& [distance, word] : near[n]) {
      if (choices.size() > kSpellings) break;
      if (word == typed_.words[n]) continue;
      choices.push_back(word);
      any = true;
    }
    spellings.push_back(std::move(choices));
  }
  if (!any) return {};
  auto phrases = phrases_of(spellings);
  phrases.erase(phrases.begin());  // As typed: that was looked for already.
  return by_prefixes(phrases, Met::similar);
}

base::Result<void> Finding::read_titles() {
  Column objects;
  std::vector<base::Id> ids;
  for (auto& [object, of_object] : hits_) {
    // The best by what is known before the titles are read; of equals, the newest.
    std::vector<std::pair<std::tuple<Met, char>, base::Id>> best;
    for (const auto& [id, hit] : of_object) best.push_back({{hit.met, hit.cls}, id});
    std::sort(best.begin(), best.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first < b.first : a.second > b.second;
    });
    for (std::size_t i = 0; i < best.size(); ++i) {
      if (i >= std::max(limit_, kTitlesPerObject)) {
        of_object.erase(best[i].second);
        continue;
      }
      objects.emplace_back(object);
      ids.push_back(best[i].second);
    }
  }
  if (ids.empty()) return {};
  const auto rows = transaction_.run(kTitles, store::Params().array(objects).ids(ids));
  if (!rows) return failed(rows.error());
  for (std::size_t i = 0; i < rows->size(); ++i) {
    auto& hit = hits_[std::string(rows->text(i, 0))][rows->id(i, 1)];
    hit.title = rows->text(i, 2);
    hit.subtitle = rows->text(i, 3);
    hit.begins_title = base::search_form(hit.title).starts_with(typed_.phrase);
  }
  return {};
}

std::vector<Found> Finding::found(const entity::Caller& caller) const {
  std::vector<Found> all;
  for (const auto& searched : where_) {
    const auto of_object = hits_.find(searched.object->name);
    if (of_object == hits_.end()) continue;
    std::vector<std::pair<base::Id, const Hit*>> best;
    for (const auto& [id, hit] : of_object->second) best.emplace_back(id, &hit);
    std::sort(best.begin(), best.end(), [](const auto& a, const auto& b) {
      const auto rank = [](const Hit& hit) {
        // Exact and prefix of the title first, then exact and prefix of other words.
        return std::tuple(hit.met > Met::prefix ? hit.met : Met::by_id, !hit.begins_title, hit.met,
                          hit.cls);
      };
      const auto ra = rank(*a.second), rb = rank(*b.second);
      return ra != rb ? ra < rb : a.first > b.first;  // Of equals, the newest.
    });
    if (best.size() > limit_) best.resize(limit_);
    const auto* title = searched.object->find(searched.object->title);
    const bool sees_title = caller.policy->may_see(*searched.object, *title);
    const bool sees_subtitle = searched.classes.find('A') != std::string::npos;
    for (const auto& [id, hit] : best) {
      all.push_back({.object = searched.object->name,
                     .id = id,
                     .title = sees_title ? hit->title : std::string(),
                     .subtitle = sees_subtitle ? hit->subtitle : std::string(),
                     .matched = std::string(name_of(hit->met))});
    }
  }
  return all;
}

}  // namespace rapport::platform
