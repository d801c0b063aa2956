#include "store/database.hpp"

namespace rapport::store {

namespace {

char escaped(char c) {
  switch (c) {
    case '\\':
      return '\\';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return 0;
  }
}

void separate(std::string& out, bool& first) {
  if (!first) out.push_back('\t');
  first = false;
}

}  // namespace

CopyRow& CopyRow::text(std::string_view value) {
  separate(out_, first_);
  std::size_t plain = 0;
  for (std::size_t at = 0; at < value.size(); ++at) {
    const char c = value[at];
    if (static_cast<unsigned char>(c) > '\\') continue;
    const char mark = escaped(c);
    if (mark == 0 && c != '\0') continue;
    out_.append(value, plain, at - plain);
    plain = at + 1;
    if (mark == 0) continue;  // PostgreSQL has no NUL in text
    out_.push_back('\\');
    out_.push_back(mark);
  }
  out_.append(value, plain);
  return *this;
}

CopyRow& CopyRow::raw(std::string_view value) {
  separate(out_, first_);
  out_.append(value);
  return *this;
}

CopyRow& CopyRow::id(const base::Id& value) {
  separate(out_, first_);
  base::append_text(out_, value);
  return *this;
}

CopyRow& CopyRow::instant(base::Instant value) {
  return raw(base::to_text(value));
}

CopyRow& CopyRow::null() {
  return raw("\\N");
}

void CopyRow::end() {
  out_.push_back('\n');
  first_ = true;
}

}  // namespace rapport::store
