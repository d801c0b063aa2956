#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

#include "store/process.hpp"

extern "C" {
#include <sys/pidfd.h>  // glibc 2.36 forgot to say so for C++
}

namespace rapport::store {

namespace {

constexpr int kHandleFd = 3;
constexpr int kEndMsMax = 60'000;

// From here on only async-signal-safe functions: other threads of ours may have held locks at the
// fork. `handle` stands for the process even when its number is given to another one; −1 where the
// system has no such thing.
[[noreturn]] void watch_until_free(const Watch& watch, int handle, int ready) {
  setsid();
  prctl(PR_SET_NAME, kWatcherName);
  // A handler of ours for SIGTERM would do the program's work in here.
  for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) signal(each, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  const pid_t me = getpid();
  if (write(ready, &me, sizeof me) != sizeof me) _exit(1);
  if (handle >= 0 && dup2(handle, kHandleFd) < 0) _exit(1);
  if (handle < 0) close(kHandleFd);
  close_range(kHandleFd + 1, ~0U, 0);  // among them our own lock
  const int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0) _exit(1);
  // Whoever reads our output through a pipe waits for its end.
  for (const int each : {0, 1, 2}) dup2(nothing, each);
  if (chdir("/") != 0) _exit(1);

  const int lock = open(watch.lock.c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) _exit(1);
  while (flock(lock, LOCK_EX) != 0) {
    if (errno != EINTR) _exit(1);
  }
  if (handle >= 0) {
    pollfd ended{.fd = kHandleFd, .events = POLLIN, .revents = 0};
    if (pidfd_send_signal(kHandleFd, watch.signal, nullptr, 0) == 0) poll(&ended, 1, kEndMsMax);
  } else {
    const timespec pause{.tv_sec = 0, .tv_nsec = 20'000'000};
    int sent = watch.signal;
    for (int waited = 0; kill(watch.process, sent) == 0 && waited < kEndMsMax; waited += 20) {
      sent = 0;
      nanosleep(&pause, nullptr);
    }
  }
  if (watch.remove.empty()) _exit(0);
  char* const arguments[] = {const_cast<char*>("rm"), const_cast<char*>("-rf"),
                             const_cast<char*>("--"), const_cast<char*>(watch.remove.c_str()),
                             nullptr};
  char* const environment[] = {nullptr};
  execve("/bin/rm", arguments, environment);
  _exit(1);
}

}  // namespace

pid_t leave_watcher(const Watch& watch) {
  int numbers[2] = {-1, -1};
  if (pipe2(numbers, O_CLOEXEC) != 0) return -1;
  const int handle = pidfd_open(watch.process, 0);
  const pid_t between = fork();
  if (between == 0) {
    // The grandchild is nobody's to wait for.
    const pid_t watcher = fork();
    if (watcher == 0) watch_until_free(watch, handle, numbers[1]);
    _exit(watcher > 0 ? 0 : 1);
  }
  close(numbers[1]);
  pid_t watcher = -1;
  if (between > 0 &&
      (wait_for(between) != 0 || read(numbers[0], &watcher, sizeof watcher) != sizeof watcher)) {
    watcher = -1;
  }
  for (const int each : {numbers[0], handle}) {
    if (each >= 0) close(each);
  }
  return watcher;
}

}  // namespace rapport::store
