#include "store/external_database.hpp"

#include <libpq-fe.h>

#include <memory>

#include "store/server_process.hpp"

namespace rapport::store {

using base::ProblemKind;
using base::refuse;

namespace {

// Of cluster_settings.cpp what a session may set for itself. Plans for short queries must not wait
// for a compiler, and random reads must not look four times as dear as they are.
constexpr const char* session_settings =
    "-c jit=off -c random_page_cost=1.1 -c work_mem=16MB -c maintenance_work_mem=128MB"
    " -c max_parallel_workers_per_gather=1 -c max_parallel_maintenance_workers=1"
    " -c default_text_search_config=pg_catalog.simple";

constexpr const char* facts_sql = R"(
select current_setting('server_version_num'),
       pg_encoding_to_char(encoding),
       pg_is_in_recovery(),
       datname, current_user, coalesce(current_schema(), ''),
       coalesce(has_schema_privilege(current_schema(), 'create'), false),
       has_database_privilege(datname, 'temporary'),
       exists (select from pg_extension where extname = 'pg_trgm')
         or has_database_privilege(datname, 'create')
            and exists (select from pg_available_extensions where name = 'pg_trgm'),
       exists (select from pg_collation where collname = 'und-x-icu')
from pg_database where datname = current_database())";

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

base::Result<Options> parsed(const std::string& conninfo) {
  char* said = nullptr;
  Options options(PQconninfoParse(conninfo.c_str(), &said), &PQconninfoFree);
  std::unique_ptr<char, decltype(&PQfreemem)> why(said, &PQfreemem);
  if (options) return options;
  // libpq's own words may repeat the password.
  return refuse(ProblemKind::invalid, "store.bad_conninfo",
                "The address of the database cannot be read.", {},
                "Give it as postgresql://user:password@host:5432/name, special signs percent-"
                "encoded, or as host=… dbname=… user=….");
}

std::string value_of(const Options& options, std::string_view keyword, std::string otherwise) {
  for (const auto* at = options.get(); at->keyword != nullptr; ++at)
    if (keyword == at->keyword && at->val != nullptr && *at->val != '\0') return at->val;
  return otherwise;
}

// The address in words, without its password.
std::string shown(const std::string& conninfo) {
  const auto options = parsed(conninfo);
  if (!options) return "The database";
  return "The database \"" + value_of(*options, "dbname", "(of the user's name)") + "\" at " +
         value_of(*options, "host", "this machine's socket") + ", port " +
         value_of(*options, "port", "5432") + ", user \"" +
         value_of(*options, "user", "(of the system)") + "\",";
}

DatabaseFacts facts_of(const Rows& rows) {
  return {.version = static_cast<int>(rows.integer(0, 0)),
          .encoding = std::string(rows.text(0, 1)),
          .standby = rows.boolean(0, 2),
          .database = std::string(rows.text(0, 3)),
          .user = std::string(rows.text(0, 4)),
          .schema = std::string(rows.text(0, 5)),
          .may_make_tables = rows.boolean(0, 6),
          .may_make_temporary_tables = rows.boolean(0, 7),
          .has_trigrams = rows.boolean(0, 8),
          .has_icu = rows.boolean(0, 9)};
}

}  // namespace

base::Result<std::string> external_conninfo(std::string_view given) {
  const auto options = parsed(std::string(given));
  if (!options) return std::unexpected(options.error());
  std::string conninfo;
  for (const auto* at = options->get(); at->keyword != nullptr; ++at)
    if (at->val != nullptr && std::string_view(at->keyword) != "options")
      conninfo += std::string(at->keyword) + "=" + conninfo_quoted(at->val) + " ";
  const auto own = value_of(*options, "options", "");
  return conninfo + "options=" + conninfo_quoted(session_settings + (own.empty() ? "" : " " + own));
}

base::Result<void> check_facts(const DatabaseFacts& facts) {
  const auto name = "The database \"" + facts.database + "\"";
  const auto user = "The database's user \"" + facts.user + "\"";
  if (facts.version < kMajorMin * 10'000)
    return refuse(ProblemKind::conflict, "store.too_old",
                  "The database server is PostgreSQL " + std::to_string(facts.version / 10'000) +
                      "; Rapport needs " + std::to_string(kMajorMin) + " or newer.",
                  {}, "Upgrade it, or leave --database away to use a private one.");
  if (facts.encoding != "UTF8")
    return refuse(ProblemKind::conflict, "store.other_encoding",
                  name + " keeps its text in " + facts.encoding + "; Rapport needs UTF-8.", {},
                  "Make another: create database … encoding 'UTF8' template template0.");
  if (!facts.has_icu)
    return refuse(ProblemKind::conflict, "store.no_icu",
                  "The database server has no ICU collations.", {},
                  "Use a PostgreSQL that was built with ICU, as Debian's is.");
  if (facts.standby)
    return refuse(ProblemKind::conflict, "store.standby",
                  "The database server is a standby and takes no changes.", {},
                  "Give the address of the primary server.");
  if (facts.schema.empty())
    return refuse(ProblemKind::conflict, "store.no_schema",
                  user + " has no schema to make tables in.", {},
                  "Give him one: create schema authorization …, or set his search_path.");
  if (!facts.may_make_tables)
    return refuse(ProblemKind::conflict, "store.may_not_create",
                  user + " may not make tables in the schema \"" + facts.schema + "\".", {},
                  "Make him the database's owner: alter database … owner to ….");
  if (!facts.may_make_temporary_tables)
    return refuse(ProblemKind::conflict, "store.may_not_create",
                  user + " may not make temporary tables.", {},
                  "Grant it: grant temporary on database … to ….");
  if (!facts.has_trigrams)
    return refuse(
        ProblemKind::conflict, "store.no_trigrams",
        name + " has no extension pg_trgm, and its user \"" + facts.user + "\" cannot install it.",
        {}, "As an administrator: create extension pg_trgm. (In Debian it comes with the server.)");
  return {};
}

base::Result<void> check_external_database(Pool& pool) {
  auto transaction = pool.begin(Mode::read_only);
  if (!transaction) {
    auto problem = transaction.error();
    if (problem.code == "store.unreachable") {
      problem.message = shown(pool.options().conninfo) + " cannot be reached.";
      problem.hint = "Look at the address, the password and the server's pg_hba.conf.";
    }
    return std::unexpected(problem);
  }
  const Answer rows = transaction->run({"store.database_facts", facts_sql});
  if (!rows) return std::unexpected(as_problem(rows.error()));
  return check_facts(facts_of(*rows));
}

}  // namespace rapport::store
