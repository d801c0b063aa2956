#include "server/openapi/parts.hpp"

namespace rapport::server {
namespace {

using base::Json;

const Json text{{"type", "string"}};
const Json number{{"type", "integer"}};
const Json uuid{{"type", "string"}, {"format", "uuid"}};

Json any_object(std::string_view description) {
  return {{"type", "object"}, {"description", description}, {"additionalProperties", true}};
}

Json body(Json schema) {
  return {{"required", true}, {"content", json_content(std::move(schema))}};
}

Json data_of(Json items) {
  return {{"type", "object"},
          {"properties", {{"data", {{"type", "array"}, {"items", std::move(items)}}}}},
          {"required", Json::array({"data"})}};
}

Json with(Json operation, std::string_view status, Json answer) {
  operation["responses"][std::string(status)] = std::move(answer);
  return operation;
}

Json done(std::string_view description) {
  return {{"description", description}};
}

Json user_answer() {
  return answer(
      "Who is signed in.",
      {{"type", "object"},
       {"properties",
        {{"user",
          {{"type", "object"},
           {"properties", {{"id", uuid}, {"name", text}, {"role", text}, {"zone", text}}}}}}}});
}

void session_paths(Json& paths) {
  Json& path = paths["/api/v1/session"];
  path["get"] =
      with(operation("get_session", "session", "Who is signed in", {}, {}), "200", user_answer());
  path["post"] =
      with(operation("sign_in", "session", "Sign in", {}, {"429"}), "201", user_answer());
  path["post"]["security"] = Json::array();
  path["post"]["requestBody"] = body({{"type", "object"},
                                      {"properties", {{"name", text}, {"password", text}}},
                                      {"required", Json::array({"name", "password"})}});
  path["delete"] =
      with(operation("sign_out", "session", "Sign out", {}, {}), "204", done("Signed out."));
}

void catalog_paths(Json& paths) {
  paths["/api/v1/catalog"]["get"] = with(
      operation("get_catalog", "catalog", "The object types, as the caller may see them", {}, {}),
      "200", answer("The catalog.", any_object("Object types with their fields.")));
  paths["/api/v1/openapi.json"]["get"] =
      with(operation("get_openapi", "catalog", "This document", {}, {}), "200",
           answer("OpenAPI 3.1.", any_object("OpenAPI.")));
  Json search = operation("search", "search", "Find records as typed", {"limit"}, {"422"});
  search["parameters"].push_back({{"name", "q"},
                                  {"in", "query"},
                                  {"required", true},
                                  {"description", "The beginning of names, mails, numbers."},
                                  {"schema", text}});
  search["parameters"].push_back({{"name", "objects"},
                                  {"in", "query"},
                                  {"description", "Only of these object types: `person,company`."},
                                  {"schema", text}});
  const Json hit{{"type", "object"},
                 {"properties",
                  {{"object", text},
                   {"plural", text},
                   {"id", uuid},
                   {"title", text},
                   {"subtitle", {{"type", Json::array({"string", "null"})}}},
                   {"matched", {{"description", "What the words were found in."}}}}}};
  paths["/api/v1/search"]["get"] =
      with(std::move(search), "200", answer("The best first.", data_of(hit)));
  Json events = operation("listen", "catalog", "Changes of records as they happen", {}, {});
  events["responses"]["200"] = {{"description", "Server-sent events of `{object, id, version}`."},
                                {"content", {{"text/event-stream", {{"schema", text}}}}}};
  paths["/api/v1/events"]["get"] = std::move(events);
}

Json import_schema() {
  return {{"type", "object"},
          {"properties",
           {{"id", uuid},
            {"import", uuid},
            {"state",
             {{"type", "string"},
              {"enum", Json::array({"running", "done", "failed", "undone", "undoing"})}}},
            {"received", number},
            {"created", number},
            {"updated", number},
            {"unchanged", number},
            {"rejected", number},
            {"rows_done", number},
            {"bytes_done", number},
            {"bytes_total", number},
            {"rejected_file", {{"type", Json::array({"string", "null"})}}}}}};
}

void import_paths(Json& paths) {
  Json file = operation("add_import_file", "import", "Bring a file to import", {}, {"413", "422"});
  file["parameters"].push_back(
      {{"name", "name"}, {"in", "query"}, {"description", "Its name."}, {"schema", text}});
  file["requestBody"] = {
      {"required", true},
      {"content", {{"application/octet-stream", {{"schema", {{"type", "string"}}}}}}}};
  paths["/api/v1/import_files"]["post"] =
      with(std::move(file), "200",
           answer("What was recognised, and a mapping to begin with.",
                  any_object("The file's columns, samples and suggested mapping.")));
  const Json chosen{{"type", "object"},
                    {"properties", {{"file", text}, {"mapping", any_object("A mapping.")}}},
                    {"required", Json::array({"file", "mapping"})}};
  Json preview = operation("preview_import", "import", "Check the first rows", {}, {"404", "422"});
  preview["requestBody"] = body(chosen);
  paths["/api/v1/import_previews"]["post"] =
      with(std::move(preview), "200", answer("Rows and their problems.", any_object("Rows.")));
  Json& imports = paths["/api/v1/imports"];
  imports["get"] = with(operation("list_imports", "import", "List imports", {}, {}), "200",
                        answer("Newest first.", data_of(import_schema())));
  imports["post"] = with(
      operation("start_import", "import", "Import a file", {"idempotency_key"}, {"404", "422"}),
      "202", answer("It runs.", import_schema()));
  imports["post"]["requestBody"] = body(chosen);
  paths["/api/v1/imports/{id}"]["get"] =
      with(operation("get_import", "import", "How an import goes", {"id"}, {"404"}), "200",
           answer("The reconciliation.", import_schema()));
  Json rejected = operation("get_rejected", "import", "Rejected rows as CSV", {"id"}, {"404"});
  rejected["responses"]["200"] = {{"description", "It imports clean once mended."},
                                  {"content", {{"text/csv", {{"schema", text}}}}}};
  paths["/api/v1/imports/{id}/rejected"]["get"] = std::move(rejected);
  paths["/api/v1/imports/{id}/undo"]["post"] =
      with(operation("undo_import", "import", "Undo a whole import", {"id", "idempotency_key"},
                     {"404", "409"}),
           "202", answer("It runs.", import_schema()));
}

void mapping_paths(Json& paths) {
  const Json mapping = any_object("A mapping of columns to fields.");
  Json& all = paths["/api/v1/import_mappings"];
  all["get"] = with(operation("list_mappings", "import", "List stored mappings", {}, {}), "200",
                    answer("Stored mappings.", data_of(mapping)));
  all["post"] =
      with(operation("create_mapping", "import", "Store a mapping", {"idempotency_key"}, {"422"}),
           "201", answer("As stored.", mapping));
  all["post"]["requestBody"] = body(mapping);
  Json& one = paths["/api/v1/import_mappings/{id}"];
  one["get"] = with(operation("get_mapping", "import", "Get a stored mapping", {"id"}, {"404"}),
                    "200", answer("The mapping.", mapping));
  one["put"] =
      with(operation("replace_mapping", "import", "Replace a mapping", {"id"}, {"404", "422"}),
           "200", answer("As stored.", mapping));
  one["put"]["requestBody"] = body(mapping);
  one["delete"] = with(operation("remove_mapping", "import", "Forget a mapping", {"id"}, {"404"}),
                       "204", done("Forgotten."));
}

void key_paths(Json& paths) {
  Json& keys = paths["/api/v1/keys"];
  const Json key{{"type", "object"}, {"properties", {{"id", uuid}, {"name", text}}}};
  keys["get"] = with(operation("list_keys", "keys", "List one's keys", {}, {}), "200",
                     answer("Keys without their secrets.", data_of(key)));
  keys["post"] = with(operation("create_key", "keys", "Create a key", {}, {"422"}), "201",
                      answer("The key itself, shown this once.", any_object("The key.")));
  keys["post"]["requestBody"] = body(
      {{"type", "object"}, {"properties", {{"name", text}}}, {"required", Json::array({"name"})}});
  paths["/api/v1/keys/{id}"]["delete"] =
      with(operation("remove_key", "keys", "Withdraw a key", {"id"}, {"404"}), "204",
           done("Withdrawn."));
}

void house_paths(Json& paths) {
  Json& settings = paths["/api/v1/settings"];
  const Json rows = data_of(any_object("A setting with its name, type, label, help and value."));
  settings["get"] =
      with(operation("get_settings", "settings", "The organisation's settings", {}, {}), "200",
           answer("All settings.", rows));
  settings["patch"] = with(operation("change_settings", "settings", "Change settings", {}, {"422"}),
                           "200", answer("All settings.", rows));
  settings["patch"]["requestBody"] = body(any_object("Values by the names of settings."));
  Json audit = operation("read_audit", "settings", "What was done and refused, newest first",
                         {"before", "limit"}, {"422"});
  for (const auto& [name, says] :
       {std::pair{"kind", "Only of this kind."}, {"user", "Only of this user."}}) {
    audit["parameters"].push_back(
        {{"name", name}, {"in", "query"}, {"description", says}, {"schema", text}});
  }
  paths["/api/v1/audit"]["get"] =
      with(std::move(audit), "200", answer("Entries.", data_of(any_object("An entry."))));
  paths["/api/v1/status"]["get"] =
      with(operation("get_status", "health", "Versions, and how far search is behind", {}, {}),
           "200", answer("How it goes.", any_object("Versions and figures.")));
  Json password =
      operation("set_password", "session", "Set a user's password", {"id"}, {"404", "422"});
  password["requestBody"] = body(any_object("The password, and one's own present one."));
  paths["/api/v1/users/{id}/password"]["put"] =
      with(std::move(password), "204", done("It is set; the user's sessions have ended."));
}

void health_paths(Json& paths) {
  for (const auto& [path, id, summary] : {std::tuple{"/livez", "live", "Whether the program runs"},
                                          std::tuple{"/readyz", "ready", "Whether it serves"}}) {
    Json get;
    get["operationId"] = id;
    get["tags"] = Json::array({"health"});
    get["summary"] = summary;
    get["security"] = Json::array();
    get["responses"]["200"] = done("Yes.");
    get["responses"]["503"] = done("Not now.");
    get["responses"]["4XX"] = reference("responses", "Refused429");
    paths[path]["get"] = std::move(get);
  }
}

}  // namespace

Json general_paths() {
  Json paths;
  session_paths(paths);
  catalog_paths(paths);
  import_paths(paths);
  mapping_paths(paths);
  key_paths(paths);
  house_paths(paths);
  health_paths(paths);
  return paths;
}

}  // namespace rapport::server
