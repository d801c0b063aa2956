#include "server/handlers/session.hpp"

#include "base/json.hpp"
#include "server/cookies.hpp"

namespace rapport::server {

namespace {

base::Json user_json(const platform::UserInfo& user) {
  return {{"user",
           {{"id", base::to_text(user.id)},
            {"name", user.name},
            {"role", platform::name_of(user.role)},
            {"zone", user.zone}}}};
}

base::Json key_json(const platform::KeyInfo& key) {
  base::Json json{{"id", base::to_text(key.id)},
                  {"name", key.name},
                  {"prefix", key.prefix},
                  {"user", base::to_text(key.user)},
                  {"user_name", key.user_name},
                  {"scopes", key.scopes},
                  {"created_at", base::to_text(key.created_at)}};
  auto instant = [&](const char* name, const std::optional<base::Instant>& at) {
    json[name] = at ? base::Json(base::to_text(*at)) : base::Json();
  };
  instant("expires_at", key.expires_at);
  instant("last_used_at", key.last_used_at);
  return json;
}

base::Result<platform::NewKey> key_from(const base::Json& body) {
  platform::NewKey key;
  for (const auto& [name, value] : body.items()) {
    auto wrong = [&](std::string message) {
      return base::refuse_field("server.member", "/" + name, std::move(message));
    };
    if (name == "name") {
      auto text = text_member(body, "name");
      if (!text) return std::unexpected(text.error());
      key.name = *text;
    } else if (name == "scopes") {
      if (!value.is_array()) return wrong("\"scopes\" must be a list of texts.");
      for (const auto& scope : value) {
        if (!scope.is_string()) return wrong("\"scopes\" must be a list of texts.");
        key.scopes.push_back(scope.get<std::string>());
      }
    } else if (name == "expires_at") {
      if (value.is_null()) continue;
      if (value.is_string()) key.expires_at = base::parse_instant(value.get<std::string>());
      if (!key.expires_at) return wrong("\"expires_at\" must be a moment, 2026-03-01T12:00:00Z.");
    } else if (name == "user") {
      if (value.is_null()) continue;
      if (value.is_string()) key.user = base::parse_id(value.get<std::string>());
      if (!key.user) return wrong("\"user\" must be the id of a user.");
    } else {
      return wrong("There is no member \"" + name + "\" here.");
    }
  }
  return key;
}

}  // namespace

Answer sign_in(Call& call) {
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  auto name = text_member(*body, "name");
  if (!name) return std::unexpected(name.error());
  auto password = body->find("password");
  if (password == body->end() || !password->is_string())
    return base::refuse_field("server.text_needed", "/password",
                              "\"password\" must be given, as text.");
  auto signed_in = call.services.access.sign_in(
      {.name = *name, .password = password->get<std::string>(), .address = call.request.peer});
  if (!signed_in) return std::unexpected(signed_in.error());
  auto response = json_answer(user_json(signed_in->user), 201);
  bool secure = is_secure(call.request, call.services.public_url);
  response.header("Set-Cookie",
                  session_cookie(signed_in->token, call.services.session_lifetime, secure));
  return response;
}

Answer get_session(Call& call) {
  return json_answer(user_json(call.admitted.user));
}

Answer sign_out(Call& call) {
  bool secure = is_secure(call.request, call.services.public_url);
  if (auto token = session_of(call.request, secure)) call.services.access.sign_out(*token);
  return empty_answer().header("Set-Cookie", ended_session_cookie(secure));
}

Answer list_keys(Call& call) {
  auto keys = call.services.access.keys(call.admitted);
  if (!keys) return std::unexpected(keys.error());
  base::Json json{{"data", base::Json::array()}};
  for (const auto& key : *keys) json["data"].push_back(key_json(key));
  return json_answer(json);
}

Answer create_key(Call& call) {
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  auto key = key_from(*body);
  if (!key) return std::unexpected(key.error());
  auto created = call.services.access.create_key(call.admitted, *key);
  if (!created) return std::unexpected(created.error());
  auto json = key_json(created->info);
  json["key"] = created->key;
  return json_answer(json, 201).header("Cache-Control", "no-store");
}

Answer remove_key(Call& call) {
  auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  auto removed = call.services.access.remove_key(call.admitted, *id);
  if (!removed) return std::unexpected(removed.error());
  return empty_answer();
}

Answer set_password(Call& call) {
  auto id = id_capture(call, 0);
  if (!id) return std::unexpected(id.error());
  auto body = json_body(call);
  if (!body) return std::unexpected(body.error());
  for (const auto& [name, value] : body->items())
    if ((name != "password" && name != "current") || !value.is_string())
      return base::refuse_field("server.member", "/" + name,
                                "Only \"password\" and \"current\" are read here, as texts.");
  if (!body->contains("password"))
    return base::refuse_field("server.text_needed", "/password",
                              "\"password\" must be given, as text.");
  auto changed = call.services.access.change_password(
      call.admitted, *id, body->value("current", ""), (*body)["password"].get<std::string>());
  if (!changed) return std::unexpected(changed.error());
  return empty_answer();
}

}  // namespace rapport::server
