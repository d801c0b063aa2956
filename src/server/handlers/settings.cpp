#include <charconv>

#include "base/json.hpp"
#include "crm/insight/insight.hpp"
#include "platform/audit/audit.hpp"
#include "platform/settings/settings.hpp"
#include "server/handlers/session.hpp"

namespace rapport::server {

namespace {

std::string_view name_of(platform::SettingType type) {
  switch (type) {
    case platform::SettingType::text:
      return "text";
    case platform::SettingType::zone:
      return "zone";
    case platform::SettingType::currency:
      return "currency";
    case platform::SettingType::region:
      return "region";
    case platform::SettingType::boolean:
      return "boolean";
    case platform::SettingType::percent:
      return "percent";
  }
  return "text";
}

// Whether scores by these settings are others, so that everybody is to be scored anew.
bool other_scores(const platform::SettingValues& a, const platform::SettingValues& b) {
  return a.currency != b.currency || a.zone != b.zone || a.margin != b.margin ||
         a.discount_rate != b.discount_rate;
}

}  // namespace

Answer get_settings(Call& call) {
  base::Json json{{"data", base::Json::array()}};
  for (const auto& row : call.services.settings.rows()) {
    base::Json value = row.value;
    if (row.declaration->type == platform::SettingType::boolean) value = row.value == "true";
    json["data"].push_back({{"name", row.declaration->name},
                            {"type", name_of(row.declaration->type)},
                            {"label", row.declaration->label},
                            {"help", row.declaration->help},
                            {"value", value},
                            {"is_default", row.is_default}});
  }
  return json_answer(json);
}

Answer change_settings(Call& call) {
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& [name, value] : body->items()) {
    if (value.is_string()) {
      values.emplace_back(name, value.get<std::string>());
    } else if (value.is_boolean()) {
      values.emplace_back(name, value.get<bool>() ? "true" : "false");
    } else if (value.is_number()) {
      values.emplace_back(name, value.dump());
    } else {
      return base::refuse_field("server.member", "/" + name,
                                "A setting is a text, a number, or true or false.");
    }
  }
  const auto before = call.services.settings.current();
  auto changed = call.services.settings.change(call.admitted, values);
  if (!changed) return std::unexpected(changed.error());
  if (other_scores(*before, *call.services.settings.current())) {
    if (auto job = call.services.insight.ask_refresh(); !job) {
      return std::unexpected(job.error());
    }
  }
  return get_settings(call);
}

Answer read_audit(Call& call) {
  if (auto known = only_parameters(call, {"kind", "user", "before", "limit"}); !known)
    return std::unexpected(known.error());
  platform::AuditQuery query;
  auto wrong = [](std::string_view name) {
    return base::refuse(base::ProblemKind::malformed, "server.parameter",
                        "\"" + std::string(name) + "\" is not one that the audit knows.");
  };
  if (auto kind = call.request.parameter("kind")) {
    query.kind = platform::audited_named(*kind);
    if (!query.kind) return wrong("kind");
  }
  if (auto user = call.request.parameter("user")) {
    query.user = base::parse_id(*user);
    if (!query.user) return wrong("user");
  }
  auto before = whole_parameter(call, "before", 0, {0, 2'000'000'000});
  if (!before) return std::unexpected(before.error());
  auto limit = whole_parameter(call, "limit", 50, {1, platform::AuditQuery::limit_max});
  if (!limit) return std::unexpected(limit.error());
  query.before = *before;
  query.limit = *limit;
  auto rows = call.services.audit.read(call.admitted, query);
  if (!rows) return std::unexpected(rows.error());
  base::Json json{{"data", base::Json::array()}};
  for (const auto& row : *rows) {
    const auto& entry = row.entry;
    auto details = base::Json::parse(entry.details, nullptr, false);
    json["data"].push_back(
        {{"number", row.number},
         {"at", base::to_text(entry.at)},
         {"kind", platform::name_of(entry.kind)},
         {"user", entry.user ? base::Json(base::to_text(*entry.user)) : base::Json()},
         {"user_name", row.user_name},
         {"name", entry.name},
         {"address", entry.address},
         {"subject", entry.subject},
         {"details", details.is_object() ? details : base::Json::object()}});
  }
  return json_answer(json);
}

}  // namespace rapport::server
