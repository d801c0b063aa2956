// The edge as a hostile or clumsy client meets it: raw bytes over a socket.
#include "server/edge/edge.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <semaphore>
#include <thread>

namespace rapport::server {
namespace {

using namespace std::chrono_literals;

class Client {
 public:
  explicit Client(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Client() { ::close(fd_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  // Reads until `text` has come (and gives all so far), or the end.
  std::string until(std::string_view text) {
    while (got_.find(text) == std::string::npos && more()) {
    }
    return std::exchange(got_, {});
  }
  std::string all() {
    while (more()) {
    }
    return std::exchange(got_, {});
  }

 private:
  bool more() {
    char piece[4096];
    auto n = ::recv(fd_, piece, sizeof piece, 0);
    if (n <= 0) return false;
    got_.append(piece, static_cast<std::size_t>(n));
    return true;
  }
  int fd_;
  bool connected_ = false;
  std::string got_;
};

HttpResponse text(std::string body) {
  HttpResponse response;
  response.body = std::move(body);
  return response;
}

class EdgeTest : public testing::Test {
 protected:
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("rapport-edge-" + std::to_string(::getpid()));
  std::counting_semaphore<> gate{0};
  std::atomic<int> entered = 0;
  std::unique_ptr<Workers> workers, slow;
  std::unique_ptr<Edge> edge;

  void SetUp() override { std::filesystem::create_directories(folder); }
  void TearDown() override {
    gate.release(100);
    if (edge) edge->stop();
    if (workers) workers->stop();
    if (slow) slow->stop();
    edge.reset();
    std::filesystem::remove_all(folder);
  }

  void start(EdgeLimits limits = {}, std::size_t threads = 2, std::size_t waiting = 10) {
    workers = std::make_unique<Workers>(
        WorkersOptions{.name = "worker", .threads = threads, .waiting_max = waiting});
    slow = std::make_unique<Workers>(
        WorkersOptions{.name = "slow", .threads = 1, .waiting_max = waiting});
    EdgeOptions options;
    options.limits = limits;
    options.upload_folder = folder;
    options.access_log = false;
    auto started = Edge::start(
        options, [this](HttpRequest& request) { return site(request); }, *workers, *slow);
    ASSERT_TRUE(started) << started.error().message;
    edge = std::move(*started);
  }

  Dispatch site(HttpRequest& request) {
    Dispatch dispatch;
    dispatch.body_bytes_max = 1000;
    if (request.path == "/echo") {
      dispatch.handle = [](const HttpRequest& r) { return text(r.path + "|" + r.body); };
    } else if (request.path == "/upload") {
      dispatch.to_file = true;
      dispatch.body_bytes_max = 10'000'000;
      dispatch.admit = [](const HttpRequest& r) {
        HttpResponse answer;
        answer.status = r.header("x-key") ? 200 : 401;
        return answer;
      };
      dispatch.handle = [](const HttpRequest& r) {
        return text(std::to_string(std::filesystem::file_size(r.body_file)));
      };
    } else if (request.path == "/wait") {
      dispatch.handle = [this](const HttpRequest&) {
        ++entered;
        gate.acquire();
        return text("waited");
      };
    } else if (request.path == "/throw") {
      dispatch.handle = [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("no"); };
    } else if (request.path == "/stream") {
      dispatch.handle = [](const HttpRequest&) {
        HttpResponse response;
        response.stream = [n = 0](std::string& out) mutable {
          out += std::string(50'000, static_cast<char>('a' + n));
          return ++n < 5;
        };
        return response;
      };
    } else if (request.path == "/events") {
      dispatch.handle = [](const HttpRequest&) {
        HttpResponse response;
        response.events = [](std::string_view object) { return object != "secret"; };
        return response;
      };
    } else {
      dispatch.where = Dispatch::Where::here;
      dispatch.handle = [](const HttpRequest& r) { return text("at " + r.path); };
    }
    return dispatch;
  }

  std::string ask(std::string_view bytes) {
    Client client(edge->port());
    client.send(bytes);
    return client.all();
  }
};

std::string get(std::string_view path, std::string_view more = "Connection: close\r\n") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(more) + "\r\n";
}

TEST_F(EdgeTest, requests_of_a_pipeline_are_answered_in_their_order) {
  start();
  auto post = "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
  auto all = ask(get("/1", "") + post + get("/echo", "") + get("/3"));
  auto first = all.find("at /1");
  auto second = all.find("/echo|abc");
  auto third = all.find("/echo|", second + 5);
  auto fourth = all.find("at /3");
  EXPECT_TRUE(first < second && second < third && third < fourth && fourth != std::string::npos)
      << all;
}

TEST_F(EdgeTest, head_has_the_length_and_no_body) {
  start();
  auto answer = ask("HEAD /12345 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 9\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
}

TEST_F(EdgeTest, bad_bytes_are_refused_and_the_server_lives) {
  EdgeLimits limits;
  limits.idle_max = 100ms;  // where only the request was bad, the connection lives on
  start(limits);
  struct Case {
    std::string bytes, status;
  };
  const Case cases[] = {
      {"\x16\x03\x01\x02\r\n\r\n", "400"},
      {"GET / HTTP/9.9\r\n\r\n", "400"},
      {"GET /\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "400"},
      {"GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET /../x HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nBad Header: x\r\n\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd",
       "400"},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
       "400"},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", "400"},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "400"},
      {"GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(40'000, 'x') + "\r\n\r\n", "431"},
      {"GET /" + std::string(40'000, 'x') + " HTTP/1.1\r\nHost: a\r\n\r\n", "431"},
  };
  for (const auto& one : cases) {
    auto answer = ask(one.bytes);
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + one.status)) << one.bytes.substr(0, 80) << "\n"
                                                              << answer.substr(0, 300);
  }
  EXPECT_NE(ask(get("/alive")).find("at /alive"), std::string::npos);
}

TEST_F(EdgeTest, a_body_may_be_as_large_as_its_route_allows_and_no_larger) {
  start();
  auto post = [](std::size_t bytes) {
    return "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
           std::to_string(bytes) + "\r\n\r\n" + std::string(bytes, 'x');
  };
  EXPECT_TRUE(ask(post(1000)).starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(ask(post(1001)).starts_with("HTTP/1.1 413"));
  auto chunk = "3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n";
  EXPECT_TRUE(ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk)
                  .starts_with("HTTP/1.1 413"));
}

TEST_F(EdgeTest, who_sends_headers_too_slowly_is_let_go) {
  EdgeLimits limits;
  limits.header_wait_max = 200ms;
  limits.idle_max = 200ms;
  limits.body_wait_max = 200ms;
  start(limits);
  Client loris(edge->port());
  loris.send("GET / HT");
  auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(loris.all(), "");
  EXPECT_EQ(Client(edge->port()).all(), "");
  EXPECT_EQ(ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc"), "");
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST_F(EdgeTest, a_full_queue_answers_503_at_once) {
  start({}, 1, 1);
  Client running(edge->port());
  running.send(get("/wait"));
  while (entered == 0) std::this_thread::sleep_for(1ms);
  Client waiting(edge->port());
  waiting.send(get("/wait"));
  // The edge takes connections and what they send in their order: after these it has read that.
  for (int i = 0; i < 3; ++i) ask(get("/x"));
  auto answer = ask(get("/wait"));
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
  EXPECT_NE(answer.find("Retry-After: "), std::string::npos);
  gate.release(2);
  EXPECT_NE(running.all().find("waited"), std::string::npos);
  EXPECT_NE(waiting.all().find("waited"), std::string::npos);
}

TEST_F(EdgeTest, a_handler_that_throws_is_a_500_and_no_more) {
  start();
  EXPECT_TRUE(ask(get("/throw")).starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(ask(get("/echo")).starts_with("HTTP/1.1 200"));
}

TEST_F(EdgeTest, an_upload_goes_to_a_file_that_does_not_outlive_the_request) {
  start();
  const std::size_t size = 3'000'000;
  auto head = "POST /upload HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: " +
              std::to_string(size) + "\r\n";
  EXPECT_TRUE(ask(head + "\r\n" + std::string(size, 'x')).starts_with("HTTP/1.1 401"));
  Client client(edge->port());
  client.send(head + "X-Key: k\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send(std::string(size, 'x'));
  auto answer = client.all();
  EXPECT_TRUE(answer.ends_with("\r\n\r\n3000000")) << answer;
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(EdgeTest, a_streamed_answer_comes_in_chunks_and_ends_whole) {
  start();
  auto answer = ask(get("/stream"));
  EXPECT_NE(answer.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("\r\n0\r\n\r\n"));
  EXPECT_EQ(std::ranges::count(answer.substr(answer.find("\r\n\r\n")), 'e'), 50'000);
  auto old = ask("GET /stream HTTP/1.0\r\n\r\n");
  EXPECT_EQ(old.size() - old.find("\r\n\r\n") - 4, 250'000u);
}

TEST_F(EdgeTest, events_reach_the_streams_that_may_see_them) {
  start();
  Client reader(edge->port());
  reader.send(get("/events", ""));
  auto opening = reader.until("event: hello\ndata: {}\n\n");
  EXPECT_NE(opening.find("HTTP/1.1 200"), std::string::npos);
  edge->publish({"secret", "s", 1});
  edge->publish({"person", "p", 7});
  auto event = reader.until("}\n\n");
  EXPECT_EQ(event.find("secret"), std::string::npos);
  EXPECT_NE(event.find("\"id\":\"p\",\"version\":7"), std::string::npos) << event;
  auto id = event.substr(event.find("id: ") + 4);
  id = id.substr(0, id.find('\n'));
  edge->publish({"person", "q", 8});
  Client again(edge->port());
  again.send(get("/events", "Last-Event-ID: " + id + "\r\n"));
  EXPECT_NE(again.until("\"version\":8}\n\n").find("\"id\":\"q\""), std::string::npos);
}

TEST_F(EdgeTest, stopping_finishes_what_runs_and_refuses_what_is_new) {
  start();
  Client running(edge->port());
  running.send(get("/wait", ""));
  Client idle(edge->port());
  idle.send(get("/x", ""));
  idle.until("at /x");
  while (entered == 0) std::this_thread::sleep_for(1ms);
  std::jthread stopper([&] { edge->stop(); });
  EXPECT_EQ(idle.all(), "");
  EXPECT_FALSE(Client(edge->port()).connected());
  gate.release();
  auto answer = running.all();
  EXPECT_NE(answer.find("waited"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close"), std::string::npos);
}

TEST_F(EdgeTest, a_port_in_use_is_said_so) {
  start();
  EdgeOptions options;
  options.port = edge->port();
  auto second = Edge::start(options, {}, *workers, *slow);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, "server.listen");
}

}  // namespace
}  // namespace rapport::server
