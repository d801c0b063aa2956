#include "server/static_files.hpp"

#include <fmt/core.h>
#include <sodium.h>

#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "server/problems.hpp"

namespace rapport::server {

namespace {

constexpr std::string_view nonce_placeholder = "__CSP_NONCE__";

struct TypeOf {
  std::string_view extension, type;
};
constexpr TypeOf types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
};

std::string_view type_of(const std::string& path) {
  for (const auto& [extension, type] : types)
    if (path.ends_with(extension)) return type;
  return "application/octet-stream";
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string hash_of(std::string_view bytes) {
  unsigned char hash[16];
  crypto_generichash(hash, sizeof hash, reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size(), nullptr, 0);
  char text[sizeof hash * 2 + 1];
  return sodium_bin2hex(text, sizeof text, hash, sizeof hash);
}

std::string new_nonce() {
  unsigned char bytes[16];
  randombytes_buf(bytes, sizeof bytes);
  char text[sodium_base64_ENCODED_LEN(sizeof bytes, sodium_base64_VARIANT_ORIGINAL)];
  return sodium_bin2base64(text, sizeof text, bytes, sizeof bytes, sodium_base64_VARIANT_ORIGINAL);
}

// Whether Accept-Encoding takes a coding: named, and not with a weight of nought.
bool takes(const HttpRequest& request, std::string_view coding) {
  auto header = request.header("accept-encoding");
  if (!header) return false;
  for (auto part : base::split(*header, ',')) {
    part = base::trimmed(part);
    auto name = base::trimmed(part.substr(0, part.find(';')));
    if (name != coding) continue;
    auto weight = part.find("q=");
    if (weight == std::string_view::npos) return true;
    return part.substr(weight + 2).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

HttpResponse not_found() {
  return problem_response({.kind = base::ProblemKind::not_found,
                           .code = "server.no_such_page",
                           .message = "There is nothing here.",
                           .details = {},
                           .hint = {},
                           .fields = {},
                           .extra = {}});
}

}  // namespace

void add_security_headers(HttpResponse& response) {
  response.header("X-Content-Type-Options", "nosniff")
      .header("Referrer-Policy", "same-origin")
      .header("Cross-Origin-Opener-Policy", "same-origin")
      .header("Cross-Origin-Resource-Policy", "same-origin");
}

std::string content_security_policy(std::string_view nonce) {
  return fmt::format(
      "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{}'; "
      "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
      "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      nonce);
}

base::Result<StaticFiles> StaticFiles::load(const std::filesystem::path& folder) {
  namespace fs = std::filesystem;
  StaticFiles all;
  std::error_code error;
  if (folder.empty() || !fs::is_directory(folder, error)) return all;
  std::size_t bytes = 0;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (!it->is_regular_file(error) || it->path().extension() == ".map") continue;
    auto path = "/" + it->path().lexically_relative(folder).generic_string();
    auto text = contents(it->path());
    bytes += text.size();
    if (bytes > bytes_max)
      return base::refuse(base::ProblemKind::invalid, "server.web_too_large",
                          "The web folder " + folder.string() + " is too large to serve.");
    if (path.ends_with(".br")) {
      all.files_[path.substr(0, path.size() - 3)].brotli = std::move(text);
    } else if (path.ends_with(".gz")) {
      all.files_[path.substr(0, path.size() - 3)].gzip = std::move(text);
    } else {
      auto& file = all.files_[path];
      file.type = type_of(path);
      file.etag = "\"" + hash_of(text) + "\"";
      file.plain = std::move(text);
    }
  }
  if (error)
    return base::refuse(
        base::ProblemKind::unavailable, "server.web_unreadable",
        "Cannot read the web folder " + folder.string() + ": " + error.message() + ".");
  std::erase_if(all.files_, [](const auto& entry) { return entry.second.etag.empty(); });
  if (auto index = all.files_.find("/index.html"); index != all.files_.end()) {
    all.index_ = std::move(index->second.plain);
    all.files_.erase(index);
  }
  return all;
}

HttpResponse StaticFiles::file_answer(const HttpRequest& request, const File& file,
                                      bool hashed) const {
  HttpResponse response;
  add_security_headers(response);
  response.header("Cache-Control", hashed ? "public, max-age=31536000, immutable" : "no-cache");
  response.header("ETag", file.etag).header("Vary", "Accept-Encoding");
  if (request.header("if-none-match") == file.etag) {
    response.status = 304;
    return response;
  }
  response.header("Content-Type", std::string(file.type));
  if (!file.brotli.empty() && takes(request, "br")) {
    response.header("Content-Encoding", "br").body = file.brotli;
  } else if (!file.gzip.empty() && takes(request, "gzip")) {
    response.header("Content-Encoding", "gzip").body = file.gzip;
  } else {
    response.body = file.plain;
  }
  return response;
}

HttpResponse StaticFiles::page(const HttpRequest& request) const {
  // A page's address is for browsers; at the front door everybody is shown in.
  auto accept = request.header("accept").value_or("*/*");
  bool wanted = accept.find("text/html") != std::string_view::npos ||
                (request.path == "/" && accept.find("*/*") != std::string_view::npos);
  if (index_.empty() || !wanted) return not_found();
  HttpResponse response;
  auto nonce = new_nonce();
  add_security_headers(response);
  response.header("Content-Type", "text/html; charset=utf-8")
      .header("Cache-Control", "no-store")
      .header("Content-Security-Policy", content_security_policy(nonce));
  std::size_t from = 0;
  for (auto at = index_.find(nonce_placeholder); at != std::string::npos;
       at = index_.find(nonce_placeholder, from)) {
    response.body.append(index_, from, at - from).append(nonce);
    from = at + nonce_placeholder.size();
  }
  response.body.append(index_, from);
  return response;
}

HttpResponse StaticFiles::answer(const HttpRequest& request) const {
  if (auto file = files_.find(request.path); file != files_.end())
    return file_answer(request, file->second, request.path.starts_with("/assets/"));
  if (request.path.starts_with("/assets/") || request.path.starts_with("/api/")) return not_found();
  return page(request);
}

}  // namespace rapport::server
