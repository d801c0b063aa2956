// A work in progress: every record that it touches or points at, as it was and as it is to be.
//
// gather fills in what was, resolve says what is meant and lays the new values on it, rules decide,
// write writes. Values are shared, never copied: those of the request, those read, and those made
// on the way all outlive the draft's records.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/id.hpp"
#include "base/instant.hpp"
#include "base/problem.hpp"
#include "base/value.hpp"
#include "entity/catalog/catalog.hpp"
#include "entity/plan/write_plan.hpp"
#include "entity/policy.hpp"
#include "entity/request/request.hpp"

namespace rapport::entity {

inline const base::Value no_value{};

enum class Fate { none, insert, update, remove, restore, purge };

struct NewIdentity {
  std::string kind, value;
  bool exclusive = true;
};

struct ObjectDraft;

struct ItemPlace {
  std::size_t write = 0, item = 0;
  bool made = false;  // this item made the record
  bool laid = false;  // it laid a value on it
};

// One record of the draft.
struct DraftRecord {
  base::Id id;
  int version = 0;       // as read; 0: not there yet
  bool found = false;    // read from the database
  bool removed = false;  // in the bin
  bool readable = true;  // by the caller
  bool writable = true;  // by the caller's condition for what is done to it
  // A stand-in's: the torrent record that names no person, for which it was made.
  const DraftRecord* stands_for = nullptr;
  const ObjectType* used_by = nullptr;  // of a record to be purged: whose records point at it
  Fate fate = Fate::none;
  ObjectDraft* of = nullptr;
  std::vector<const base::Value*> was, now;  // by slot
  std::vector<DraftRecord*> needs;           // records this work makes that it points at
  std::vector<ItemPlace> items;
  std::vector<const Key*> new_keys;      // external
  std::vector<const Key*> dropped_keys;  // external
  std::vector<NewIdentity> new_identities;
  std::optional<base::Problem> refused;
};

// The records of one object type, and which of its fields the work looks at.
struct ObjectDraft {
  const ObjectType* object = nullptr;
  std::vector<const Field*> slots;
  std::vector<int> slot_of;  // by the field's place; -1: not looked at
  std::deque<DraftRecord> records;
  std::unordered_map<base::Id, DraftRecord*> by_id;
  std::vector<base::Id> wanted;        // to be read
  std::unordered_set<base::Id> asked;  // read, or not there
  std::vector<Operation> operations;   // done to its records by this work
  std::vector<base::Id> purged;        // whatever points at these is in the way

  std::size_t slot(const Field& field);  // adds it where it is new
  [[nodiscard]] int find_slot(const Field& field) const;
  [[nodiscard]] int find_slot(std::string_view field_name) const;
  DraftRecord* find(const base::Id& id);
  DraftRecord& add(const base::Id& id);
};

// Whom a key names. Shared identities may name several persons.
struct KeyHolders {
  std::vector<base::Id> ids;
  // Those among them to whom another cause gave the key and may still take it back.
  std::vector<base::Id> given;
};

struct KeySource {
  std::string object;
  Key::Kind kind;
  std::string source;
  auto operator<=>(const KeySource&) const = default;
};

// A key by which this work names a record, and which another cause gave it.
struct NamedKey {
  const KeySource* source;
  std::string value;
  base::Id record;
  auto operator<=>(const NamedKey&) const = default;
};

using KeyTable = std::unordered_map<std::string, KeyHolders>;

class Draft {
 public:
  Draft(const Catalog& catalog, const Caller& caller, base::Instant now)
      : catalog_(catalog), caller_(caller), now_(now) {}
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  [[nodiscard]] const Catalog& catalog() const { return catalog_; }
  [[nodiscard]] const Caller& caller() const { return caller_; }
  [[nodiscard]] base::Instant now() const { return now_; }

  ObjectDraft& of(const ObjectType& object);
  ObjectDraft* find(std::string_view object_name);
  std::deque<ObjectDraft>& objects() { return objects_; }
  [[nodiscard]] const std::deque<ObjectDraft>& objects() const { return objects_; }

  const base::Value* keep(base::Value value);

  KeyTable& keys(const ObjectType& object, const Key& key);
  std::map<KeySource, KeyTable>& key_tables() { return key_tables_; }
  // Nobody known: an empty list.
  const KeyHolders& holders(const ObjectType& object, const Key& key);

  // The record is meant by this key: who gave it does not take it back any more.
  void name(const ObjectType& object, const Key& key, const base::Id& record);
  [[nodiscard]] const std::set<NamedKey>& named() const { return named_; }

  void refuse(DraftRecord& record, base::Problem problem);

  std::vector<WritePlan> plans;
  std::vector<std::vector<DraftRecord*>> targets;                  // by write and item
  std::vector<std::vector<std::optional<base::Problem>>> refused;  // by write and item
  std::vector<std::pair<ObjectDraft*, const Field*>> link_reads;   // links that rules look through
  std::vector<Write> following;                                    // what rules want written next

 private:
  const Catalog& catalog_;
  const Caller& caller_;
  base::Instant now_;
  std::deque<ObjectDraft> objects_;
  std::deque<base::Value> values_;
  std::map<KeySource, KeyTable> key_tables_;
  std::set<NamedKey> named_;
};

}  // namespace rapport::entity
