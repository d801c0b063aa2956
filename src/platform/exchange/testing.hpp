// For tests of exchange: a database with the program's object types, the road, and a folder.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>

#include "entity/catalog/catalog_store.hpp"
#include "entity/catalog/object_file.hpp"
#include "entity/road.hpp"
#include "entity/rules/rules.hpp"
#include "platform/exchange/exchange.hpp"
#include "platform/testing.hpp"

namespace rapport::platform {

class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "rapport-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
    path_ = name;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] std::filesystem::path write(const std::string& name, std::string_view text) const {
    std::ofstream(path_ / name, std::ios::binary) << text;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_whole(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline void make_records_tables(store::Pool& pool) {
  make_platform_tables(pool);
  auto types = entity::read_object_files(entity::embedded_object_types());
  if (!types) throw std::runtime_error(types.error().message + types.error().details);
  auto opened = entity::CatalogStore::open(pool, std::move(*types));
  if (!opened) throw std::runtime_error(opened.error().message + opened.error().details);
}

// The program's engine on one database.
struct TestEngine {
  explicit TestEngine(store::Pool& pool_of) : pool(pool_of) {
    auto types = entity::read_object_files(entity::embedded_object_types());
    auto opened = entity::CatalogStore::open(pool, std::move(types.value()));
    if (!opened) throw std::runtime_error(opened.error().message + opened.error().details);
    catalog = std::move(*opened);
    road = std::make_unique<entity::Road>(pool, *catalog, rules, base::system_now);
  }

  store::Pool& pool;
  entity::Rules rules;
  std::unique_ptr<entity::CatalogStore> catalog;
  std::unique_ptr<entity::Road> road;
  entity::Caller caller = entity::program({});
};

// Content of the records, ids and times aside: one line a record, sorted, hashed by PostgreSQL.
inline std::string content_of(store::Pool& pool) {
  return ask(pool, R"(
    with rows(line) as (
      select 'person ' || coalesce(name, '') || '|' || coalesce(number, '') || '|' || kind || '|' ||
             coalesce(address_country, '') || '|' || coalesce(email, '') || '|' ||
             coalesce((select string_agg(k.source || '=' || k.value, ',' order by k.source, k.value)
                       from external_keys k where k.id = p.id), '')
      from persons p
      union all
      select 'product ' || name || '|' || coalesce(number, '') from products
      union all
      select 'order ' || coalesce(o.number, '') || '|' || o.placed_at || '|' || o.kind || '|' ||
             coalesce(o.total::text, '') || '|' || coalesce(o.quantity::text, '') || '|' ||
             coalesce(p.number, '') || '|' ||
             coalesce((select string_agg(k.source || '=' || k.value, ',')
                       from external_keys k where k.id = o.id), '')
      from orders o join persons p on p.id = o.person_id
      union all
      select 'line ' || coalesce(o.number, '') || '|' || coalesce(d.number, '') || '|' ||
             l.quantity || '|' || coalesce(l.total::text, '') || '|' ||
             coalesce((select k.value from external_keys k where k.id = l.id), '')
      from order_lines l join orders o on o.id = l.order_id and o.person_id = l.person_id
      left join products d on d.id = l.product_id
      union all
      select 'identity ' || kind || '|' || value from identities)
    select count(*) || ' ' || coalesce(md5(string_agg(line, E'\n' order by line collate "C")), '')
    from rows)");
}

}  // namespace rapport::platform
