#include "entity/query/query.hpp"

#include <fmt/format.h>

#include <limits>
#include <unordered_map>
#include <utility>

#include "base/json.hpp"
#include "entity/query/select_sql.hpp"

namespace rapport::entity {

namespace {

constexpr std::size_t ids_at_once = 10'000;

using Cells = std::vector<std::optional<std::string_view>>;

std::optional<std::string_view> cell(const store::Rows& rows, std::size_t row, std::size_t column) {
  if (rows.is_null(row, column)) return std::nullopt;
  return rows.text(row, column);
}

Page read_page(const ReadPlan& plan, const store::Rows& rows) {
  Page page;
  page.catalog = plan.catalog;
  page.object = plan.object;
  std::vector<std::size_t> widths;
  for (const Selected& selected : plan.selected) {
    page.columns.push_back(selected.output);
    widths.push_back(columns_of(selected.output.field->type).size());
  }
  const auto shown = std::min(rows.size(), static_cast<std::size_t>(plan.limit));
  page.records.reserve(shown);
  Cells cells;
  std::size_t column = 2;
  for (std::size_t row = 0; row < shown; ++row) {
    Record record{
        .id = rows.id(row, 0), .version = static_cast<int>(rows.integer(row, 1)), .values = {}};
    record.values.reserve(widths.size());
    column = 2;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      cells.clear();
      for (std::size_t n = 0; n < widths[i]; ++n) cells.push_back(cell(rows, row, column++));
      record.values.push_back(value_from_cells(*page.columns[i].field, cells));
    }
    page.records.push_back(std::move(record));
  }
  if (rows.size() > shown && shown > 0 && plan.ids.empty()) {
    Position position{.values = {}, .id = page.records.back().id};
    for (std::size_t i = 0; i < plan.order.size(); ++i) {
      const auto value = cell(rows, shown - 1, column + i);
      position.values.push_back(value ? std::optional(std::string(*value)) : std::nullopt);
    }
    page.after = encode_cursor(position, plan.order_text);
  }
  return page;
}

// In the order the ids were asked for.
void order_as_asked(Page& page, const std::vector<base::Id>& ids) {
  if (ids.size() < 2) return;
  std::unordered_map<base::Id, Record*> found;
  for (Record& record : page.records) found.emplace(record.id, &record);
  std::vector<Record> ordered;
  ordered.reserve(page.records.size());
  for (const base::Id& id : ids) {
    const auto at = found.find(id);
    if (at == found.end()) continue;
    ordered.push_back(std::move(*at->second));
    found.erase(at);
  }
  page.records = std::move(ordered);
}

std::int64_t estimated_rows(std::string_view explained) {
  const auto json = base::parse_json(explained);
  if (!json || !json->is_array() || json->empty()) return 0;
  const auto& plan = (*json)[0]["Plan"];
  return plan.contains("Plan Rows") ? plan["Plan Rows"].get<std::int64_t>() : 0;
}

base::Result<Count> read_count(const ReadPlan& plan, const store::Rows& rows, const Page& page) {
  if (plan.count == Counting::exact) return Count{rows.integer(0, 0), true};
  // A page that ends the list knows the number itself.
  if (!plan.after && page.after.empty() && (!page.records.empty() || plan.offset == 0)) {
    return Count{plan.offset + static_cast<std::int64_t>(page.records.size()), true};
  }
  return Count{estimated_rows(rows.text(0, 0)), false};
}

}  // namespace

base::Result<Page> run_query(store::Pool& pool, const ReadPlan& plan) {
  auto tx = pool.begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  const SqlText page_text = page_sql(plan);
  const std::string name = (plan.ids.empty() ? "list." : "get.") + plan.object->plural;
  const auto page_ticket = tx->send({name, page_text.text}, to_params(page_text.parameters));
  std::optional<store::Ticket> count_ticket;
  if (plan.count != Counting::none) {
    const SqlText text = plan.count == Counting::exact ? count_sql(plan) : estimate_sql(plan);
    const std::string count_name = "count." + plan.object->plural;
    count_ticket = tx->send({count_name, text.text}, to_params(text.parameters));
  }
  if (const auto done = tx->commit(); !done)
    return std::unexpected(store::as_problem(done.error()));
  const auto rows = tx->take(page_ticket);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  Page page = read_page(plan, *rows);
  order_as_asked(page, plan.ids);
  if (count_ticket) {
    const auto counted = tx->take(*count_ticket);
    if (!counted) return std::unexpected(store::as_problem(counted.error()));
    auto count = read_count(plan, *counted, page);
    if (!count) return std::unexpected(count.error());
    page.count = *count;
  }
  return page;
}

