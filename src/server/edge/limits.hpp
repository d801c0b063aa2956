// Everything the edge reads, waits for or keeps has a limit, and each limit has a name.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rapport::server {

struct EdgeLimits {
  std::uint32_t header_bytes_max = 32 * 1024;        // request line and headers; beyond: 431
  std::size_t query_parameters_max = 64;             // beyond: 400
  std::size_t connections_max = 2000;                // beyond: 503 and closed
  std::size_t requests_per_connection_max = 10'000;  // then the connection is closed politely

  std::chrono::milliseconds idle_max{75'000};          // between two requests
  std::chrono::milliseconds header_wait_max{10'000};   // from first byte to end of headers
  std::chrono::milliseconds body_wait_max{30'000};     // the whole of an ordinary body
  std::chrono::milliseconds upload_pause_max{30'000};  // without a byte of an upload
  std::chrono::milliseconds upload_wait_max{3'600'000};
  std::chrono::milliseconds write_wait_max{60'000};  // for one answer, or piece of it, to be taken
  std::chrono::milliseconds linger_max{2'000};       // reading on after a refusal, so it is seen
  std::uint64_t linger_bytes_max = 256 * 1024;
  std::chrono::milliseconds stop_wait_max{10'000};  // for running requests when stopping

  std::size_t upload_piece_bytes = 64 * 1024;
  std::size_t stream_piece_bytes = 64 * 1024;

  std::size_t events_kept_max = 2000;                       // ring from which a stream resumes
  std::size_t event_stream_pending_bytes_max = 512 * 1024;  // of a reader too slow; then closed
  std::size_t event_streams_max = 1000;
  std::chrono::milliseconds event_heartbeat{20'000};
  std::chrono::milliseconds event_stream_max{900'000};  // then the browser returns, admitted anew
};

// Body classes of routes.
inline constexpr std::uint64_t body_bytes_none = 0;
inline constexpr std::uint64_t body_bytes_small = 64 * 1024;  // sign-in, keys, mappings
inline constexpr std::uint64_t body_bytes_records = 8 * 1024 * 1024;

}  // namespace rapport::server
