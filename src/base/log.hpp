// The program's log: one line an event, to standard error, as text or JSON. Never personal values.
// (spdlog stands in log.cpp alone: it costs six seconds an include.)
#pragma once

#include <string_view>

namespace rapport::base {

enum class LogLevel { debug, info, warning, error };

void configure_log(LogLevel least, bool as_json);
void log(LogLevel level, std::string_view message);
inline void log_debug(std::string_view message) {
  log(LogLevel::debug, message);
}
inline void log_info(std::string_view message) {
  log(LogLevel::info, message);
}
inline void log_warning(std::string_view message) {
  log(LogLevel::warning, message);
}
inline void log_error(std::string_view message) {
  log(LogLevel::error, message);
}

}  // namespace rapport::base
