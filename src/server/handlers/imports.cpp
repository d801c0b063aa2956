#include "server/handlers/imports.hpp"

#include <fmt/format.h>

#include <fstream>
#include <memory>

#include "base/json.hpp"
#include "platform/exchange/exchange.hpp"
#include "server/edge/target.hpp"
#include "server/handlers/once.hpp"

namespace rapport::server {

namespace {

constexpr int imports_shown = 100;
constexpr std::size_t file_name_bytes_max = 255;

// A mapping comes as an object, or as the text (YAML or JSON) that a person wrote.
base::Result<std::string> mapping_member(const base::Json& body, const char* name) {
  auto at = body.find(name);
  if (at != body.end() && at->is_object()) return base::to_text(*at);
  if (at != body.end() && at->is_string()) return at->get<std::string>();
  return base::refuse_field("server.mapping", "/" + std::string(name),
                            fmt::format("\"{}\" must be a mapping: an object, or its text.", name));
}

base::Result<base::Id> id_member(const base::Json& body, const char* name) {
  auto text = text_member(body, name);
  if (!text) return std::unexpected(text.error());
  if (auto id = base::parse_id(*text)) return *id;
  return base::refuse_field("server.id", "/" + std::string(name),
                            fmt::format("\"{}\" must be an id.", name));
}

base::Result<void> only_members(const base::Json& body,
                                std::initializer_list<std::string_view> known) {
  for (const auto& [name, value] : body.items())
    if (std::find(known.begin(), known.end(), name) == known.end())
      return base::refuse_field("server.member", "/" + name,
                                fmt::format("There is no member \"{}\" here.", name));
  return {};
}

std::string status_json(const platform::ImportStatus& status) {
  auto rejected = status.rows.rejected > 0
                      ? fmt::format("/api/v1/imports/{}/rejected", base::to_text(status.id))
                      : std::string();
  return platform::to_json(status, rejected);
}

Answer answer_status(Call& call, const base::Id& import, int code) {
  auto status = call.services.exchange.status(call.caller(), import);
  if (!status) return std::unexpected(status.error());
  return json_answer(status_json(*status), code);
}

struct FileAndMapping {
  base::Id file;
  std::string mapping;
};

base::Result<FileAndMapping> file_and_mapping(Call& call) {
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  if (auto known = only_members(*body, {"file", "mapping"}); !known)
    return std::unexpected(known.error());
  auto file = id_member(*body, "file");
  if (!file) return std::unexpected(file.error());
  auto mapping = mapping_member(*body, "mapping");
  if (!mapping) return std::unexpected(mapping.error());
  return FileAndMapping{*file, std::move(*mapping)};
}

}  // namespace

Answer keep_import_file(Call& call) {
  if (auto known = only_parameters(call, {"name"}); !known) return std::unexpected(known.error());
  std::string name(call.request.parameter("name").value_or("file.csv"));
  if (name.empty() || name.size() > file_name_bytes_max ||
      name.find_first_of("/\\\r\n\"") != std::string::npos)
    return base::refuse(base::ProblemKind::malformed, "server.file_name",
                        "The file's name must be a plain name of at most 255 bytes.");
  if (call.request.body_file.empty() || call.request.body_bytes == 0)
    return base::refuse(base::ProblemKind::invalid, "server.empty_file", "The file is empty.");
  auto file = call.services.exchange.keep_file(
      call.caller(), {.path = call.request.body_file, .name = name, .move = true});
  if (!file) return std::unexpected(file.error());
  auto shown = call.services.exchange.recognise(call.caller(), *file);
  if (!shown) return std::unexpected(shown.error());
  return json_answer(std::move(*shown), 201);
}

Answer preview_import(Call& call) {
  auto wanted = file_and_mapping(call);
  if (!wanted) return std::unexpected(wanted.error());
  auto shown = call.services.exchange.preview(call.caller(), wanted->file, wanted->mapping);
  if (!shown) return std::unexpected(shown.error());
  return json_answer(std::move(*shown));
}

Answer start_import(Call& call) {
  auto wanted = file_and_mapping(call);
  if (!wanted) return std::unexpected(wanted.error());
  auto once = once_of(call);
  if (!once) return std::unexpected(once.error());
  auto import = call.services.exchange.start(call.caller(), wanted->file, wanted->mapping, *once);
  if (!import) return std::unexpected(import.error());
  auto response = answer_status(call, *import, 202);
  if (response) response->header("Location", "/api/v1/imports/" + base::to_text(*import));
  return response;
}

Answer list_imports(Call& call) {
  auto imports = call.services.exchange.recent(call.caller(), imports_shown);
  if (!imports) return std::unexpected(imports.error());
  std::string body = "{\"data\":[";
  for (const auto& one : *imports) {
    if (body.back() != '[') body += ',';
    body += status_json(one);
  }
  return json_answer(body + "]}");
}

Answer get_import(Call& call) {
  auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  return answer_status(call, *id, 200);
}

Answer get_rejected_rows(Call& call) {
  auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  auto path = call.services.exchange.rejected_file(call.caller(), *id);
  if (!path) return std::unexpected(path.error());
  auto in = std::make_shared<std::ifstream>(*path, std::ios::binary);
  if (!*in)
    return base::refuse(base::ProblemKind::not_found, "server.no_file",
                        "The file of rejected rows is gone.");
  HttpResponse response;
  response.header("Content-Type", "text/csv; charset=utf-8")
      .header("Cache-Control", "no-store")
      .header("X-Content-Type-Options", "nosniff")
      .header("Content-Disposition", "attachment; filename=\"rejected.csv\"");
  response.stream = [in](std::string& out) {
    char piece[32 * 1024];
    in->read(piece, sizeof piece);
    out.append(piece, static_cast<std::size_t>(in->gcount()));
    return static_cast<bool>(*in);
  };
  return response;
}

Answer undo_import(Call& call) {
  auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  auto once = once_of(call);
  if (!once) return std::unexpected(once.error());
  auto undone = call.services.exchange.undo(call.caller(), *id, *once);
  if (!undone) return std::unexpected(undone.error());
  return answer_status(call, *id, 202);
}

Answer list_mappings(Call& call) {
  auto mappings = call.services.exchange.mappings_json();
  if (!mappings) return std::unexpected(mappings.error());
  // Exchange gives the array; the list's envelope is ours.
  return json_answer(mappings->starts_with('[') ? "{\"data\":" + *mappings + "}" : *mappings);
}

Answer get_mapping(Call& call) {
  auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  auto mapping = call.services.exchange.mapping_json(*id);
  if (!mapping) return std::unexpected(mapping.error());
  return json_answer(std::move(*mapping));
}

namespace {

Answer keep_mapping(Call& call, std::optional<base::Id> id, int status) {
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  if (auto known = only_members(*body, {"name", "text", "mapping"}); !known)
    return std::unexpected(known.error());
  auto name = text_member(*body, "name");
  if (!name) return std::unexpected(name.error());
  auto text = mapping_member(*body, body->contains("mapping") ? "mapping" : "text");
  if (!text) return std::unexpected(text.error());
  auto once = id ? entity::Once{} : once_of(call);
  if (!once) return std::unexpected(once.error());
  auto kept = call.services.exchange.keep_mapping(call.caller(), id, *name, *text, *once);
  if (!kept) return std::unexpected(kept.error());
  auto mapping = call.services.exchange.mapping_json(*kept);
  if (!mapping) return std::unexpected(mapping.error());
  auto response = json_answer(std::move(*mapping), status);
  if (status == 201) response.header("Location", "/api/v1/import_mappings/" + base::to_text(*kept));
  return response;
}

}  // namespace

Answer create_mapping(Call& call) {
  return keep_mapping(call, std::nullopt, 201);
}

Answer change_mapping(Call& call) {
  auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  return keep_mapping(call, *id, 200);
}

Answer remove_mapping(Call& call) {
  auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  auto removed = call.services.exchange.remove_mapping(call.caller(), *id);
  if (!removed) return std::unexpected(removed.error());
  return empty_answer();
}

}  // namespace rapport::server
