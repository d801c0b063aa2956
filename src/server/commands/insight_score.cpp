// `rapport insight score`: everybody scored anew, in this process.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "base/json.hpp"
#include "crm/insight/insight.hpp"
#include "server/commands/insight.hpp"

namespace rapport::server {

namespace {

int score(const CommandLine& line, bool keep_models) {
  auto application = open_application(line);
  if (!application) return fail(line, application.error());
  auto& insight = (*application)->insight();
  const auto done = insight.refresh().run({.fit = !keep_models});
  if (!done) return fail(line, done.error());
  if (line.json) {
    const base::Json json{{"persons", done->persons}, {"seconds", done->seconds}};
    std::printf("%s\n", base::to_text(json).c_str());
  } else {
    std::printf("%lld customers scored in %.1f seconds.\n", static_cast<long long>(done->persons),
                done->seconds);
  }
  return exit_done;
}

}  // namespace

void add_insight_score(CLI::App& insight, CommandLine& line) {
  auto keep = std::make_shared<bool>(false);
  auto* command = insight.add_subcommand(
      "score", "Fits the models on the program's own records and scores every customer.");
  command->add_flag("--keep-models", *keep, "With the models in use, without new fits.");
  add_setting_flags(*command, line, false);
  add_json_flag(*command, line);
  command->callback([&line, keep] { line.run = [&line, keep] { return score(line, *keep); }; });
}

}  // namespace rapport::server
