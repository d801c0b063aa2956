// Reads the tree of a mapping's text. The first thing that is wrong is kept with its line; what is
// read after it does not matter.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/exchange/mapping/mapping.hpp"

namespace YAML {
class Node;
}

namespace rapport::platform {

class MappingReader {
 public:
  explicit MappingReader(const MappingLimits& limits) : limits_(limits) {}

  Mapping mapping(const YAML::Node& root);
  [[nodiscard]] const std::optional<base::Problem>& problem() const { return problem_; }

 private:
  void wrong(const YAML::Node& node, const std::string& message);
  // The node is a map with none but these keys, each once.
  bool is_map(const YAML::Node& node, std::initializer_list<std::string_view> keys);
  std::string text(const YAML::Node& node);
  bool truth(const YAML::Node& node);
  std::vector<std::string> texts(const YAML::Node& node);  // one text or a list of them
  ColumnRef column(const YAML::Node& node);
  std::vector<ColumnRef> columns(const YAML::Node& node);

  FileSpec file(const YAML::Node& node);
  void layouts(const YAML::Node& node, FileSpec& file);
  entity::TextForms forms(const YAML::Node& node);
  ObjectSpec object(const YAML::Node& node, bool& is_main);
  KeySpec key(const YAML::Node& node);
  FieldSpec field(const std::string& name, const YAML::Node& node);
  ValueSpec value(const YAML::Node& node, int depth);
  void value_source(const YAML::Node& node, ValueSpec& value, int depth);
  void value_branch(const YAML::Node& node, ValueSpec& value, int depth);
  void value_template(const YAML::Node& node, ValueSpec& value);
  Condition condition(const YAML::Node& node, int depth);
  RowRule rule(const YAML::Node& node, std::string_view naming);

  const MappingLimits& limits_;
  std::optional<base::Problem> problem_;
};

}  // namespace rapport::platform
