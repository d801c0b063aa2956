// The files that the program carries with it, so that it runs from one executable: what they are is
// found by their place when the program is built (cmake/embed.cmake), in the order of their paths.
#pragma once

#include <span>
#include <string_view>

namespace rapport::base {

struct EmbeddedFile {
  std::string_view path;  // from the root of the sources: "src/crm/sales/leads/lead.object.yaml"
  std::string_view text;
};

[[nodiscard]] std::span<const EmbeddedFile> embedded_migrations();    // migrations/0001_….sql
[[nodiscard]] std::span<const EmbeddedFile> embedded_object_files();  // src/**/*.object.yaml
[[nodiscard]] std::span<const EmbeddedFile> embedded_score_files();   // src/**/*.score.yaml
[[nodiscard]] std::span<const EmbeddedFile> embedded_query_files();   // src/**/*_queries.sql
[[nodiscard]] std::span<const EmbeddedFile> embedded_schemas();       // src/**/*.schema.json
[[nodiscard]] std::span<const EmbeddedFile> embedded_demo_files();    // demo/*.yaml, demo/*.csv

}  // namespace rapport::base
