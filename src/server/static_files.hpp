// The web interface as files. They are read into memory once at start: what is not in the map
// cannot be asked for, so no path leads out of the folder; and the program may give up its right to
// read the folder afterwards.
//
// Files under /assets/ carry a hash in their name and are kept by browsers for ever; a missing one
// is 404, never index.html. Precompressed neighbours (`x.js.br`, `x.js.gz`) are sent to whom takes
// them. Any other path answers index.html, but only to who asks for a page (`Accept: text/html`).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/problem.hpp"
#include "server/edge/http.hpp"

namespace rapport::server {

class StaticFiles {
 public:
  static constexpr std::size_t bytes_max = 128u << 20;  // of all files together

  // A missing folder is no error: the API serves without an interface.
  static base::Result<StaticFiles> load(const std::filesystem::path& folder);

  [[nodiscard]] HttpResponse answer(const HttpRequest& request) const;
  [[nodiscard]] bool empty() const { return files_.empty(); }

 private:
  struct File {
    std::string plain, brotli, gzip;
    std::string_view type;
    std::string etag;
  };
  [[nodiscard]] HttpResponse file_answer(const HttpRequest& request, const File& file,
                                         bool hashed) const;
  [[nodiscard]] HttpResponse page(const HttpRequest& request) const;

  std::unordered_map<std::string, File> files_;  // by path: "/assets/index-3f2a.js"
  std::string index_;                            // index.html, with its placeholder
};

// Headers of every answer to a browser.
void add_security_headers(HttpResponse& response);
[[nodiscard]] std::string content_security_policy(std::string_view nonce);

}  // namespace rapport::server