base::Result<std::vector<base::Id>> run_ids(store::Pool& pool, ReadPlan plan) {
  auto tx = pool.begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  plan.selected.clear();
  plan.limit = std::numeric_limits<int>::max() - 1;
  // A cursor reads what there is at one moment, and a million answers need not be held at once.
  const SqlText text = page_sql(plan);
  const std::string sql = "declare all_ids no scroll cursor for " + text.text;
  const std::string fetch = fmt::format("fetch forward {} from all_ids", ids_at_once);
  tx->send({"ids." + plan.object->plural, sql}, to_params(text.parameters));
  std::vector<base::Id> ids;
  for (bool more = true; more;) {
    const auto rows = tx->run({"ids.fetch", fetch});
    if (!rows) return std::unexpected(store::as_problem(rows.error()));
    for (std::size_t i = 0; i < rows->size(); ++i) ids.push_back(rows->id(i, 0));
    more = rows->size() == ids_at_once;
  }
  if (const auto done = tx->commit(); !done) {
    return std::unexpected(store::as_problem(done.error()));
  }
  return ids;
}

base::Result<std::vector<HistoryEntry>> run_history(store::Pool& pool, const HistoryPlan& plan) {
  auto tx = pool.begin(store::Mode::read_only);
  if (!tx) return std::unexpected(tx.error());
  // A torrent's creation stands in the change of its batch, as version 1.
  std::string sql =
      "select version, kind, at, actor, cause_kind, cause_id, fields from changes "
      "where record_id = $1::uuid and object = $2 and ($3::int = 0 or version < $3::int)";
  if (plan.object->torrent) {
    sql += fmt::format(
        " union all select 1, 'created', c.at, c.actor, c.cause_kind, c.cause_id, '{{}}'::jsonb "
        "from {} t join changes c on c.record_id = t.batch and c.object = $2 "
        "where t.id = $1::uuid and ($3::int = 0 or 1 < $3::int)",
        quoted_name(plan.object->plural));
  }
  sql += " order by version desc limit $4::bigint";
  store::Params params;
  params.id(plan.id).text(plan.object->name).integer(plan.before_version).integer(plan.limit);
  const auto ticket = tx->send({"history", sql}, params);
  if (const auto done = tx->commit(); !done)
    return std::unexpected(store::as_problem(done.error()));
  const auto rows = tx->take(ticket);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::vector<HistoryEntry> entries;
  entries.reserve(rows->size());
  for (std::size_t row = 0; row < rows->size(); ++row) {
    entries.push_back(
        {.version = static_cast<int>(rows->integer(row, 0)),
         .kind = std::string(rows->text(row, 1)),
         .at = rows->instant(row, 2),
         .actor = rows->id(row, 3),
         .cause_kind = std::string(rows->text(row, 4)),
         .cause = rows->is_null(row, 5) ? std::nullopt : std::optional(rows->id(row, 5)),
         .fields = std::string(rows->text(row, 6))});
  }
  return entries;
}

void hide_fields(std::vector<HistoryEntry>& entries, const Policy& policy,
                 const ObjectType& object) {
  std::vector<std::string> hidden;
  for (const Field& field : object.fields) {
    if (!policy.may_see(object, field)) hidden.push_back(field.name);
  }
  if (hidden.empty()) return;
  for (HistoryEntry& entry : entries) {
    auto json = base::parse_json(entry.fields);
    if (!json || !json->is_object()) {
      entry.fields = "{}";
      continue;
    }
    for (const std::string& name : hidden) json->erase(name);
    entry.fields = base::to_text(*json);
  }
}

// A record as the API shows it.
void write_json(base::JsonWriter& out, const Page& page, const Record& record) {
  out.begin_object();
  out.key("id");
  out.string(base::to_text(record.id));
  out.key("version");
  out.number(record.version);
  bool titles = false;
  for (std::size_t i = 0; i < page.columns.size(); ++i) {
    const OutputColumn& column = page.columns[i];
    if (column.role == OutputColumn::Role::link_title) {
      titles = true;
      continue;
    }
    out.key(column.name);
    if (column.role == OutputColumn::Role::own_title) {
      out.string(to_text(*column.field, record.values[i]));
    } else {
      write_json(out, *column.field, record.values[i]);
    }
  }
  if (titles) {
    out.key("$titles");
    out.begin_object();
    for (std::size_t i = 0; i < page.columns.size(); ++i) {
      const OutputColumn& column = page.columns[i];
      if (column.role != OutputColumn::Role::link_title) continue;
      if (base::is_empty(record.values[i])) continue;
      out.key(column.name);
      out.string(to_text(*column.field, record.values[i]));
    }
    out.end_object();
  }
  out.end_object();
}

}  // namespace rapport::entity
