// Writes JSON text straight into a string: for answers with many rows, where a tree would cost more
// than the query. Commas are its business; nesting is the caller's.
//
//   JsonWriter w(out); w.begin_object(); w.key("name"); w.string("Ana"); w.end_object();
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rapport::base {

class JsonWriter {
 public:
  explicit JsonWriter(std::string& out) : out_(out) {}

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  void string(std::string_view value);
  void number(std::int64_t value);
  void raw(std::string_view json);  // a value that is JSON already
  void boolean(bool value);
  void null();

 private:
  void separate();
  std::string& out_;
  bool first_ = true;  // the next value is the first of its object or array
  bool after_key_ = false;
};

void append_json_string(std::string& out, std::string_view value);

}  // namespace rapport::base
