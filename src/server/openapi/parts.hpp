// Pieces of an OpenAPI document: schemas, parameters, answers. Only `openapi` includes it.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "base/json.hpp"
#include "entity/catalog/catalog.hpp"

namespace rapport::server {

// "order_line" → "OrderLine"
[[nodiscard]] std::string schema_name(std::string_view object_name);
[[nodiscard]] base::Json reference(std::string_view kind, std::string_view name);

// What a field holds as the API answers it, and as it takes it.
[[nodiscard]] base::Json schema_of(const entity::Field& field);
[[nodiscard]] base::Json input_schema_of(const entity::Field& field);

// The schemas, parameters and answers that many routes share.
[[nodiscard]] base::Json shared_schemas();
[[nodiscard]] base::Json shared_parameters();
[[nodiscard]] base::Json shared_responses();

[[nodiscard]] base::Json json_content(base::Json schema);
[[nodiscard]] base::Json answer(std::string_view description, base::Json schema);
// An operation with the refusals that every one may answer, and those of `refusals` ("404").
[[nodiscard]] base::Json operation(std::string_view id, std::string_view tag,
                                   std::string_view summary,
                                   std::initializer_list<std::string_view> parameters,
                                   std::initializer_list<std::string_view> refusals);
// The routes that are not of one object type: session, search, imports, keys, health.
[[nodiscard]] base::Json general_paths();
[[nodiscard]] base::Json insight_paths();

}  // namespace rapport::server
