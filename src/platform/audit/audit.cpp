#include "platform/audit/audit.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/log.hpp"
#include "platform/access/access.hpp"
#include "platform/audit/audit_statements.hpp"

namespace rapport::platform {
namespace {

constexpr std::array<std::pair<Audited, std::string_view>, 12> kKinds{{
    {Audited::sign_in, "sign_in"},
    {Audited::sign_in_failed, "sign_in_failed"},
    {Audited::sign_in_throttled, "sign_in_throttled"},
    {Audited::sign_out, "sign_out"},
    {Audited::password_changed, "password_changed"},
    {Audited::user_added, "user_added"},
    {Audited::key_created, "key_created"},
    {Audited::key_removed, "key_removed"},
    {Audited::refused, "refused"},
    {Audited::exported, "exported"},
    {Audited::imported, "imported"},
    {Audited::setting_changed, "setting_changed"},
}};

void text_or_null(store::Params& params, const std::string& text) {
  if (text.empty()) {
    params.null();
  } else {
    params.text(text);
  }
}

AuditRow row_of(const store::Rows& rows, std::size_t i) {
  AuditRow row{.number = rows.integer(i, 0), .entry = {}, .user_name = {}};
  row.entry.kind = audited_named(rows.text(i, 1)).value_or(Audited::refused);
  if (!rows.is_null(i, 2)) row.entry.user = rows.id(i, 2);
  row.entry.name = rows.text(i, 3);
  row.entry.address = rows.text(i, 4);
  row.entry.subject = rows.text(i, 5);
  row.entry.details = rows.text(i, 6);
  row.entry.at = rows.instant(i, 7);
  row.user_name = rows.text(i, 8);
  return row;
}

}  // namespace

std::string_view name_of(Audited kind) {
  for (const auto& [is, name] : kKinds) {
    if (is == kind) return name;
  }
  return "refused";
}

std::optional<Audited> audited_named(std::string_view name) {
  for (const auto& [kind, is] : kKinds) {
    if (is == name) return kind;
  }
  return std::nullopt;
}

void Audit::note(store::Transaction& transaction, const AuditEntry& entry, base::Instant now) {
  store::Params params;
  params.text(name_of(entry.kind));
  if (entry.user) {
    params.id(*entry.user);
  } else {
    params.null();
  }
  for (const auto* text : {&entry.name, &entry.address, &entry.subject, &entry.details}) {
    text_or_null(params, *text);
  }
  params.instant(now);
  (void)transaction.send(statements::kNoteAudit, params);
}

void Audit::note(const AuditEntry& entry) {
  auto transaction = pool_.begin(store::Mode::read_write);
  if (!transaction) {
    base::log_error("audit: no connection to note " + std::string(name_of(entry.kind)));
    return;
  }
  note(*transaction, entry, clock_());
  if (const auto done = transaction->commit(); !done) {
    base::log_error("audit: " + done.error().message);
  }
}

base::Result<std::vector<AuditRow>> Audit::read(const Admitted& by, const AuditQuery& query) {
  if (!by.may_administer()) {
    return base::refuse(base::ProblemKind::forbidden, "audit.forbidden",
                        "Only administrators read the audit.");
  }
  store::Params params;
  text_or_null(params, query.kind ? std::string(name_of(*query.kind)) : std::string());
  if (query.user) {
    params.id(*query.user);
  } else {
    params.null();
  }
  if (query.before > 0) {
    params.integer(query.before);
  } else {
    params.null();
  }
  params.integer(std::clamp(query.limit, 1, AuditQuery::limit_max));
  auto transaction = pool_.begin(store::Mode::read_only);
  if (!transaction) return std::unexpected(transaction.error());
  const auto rows = transaction->run(statements::kReadAudit, params);
  if (!rows) return std::unexpected(store::as_problem(rows.error()));
  std::vector<AuditRow> out;
  for (std::size_t i = 0; i < rows->size(); ++i) out.push_back(row_of(*rows, i));
  return out;
}

}  // namespace rapport::platform
