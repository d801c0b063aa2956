#include "house.hpp"

#include <unistd.h>

#include <stdexcept>

#include "base/id.hpp"
#include "base/log.hpp"
#include "entity/road.hpp"
#include "platform/access/access.hpp"
#include "platform/platform.hpp"

namespace rapport::scenarios {

namespace {

template <class T>
T must(base::Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " " + result.error().details);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

House::House()
    : data_(std::filesystem::temp_directory_path() / ("rapport-" + base::to_text(base::new_id()))),
      now_us_(std::make_shared<std::atomic<std::int64_t>>(base::system_now().us)) {
  base::configure_log(base::LogLevel::error, false);
  std::filesystem::create_directories(data_);
  auto configuration = server::default_configuration();
  must(configuration.set("database", database_.conninfo(), "test"));
  must(configuration.set("data", data_.string(), "test"));
  must(configuration.set("listen", "127.0.0.1:0", "test"));
  must(configuration.set("access_log", "false", "test"));
  program_ = must(
      server::Application::open(configuration, [now = now_us_] { return base::Instant{*now}; }));
  for (auto [name, role] :
       {std::pair{"ada", platform::Role::administrator}, std::pair{"ed", platform::Role::editor},
        std::pair{"ria", platform::Role::reader}})
    must(program_->access().add_user(
        program_->road(),
        {.name = name, .role = role, .password = std::string(password), .full_name = {}}));
  must(program_->serve({}));
  program_->set_ready();
}

House::~House() {
  program_->stop();
  program_.reset();
  std::filesystem::remove_all(data_);
}

Browser House::browser_of(const std::string& user) {
  Browser browser(program_->port());
  auto reply = browser.post("/api/v1/session", {{"name", user}, {"password", password}});
  if (reply.status != 201) throw std::runtime_error("cannot sign in: " + reply.body);
  return browser;
}

std::string House::ask_database(std::string_view sql) {
  auto transaction = must(program_->pool().begin(store::Mode::read_only));
  auto rows = transaction.run({"story", sql});
  if (!rows) throw std::runtime_error(rows.error().message);
  std::string text;
  for (std::size_t row = 0; row < rows->size(); ++row)
    for (std::size_t column = 0; column < rows->columns(); ++column)
      text += std::string(rows->text(row, column)) + ((column + 1) < rows->columns() ? "|" : "\n");
  return text;
}

std::string House::fingerprint() {
  auto tables = ask_database(
      "select table_name from information_schema.tables where table_schema = 'public' "
      "and table_type = 'BASE TABLE' and table_name not in "
      // What any request may move: sessions' last use, the audit, jobs and cursors; and what
      // insight reckons by itself.
      "('sessions', 'audit', 'jobs', 'listener_cursors', 'search_rows', 'search_words', "
      "'search_vocabulary', 'search_built', 'sign_in_attempts', 'refreshes', 'scores', "
      "'score_bases', 'customer_months', 'cost_allocations', 'product_affinities', "
      "'rescored_meanwhile', 'active_months', 'cohort_cells', 'cohort_bases', "
      "'persons_beside', 'companies_beside') order by 1");
  std::string all;
  std::size_t from = 0;
  while (from < tables.size()) {
    auto end = tables.find('\n', from);
    auto table = tables.substr(from, end - from);
    all += table + "=" +
           ask_database(
               "select count(*) || ' ' || coalesce(md5(string_agg(t::text, ',' order by "
               "t::text)), '') from \"" +
               table + "\" t");
    from = end + 1;
  }
  return all;
}

std::string House::analyze() {
  const auto done = program_->pool().run_alone(
      {"house.analyze",
       "analyze persons, persons_beside, products, orders, order_lines, interactions"});
  return done ? "" : done.error().message;
}

std::int64_t House::statements() {
  return program_->pool().statistics().statements;
}

}  // namespace rapport::scenarios
