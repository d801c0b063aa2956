#include "entity/catalog/yaml_json.hpp"

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

#include "base/json.hpp"
#include "base/text.hpp"
#include "entity/catalog/object_file.hpp"

namespace rapport::entity {
namespace {

using base::Json;

struct Fault {
  int line;
  std::string message;
};

class Converter {
 public:
  explicit Converter(Lines& lines) : lines_(lines) {}

  Json convert(const YAML::Node& node, const std::string& pointer, int depth) {
    const int line = node.Mark().line + 1;
    lines_.note(pointer, line);
    if (depth > ObjectFileLimits::depth_max) throw Fault{line, "It is nested too deeply."};
    if (++nodes_ > ObjectFileLimits::nodes_max) throw Fault{line, "The file holds too much."};
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        return scalar(node, line);
      case YAML::NodeType::Sequence: {
        Json array = Json::array();
        for (const auto& item : node) {
          array.push_back(convert(item, pointer + "/" + std::to_string(array.size()), depth + 1));
        }
        return array;
      }
      case YAML::NodeType::Map:
        return map(node, pointer, depth);
      default:
        return nullptr;
    }
  }

 private:
  Json map(const YAML::Node& node, const std::string& pointer, int depth) {
    Json object = Json::object();
    for (const auto& item : node) {
      const int line = item.first.Mark().line + 1;
      if (!item.first.IsScalar()) throw Fault{line, "A key must be a word."};
      const auto clean = base::clean_text(item.first.Scalar());
      if (!clean) throw Fault{line, "A key holds characters that are not text."};
      const std::string& key = *clean;
      const std::string below = pointer + "/" + key;
      if (object.contains(key)) throw Fault{line, fmt::format("“{}” stands here twice.", key)};
      lines_.note(below, line);
      object[key] = convert(item.second, below, depth + 1);
    }
    return object;
  }

  static Json scalar(const YAML::Node& node, int line) {
    const std::string& text = node.Scalar();
    const auto clean = base::clean_text(text);
    if (!clean) throw Fault{line, "It holds characters that are not text."};
    if (node.Tag() == "!") return *clean;  // quoted
    if (text == "true") return true;
    if (text == "false") return false;
    if (text == "null" || text == "~" || text.empty()) return nullptr;
    // Numbers as JSON writes them; 007 and 1_000 are texts.
    if (base::parse_decimal(text) && Json::accept(text)) return Json::parse(text);
    return *clean;
  }

  Lines& lines_;
  int nodes_ = 0;
};

}  // namespace

int Lines::at(std::string pointer) const {
  for (;;) {
    if (const auto found = lines_.find(pointer); found != lines_.end()) return found->second;
    const auto slash = pointer.rfind('/');
    if (slash == std::string::npos) return 1;
    pointer.resize(slash);
  }
}

std::expected<Json, base::FieldProblem> json_of_yaml(const std::string& text, Lines& lines) {
  const auto fault = [](int line, std::string message) {
    return std::unexpected(
        base::FieldProblem{std::to_string(line), "catalog.malformed", std::move(message)});
  };
  if (text.size() > ObjectFileLimits::bytes_max) {
    return fault(1, fmt::format("The file is larger than {} bytes.", ObjectFileLimits::bytes_max));
  }
  try {
    const YAML::Node root = YAML::Load(text);
    return Converter(lines).convert(root, "", 0);
  } catch (const YAML::Exception& error) {
    return fault(error.mark.line + 1, fmt::format("It is not YAML: {}.", error.msg));
  } catch (const Fault& error) {
    return fault(error.line, error.message);
  }
}

}  // namespace rapport::entity
