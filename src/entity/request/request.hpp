// What can be asked of the records: small sum types, the same for HTTP, import, jobs and commands.
// Bulk is the general case; one record is a list of one.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/json_fwd.hpp"
#include "base/problem.hpp"
#include "base/value.hpp"

namespace rapport::entity {

struct Limits {
  int list_default = 50;
  int list_max = 1000;
  int bulk_max = 1000;   // records of one HTTP write
  int chunk_max = 5000;  // records of one import chunk
};

// What each stage of one request took; `server` puts it into Server-Timing.
struct Timing {
  base::Duration plan{}, gather{}, rules{}, write{}, query{};
};

// ---- Reading -------------------------------------------------------------------------------

enum class Counting { none, estimated, exact };

struct Get {
  std::string object{};
  std::vector<base::Id> ids{};
  // Empty: all that are not hidden; "company.name" follows links.
  std::vector<std::string> fields{};
  bool removed = false;  // also from the bin
  bool titles = false;   // with "$title" and "$titles" of the links
};

// A set that no expression can say, by the name of its source and that one's parameters
// (entity/plan/sets.hpp): the records behind a mark of a figure.
struct SetMark {
  std::string name{};
  std::vector<std::string> parameters{};
};

struct List {
  std::string object{};
  std::string where{};           // expression text, or
  std::string where_tree{};      // its JSON tree
  std::optional<SetMark> set{};  // beside the condition: of this set alone
  // "name", "-created_at", "company.name"; the id is always last. Empty: the order of the object
  // file where an index serves it, else the id.
  std::vector<std::string> order{};
  std::string after{};  // cursor of the page before
  int offset = 0;       // instead of a cursor: a far jump of the scrollbar
  int limit = 50;
  Counting count = Counting::none;
  std::vector<std::string> fields{};
  enum class Bin { without, only, with } bin = Bin::without;
  bool stand_ins = false;  // persons of kind anonymous, too
  bool titles = false;     // with "$title" and "$titles" of the links
};

// ---- Writing -------------------------------------------------------------------------------

// A record said by what the world calls it, instead of by id.
struct Key {
  enum class Kind { external, identity, field } kind = Kind::external;
  // external: the source ("shop"); identity: the kind ("email"); field: its name
  std::string source{};
  std::string value{};
  auto operator<=>(const Key&) const = default;
};

using Input = std::variant<base::Value, Key>;  // a Key stands for the link's target

struct FieldInput {
  std::string field{};
  Input input{};
};

struct Item {
  std::optional<base::Id> id{};  // change, remove, restore; a create may bring its own
  std::optional<int> version{};  // the one the writer saw; nullopt: whatever it is now
  std::vector<FieldInput> fields{};
  std::vector<Key> keys{};          // external keys and identities to recognise it by, and to keep
  std::vector<Key> dropped_keys{};  // of a change: external keys it is to be known by no more
  std::string pointer{};            // where it stood in the request: "/records/3", "row 17"
};

enum class Collision { overwrite, fill_if_empty, skip };

struct Create {
  std::string object{};
  std::vector<Item> items{};
};
struct Change {
  std::string object{};
  std::vector<Item> items{};
};
// Into the bin, and out of it.
struct Remove {
  std::string object{};
  std::vector<Item> items{};
};
struct Restore {
  std::string object{};
  std::vector<Item> items{};
};
// Creates what its keys do not find and changes what they do; only differing fields are written.
// Several items that name one record are applied to it in their order. With create_only, what is
// found stays `unchanged`; with update_only, what is not found is refused.
struct Upsert {
  std::string object{};
  std::vector<Item> items{};
  enum class Mode { upsert, create_only, update_only } mode = Mode::upsert;
  std::vector<std::pair<std::string, Collision>> collisions{};  // others: overwrite
};
// Undoes a creation nobody has built on: the row goes, its keys too. Only undo and erasure ask it.
struct Purge {
  std::string object{};
  std::vector<Item> items{};
};

using Write = std::variant<Create, Change, Remove, Restore, Upsert, Purge>;

// Writes that happen together or not at all, in order; a later one may name by Key what an earlier
// one makes. With `partial`, items that are refused are left out and reported, the rest is written.
struct WorkResult;
struct Work {
  std::vector<Write> writes{};
  bool partial = false;
  // The keyed effect: with the same key the work is not done again, its stored result is answered.
  std::string effect{};
  // What was asked for under that key: with another fingerprint than the first time the work is
  // refused (`write.key_reused`). Empty where the key says it all.
  std::string fingerprint{};
  // The commit does not wait for the disk. For long works cut into keyed steps: a crash of the
  // machine loses the last of them, never one before it, and the run does these again. What tells
  // the end of the run must be written durably: that makes all before it durable as well.
  bool resumable = false;
  // What to keep with the effect instead of the results themselves: JSON text made from them,
  // asked inside the transaction once they are final, pure (a retried transaction asks again).
  // An import keeps its chunk's counts, rejections and next place in the file this way, so that it
  // resumes exactly wherever it was killed.
  std::function<std::string(const WorkResult&)> note{};
};

enum class Outcome { created, changed, unchanged, removed, restored, purged, refused };

struct ItemResult {
  Outcome outcome = Outcome::unchanged;
  base::Id id{};
  int version = 0;
  std::optional<base::Problem> problem{};  // of refused
};

struct WorkResult {
  std::vector<std::vector<ItemResult>> writes{};  // one list a write, one result an item
  bool repeated = false;                          // answered from a stored effect
  // What Work::note gave, now or when the effect was first done; with a note, a repeated result
  // has the note alone and `writes` is empty.
  std::string note{};
  Timing timing{};
};

// ---- From JSON -----------------------------------------------------------------------------

class Catalog;
struct ObjectType;

// Reads {"name": …, "company": "ID" | {"external": {"source": …, "value": …}} | {"email": "…"}}.
// Unknown and read-only fields are refused, with a suggestion.
[[nodiscard]] base::Result<Item> item_from_json(const ObjectType& object, const base::Json& json,
                                                const std::string& pointer);

}  // namespace rapport::entity
