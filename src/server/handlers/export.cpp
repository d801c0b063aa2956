#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "platform/audit/audit.hpp"
#include "platform/exchange/exchange.hpp"
#include "server/handlers/records.hpp"

namespace rapport::server {

namespace {

constexpr std::size_t export_pieces_max = 4;  // made before they are taken
constexpr int exports_max = 8;                // at once

std::atomic<int> exports_running = 0;

// An export pushes pieces, the edge pulls them: between them a thread and a short queue, so that a
// slow reader holds neither a worker nor a connection to the database.
class Export {
 public:
  Export(entity::Road& road, entity::Caller caller, entity::List list,
         platform::ExportFormat format)
      : thread_([this, &road, caller = std::move(caller), list = std::move(list), format] {
          auto done = platform::export_records(
              road, caller, list, format, [this](std::string_view piece) { return put(piece); });
          std::lock_guard lock(mutex_);
          ended_ = true;
          if (!done) problem_ = done.error();
          moved_.notify_all();
        }) {
    ++exports_running;
  }
  ~Export() {
    {
      std::lock_guard lock(mutex_);
      abandoned_ = true;
    }
    moved_.notify_all();
    thread_.join();
    --exports_running;
  }
  Export(const Export&) = delete;
  Export& operator=(const Export&) = delete;

  // Waits for the first piece, so that what is wrong from the start can still be refused.
  std::optional<base::Problem> begun() {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return ended_ || !pieces_.empty(); });
    return pieces_.empty() ? problem_ : std::nullopt;
  }

  bool next(std::string& out) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return ended_ || !pieces_.empty(); });
    if (!pieces_.empty()) {
      out += pieces_.front();
      pieces_.erase(pieces_.begin());
      moved_.notify_all();
      return true;
    }
    // Cut short rather than ended: the reader must not take half for the whole.
    if (problem_) throw std::runtime_error("export failed: " + problem_->code);
    return false;
  }

 private:
  bool put(std::string_view piece) {
    std::unique_lock lock(mutex_);
    moved_.wait(lock, [&] { return abandoned_ || pieces_.size() < export_pieces_max; });
    if (abandoned_) return false;
    pieces_.emplace_back(piece);
    moved_.notify_all();
    return true;
  }

  std::mutex mutex_;
  std::condition_variable moved_;
  std::vector<std::string> pieces_;
  bool ended_ = false, abandoned_ = false;
  std::optional<base::Problem> problem_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace

Answer export_records(Call& call) {
  auto object = object_capture(call);
  if (!object) return std::unexpected(object.error());
  auto known =
      only_parameters(call, {"where", "set", "order", "fields", "bin", "stand_ins", "format"});
  if (!known) return std::unexpected(known.error());
  auto list = list_from_query(call, *object->second);
  if (!list) return std::unexpected(list.error());
  auto format_name = call.request.parameter("format").value_or("csv");
  if (format_name != "csv" && format_name != "jsonl")
    return base::refuse(base::ProblemKind::malformed, "server.parameter",
                        "\"format\" must be csv or jsonl.");
  bool csv = format_name == "csv";
  if (exports_running >= exports_max)
    return base::refuse(base::ProblemKind::unavailable, "server.exports_busy",
                        "Too many exports run at the moment; try again soon.");
  auto running =
      std::make_shared<Export>(call.services.road, call.caller(), *list,
                               csv ? platform::ExportFormat::csv : platform::ExportFormat::jsonl);
  if (auto problem = running->begun()) return std::unexpected(*problem);
  call.services.audit.note({.kind = platform::Audited::exported,
                            .user = call.caller().user,
                            .name = {},
                            .address = call.request.peer,
                            .subject = object->second->name,
                            .details = {},
                            .at = {}});
  HttpResponse response;
  response.header("Content-Type", csv ? "text/csv; charset=utf-8" : "application/x-ndjson")
      .header("Cache-Control", "no-store")
      .header("X-Content-Type-Options", "nosniff")
      .header("Content-Disposition",
              "attachment; filename=\"" + object->second->plural + (csv ? ".csv\"" : ".jsonl\""));
  response.stream = [running](std::string& out) { return running->next(out); };
  return response;
}

}  // namespace rapport::server
