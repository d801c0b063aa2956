#include "server/static_files.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace rapport::server {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
 protected:
  fs::path folder = fs::temp_directory_path() / ("rapport-web-" + std::to_string(::getpid()));

  void SetUp() override {
    fs::create_directories(folder / "assets");
    write("index.html", "<style nonce=\"__CSP_NONCE__\"></style><meta content=\"__CSP_NONCE__\">");
    write("assets/index-1a2b.js", "let a");
    write("assets/index-1a2b.js.br", "BR");
    write("assets/index-1a2b.js.gz", "GZ");
    write("favicon.svg", "<svg/>");
    std::ofstream(folder.parent_path() / "secret.txt") << "secret";
  }
  void TearDown() override { fs::remove_all(folder); }

  void write(const std::string& name, std::string_view text) {
    std::ofstream(folder / name) << text;
  }
  HttpResponse get(std::string path, Parameters headers = {}) {
    auto files = StaticFiles::load(folder);
    EXPECT_TRUE(files);
    HttpRequest request;
    request.path = std::move(path);
    request.headers = std::move(headers);
    return files->answer(request);
  }
  static std::string header(const HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return "";
  }
};

TEST_F(StaticFilesTest, a_hashed_file_is_kept_for_ever_and_comes_as_small_as_the_browser_takes_it) {
  struct Case {
    std::string accept, body;
  };
  const Case cases[] = {{"gzip, deflate, br", "BR"}, {"gzip", "GZ"},     {"", "let a"},
                        {"br;q=0, gzip", "GZ"},      {"br;q=0.5", "BR"}, {"identity", "let a"}};
  for (const auto& one : cases) {
    auto response = get("/assets/index-1a2b.js", {{"accept-encoding", one.accept}});
    EXPECT_EQ(response.body, one.body) << one.accept;
    EXPECT_EQ(header(response, "Cache-Control"), "public, max-age=31536000, immutable");
    EXPECT_EQ(header(response, "Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
  }
}

TEST_F(StaticFilesTest, a_missing_asset_is_not_the_page) {
  EXPECT_EQ(get("/assets/index-9z.js", {{"accept", "text/html"}}).status, 404);
  EXPECT_EQ(get("/assets/index-1a2b.js.br").status, 404);
}

TEST_F(StaticFilesTest, any_other_path_is_the_page_for_who_asks_for_a_page) {
  auto page = get("/persons/123", {{"accept", "text/html,application/xhtml+xml"}});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(get("/persons/123", {{"accept", "application/json"}}).status, 404);
  EXPECT_EQ(get("/index.html").status, 404);
  // Who knocks at the front door without saying what he takes (curl) is shown in.
  EXPECT_EQ(get("/", {{"accept", "*/*"}}).status, 200);
  EXPECT_EQ(get("/").status, 200);
  EXPECT_EQ(get("/", {{"accept", "application/json"}}).status, 404);
  EXPECT_EQ(get("/persons/123", {{"accept", "*/*"}}).status, 404);
}

TEST_F(StaticFilesTest, each_page_has_a_nonce_of_its_own_in_policy_and_text) {
  auto one = get("/", {{"accept", "text/html"}});
  auto two = get("/", {{"accept", "text/html"}});
  EXPECT_NE(one.body, two.body);
  EXPECT_EQ(one.body.find("__CSP_NONCE__"), std::string::npos);
  auto policy = header(one, "Content-Security-Policy");
  auto start = policy.find("'nonce-") + 7;
  auto nonce = policy.substr(start, policy.find('\'', start) - start);
  EXPECT_EQ(one.body, "<style nonce=\"" + nonce + "\"></style><meta content=\"" + nonce + "\">");
  EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
}

TEST_F(StaticFilesTest, no_path_leads_out_of_the_folder) {
  for (std::string path : {"/../secret.txt", "/assets/../../secret.txt", "//secret.txt"})
    EXPECT_EQ(get(path).status, 404) << path;
}

TEST_F(StaticFilesTest, an_unchanged_file_is_not_sent_again) {
  auto etag = header(get("/favicon.svg"), "ETag");
  EXPECT_EQ(get("/favicon.svg", {{"if-none-match", etag}}).status, 304);
}

}  // namespace
}  // namespace rapport::server
