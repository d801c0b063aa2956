// How a file is written, found out from its bytes, each answer with how sure it is (0 to 1). People
// see the answer and may correct it; a mapping may state it.
#pragma once

#include "platform/exchange/csv/reader.hpp"
#include "platform/exchange/mapping/mapping.hpp"

namespace rapport::platform {

struct Recognised {
  Dialect dialect;
  bool header = false;
  double encoding_sure = 0, delimiter_sure = 0, header_sure = 0;
};

// What `stated` says is taken as given, the rest is recognised.
[[nodiscard]] Recognised recognise_dialect(ByteSource& source, const FileSpec& stated);

}  // namespace rapport::platform
