#include <fmt/format.h>

#include "base/json.hpp"
#include "base/json_writer.hpp"
#include "entity/plan/sets.hpp"
#include "server/handlers/records.hpp"

namespace rapport::server {

namespace {

using entity::List;

auto bad_member(std::string_view name, std::string message) {
  return base::refuse_field("server.member", "/" + std::string(name), std::move(message));
}

base::Result<entity::Counting> counting_named(std::string_view name) {
  if (name == "exact") return entity::Counting::exact;
  if (name == "estimated") return entity::Counting::estimated;
  if (name == "none") return entity::Counting::none;
  return bad_member("count", "\"count\" must be exact, estimated or none.");
}

base::Result<List::Bin> bin_named(std::string_view name) {
  if (name == "without") return List::Bin::without;
  if (name == "only") return List::Bin::only;
  if (name == "with") return List::Bin::with;
  return bad_member("bin", "\"bin\" must be without, only or with.");
}

base::Result<std::vector<std::string>> names_of(const base::Json& json, std::string_view name) {
  std::vector<std::string> names;
  if (json.is_string()) {
    names.push_back(json.get<std::string>());
    return names;
  }
  auto wrong = bad_member(name, fmt::format("\"{}\" must be a list of texts.", name));
  if (!json.is_array()) return wrong;
  for (const auto& one : json) {
    if (!one.is_string()) return wrong;
    names.push_back(one.get<std::string>());
  }
  return names;
}

base::Result<void> take_set(List& list, std::string_view token) {
  auto mark = entity::set_of_token(token);
  if (!mark) return std::unexpected(mark.error());
  list.set = std::move(*mark);
  return {};
}

// One member of a query body. The same names as the parameters of a list.
base::Result<void> take_member(List& list, const std::string& name, const base::Json& json) {
  const entity::Limits limits;
  auto wrong = [&](std::string_view what) {
    return bad_member(name, fmt::format("\"{}\" must be {}.", name, what));
  };
  if (name == "where" || name == "after" || name == "count" || name == "bin" || name == "set") {
    if (json.is_null()) return {};
    if (!json.is_string()) return wrong("a text");
    auto text = json.get<std::string>();
    if (name == "set") return take_set(list, text);
    if (name == "where") list.where = text;
    if (name == "after") list.after = text;
    if (name == "count") {
      auto counting = counting_named(text);
      if (!counting) return std::unexpected(counting.error());
      list.count = *counting;
    }
    if (name == "bin") {
      auto bin = bin_named(text);
      if (!bin) return std::unexpected(bin.error());
      list.bin = *bin;
    }
  } else if (name == "where_tree") {
    if (!json.is_null()) list.where_tree = base::to_text(json);
  } else if (name == "order" || name == "fields") {
    auto names = names_of(json, name);
    if (!names) return std::unexpected(names.error());
    (name == "order" ? list.order : list.fields) = std::move(*names);
  } else if (name == "limit" || name == "offset") {
    constexpr int offset_max = 100'000'000;
    int most = name == "limit" ? limits.list_max : offset_max;
    if (!json.is_number_integer() || json.get<std::int64_t>() < (name == "limit" ? 1 : 0) ||
        json.get<std::int64_t>() > most)
      return wrong(fmt::format("a whole number of at most {}", most));
    (name == "limit" ? list.limit : list.offset) = json.get<int>();
  } else if (name == "stand_ins" || name == "titles") {
    if (!json.is_boolean()) return wrong("true or false");
    (name == "stand_ins" ? list.stand_ins : list.titles) = json.get<bool>();
  } else {
    return bad_member(name, fmt::format("There is no member \"{}\" here.", name));
  }
  return {};
}

Answer answer_list(Call& call, const List& list) {
  auto page = call.services.road.list(call.caller(), list);
  if (!page) return std::unexpected(page.error());
  std::string body;
  base::JsonWriter json(body);
  json.begin_object();
  json.key("data");
  json.begin_array();
  for (const auto& record : page->records) entity::write_json(json, *page, record);
  json.end_array();
  json.key("page");
  json.begin_object();
  json.key("after");
  page->after.empty() ? json.null() : json.string(page->after);
  if (page->count) {
    json.key("count");
    json.begin_object();
    json.key("value");
    json.number(page->count->value);
    json.key("kind");
    json.string(page->count->exact ? "exact" : "estimated");
    json.end_object();
  }
  json.end_object();
  json.end_object();
  auto response = json_answer(std::move(body));
  add_timing(response, page->timing);
  return response;
}

}  // namespace

base::Result<List> list_from_query(const Call& call, const entity::ObjectType& object) {
  const entity::Limits limits;
  List list;
  list.object = object.name;
  list.where = call.request.parameter("where").value_or("");
  list.after = call.request.parameter("after").value_or("");
  list.order = list_parameter(call, "order");
  list.fields = list_parameter(call, "fields");
  auto limit = whole_parameter(call, "limit", limits.list_default, {1, limits.list_max});
  if (!limit) return std::unexpected(limit.error());
  auto offset = whole_parameter(call, "offset", 0, {0, 100'000'000});
  if (!offset) return std::unexpected(offset.error());
  auto counting = counting_named(call.request.parameter("count").value_or("none"));
  if (!counting) return std::unexpected(counting.error());
  auto bin = bin_named(call.request.parameter("bin").value_or("without"));
  if (!bin) return std::unexpected(bin.error());
  auto stand_ins = boolean_parameter(call, "stand_ins");
  if (!stand_ins) return std::unexpected(stand_ins.error());
  auto titles = boolean_parameter(call, "titles");
  if (!titles) return std::unexpected(titles.error());
  if (const auto token = call.request.parameter("set")) {
    if (auto taken = take_set(list, *token); !taken) return std::unexpected(taken.error());
  }
  list.limit = *limit;
  list.offset = *offset;
  list.count = *counting;
  list.bin = *bin;
  list.stand_ins = *stand_ins;
  list.titles = *titles;
  return list;
}

Answer list_records(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto known = only_parameters(call, {"where", "set", "order", "fields", "limit", "after", "offset",
                                      "count", "bin", "stand_ins", "titles"});
  if (!known) return std::unexpected(known.error());
  auto list = list_from_query(call, *object->second);
  if (!list) return std::unexpected(list.error());
  return answer_list(call, *list);
}

Answer query_records(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  List list;
  list.object = object->second->name;
  for (const auto& [name, value] : body->items())
    if (auto taken = take_member(list, name, value); !taken) return std::unexpected(taken.error());
  return answer_list(call, list);
}

Answer get_record(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto id = id_capture(call, 1);
  if (!id) return std::unexpected(id.error());
  if (auto known = only_parameters(call, {"fields", "titles", "bin"}); !known)
    return std::unexpected(known.error());
  auto titles = boolean_parameter(call, "titles");
  if (!titles) return std::unexpected(titles.error());
  auto bin = bin_named(call.request.parameter("bin").value_or("without"));
  if (!bin) return std::unexpected(bin.error());
  entity::Get get{.object = object->second->name,
                  .ids = {*id},
                  .fields = list_parameter(call, "fields"),
                  .removed = *bin != List::Bin::without,
                  .titles = *titles};
  auto page = call.services.road.get(call.caller(), get);
  if (!page) return std::unexpected(page.error());
  if (page->records.empty())
    return base::refuse(base::ProblemKind::not_found, "server.no_such_record",
                        fmt::format("There is no such {}.", object->second->name));
  const auto& record = page->records.front();
  auto etag = etag_of(record.version);
  // Linked records' texts change without this record's version.
  bool own = !*titles;
  for (const auto& column : page->columns) own = own && column.name.find('.') == std::string::npos;
  HttpResponse response;
  if (own && has_already(call.request, etag)) {
    response.status = 304;
    response.header("Cache-Control", "no-cache");
  } else {
    std::string body;
    base::JsonWriter json(body);
    entity::write_json(json, *page, record);
    response = json_answer(std::move(body));
    add_timing(response, page->timing);
  }
  return response.header("ETag", etag);
}

}  // namespace rapport::server
