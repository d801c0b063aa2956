// Named statements that stand in a file of their own beside the code, `src/**/NAME_queries.sql`:
//
//   -- name: find_session
//   select … from sessions where token = $1;
//
// They are carried by the program and found by name:
//
//   static const store::Statement kFind = store::queries("session")["find_session"];
//
// A file or a name that does not exist is a mistake of ours and ends the program with a sentence
// that says so, at its start where the line above stands at namespace scope.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "store/database.hpp"

namespace rapport::store {

class QueryFile {
 public:
  // Throws std::logic_error where the text is not as above: two statements of one name, text
  // before the first name, a name without a statement.
  QueryFile(std::string_view name, std::string_view text);

  // Named "session.find_session". Throws std::logic_error where there is none.
  [[nodiscard]] Statement operator[](std::string_view name) const;
  [[nodiscard]] std::size_t size() const { return statements_.size(); }

 private:
  struct Named {
    std::string full_name;
    std::string sql;
  };
  void add(std::string_view name, std::string_view sql);

  std::string name_;
  std::map<std::string, Named, std::less<>> statements_;
};

// The file NAME_queries.sql, read at first use and kept for good.
[[nodiscard]] const QueryFile& queries(std::string_view name);

}  // namespace rapport::store
