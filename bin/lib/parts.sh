# The parts of ./test. Each function runs one part, writes its log to $1, and sets PART_PASSED,
# PART_FAILED and PART_SKIPPED. A part that cannot run counts as one failure. Sourced, never run.

FLOOR_PARTS="base analytics store expression entity platform crm server scenarios commands"
FAST_PARTS="check $FLOOR_PARTS web"
ALL_PARTS="$FAST_PARTS browser fuzz sanitize"

FUZZ_SECONDS=20          # for each fuzz target
SANITIZED="base analytics store expression entity platform crm server scenarios"
# What the sanitizers need not repeat. Whole reference files and their twenty killed runs take
# minutes, bound their memory (which an address sanitizer multiplies), and run in `platform`; the
# same code runs here over small files.
SANITIZED_WITHOUT="ExchangeReference.*:ExchangeCrash.*:InsightReference.*"

# The lines of a log that say what failed.
failures_of() {
  grep -aE '\[  FAILED  \]|Failure$|Failure:|✘|✗|FAIL |Error:|error:|ERROR|SUMMARY:' "$1" | head -25 ||
    true
  tail -n 15 "$1"
}

# sum_of LOG PATTERN : the sum of the numbers in what matches, 0 where nothing does.
sum_of() {
  { sed 's/\x1b\[[0-9;]*m//g' "$1" | grep -aoE "$2" || true; } | { grep -oE '[0-9]+' || true; } |
    awk '{s += $1} END {print s + 0}'
}

# last_of LOG PATTERN : the number in the last line that matches, 0 where none does.
last_of() { grep -aoE "$2" "$1" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }

# Counts from a GoogleTest log; a program that died counts as a failure. Its own summary is the last
# one: a test that starts the program again (to kill it) leaves those of the others before.
count_googletest() {
  local log=$1 status=$2 n
  n=$(last_of "$log" '^\[  PASSED  \] [0-9]+')
  PART_PASSED=$((PART_PASSED + n))
  n=$(last_of "$log" '^\[  SKIPPED \] [0-9]+ test')
  PART_SKIPPED=$((PART_SKIPPED + n))
  n=$(last_of "$log" '^\[  FAILED  \] [0-9]+ test')
  if [ "$n" = 0 ] && [ "$status" != 0 ]; then n=1; fi
  PART_FAILED=$((PART_FAILED + n))
  grep -aE '^\[  SKIPPED \] [A-Z]' "$log" | sort -u | sed 's/^/   /' || true
}

# build_for LOG TARGET… : builds in build/release, or counts a failure.
build_for() {
  local log=$1; shift
  (build_program "$@") > "$log" 2>&1 && return 0
  PART_FAILED=1
  return 1
}

run_googletest() {
  local log=$1 program=$2 status=0
  (cd "$ROOT" && as_caller "$program" --gtest_color=no) > "$log" 2>&1 || status=$?
  count_googletest "$log" $status
}

floor_part() {
  local floor=$1 log=$2
  if ! grep -q "${floor}_test" "$RELEASE/build.ninja" 2>/dev/null; then
    build_for "$log" rapport || return 0
  fi
  if ! grep -q "${floor}_test" "$RELEASE/build.ninja"; then
    say "   no tests of its own"
    return 0
  fi
  build_for "$log" "${floor}_test" rapport || return 0
  run_googletest "$log" "$RELEASE/${floor}_test"
}

part_base() { floor_part base "$1"; }
part_analytics() { floor_part analytics "$1"; }
part_store() { floor_part store "$1"; }
part_expression() { floor_part expression "$1"; }
part_entity() { floor_part entity "$1"; }
part_platform() { floor_part platform "$1"; }
part_crm() { floor_part crm "$1"; }
part_server() { floor_part server "$1"; }
part_scenarios() { floor_part scenarios "$1"; }
part_commands() { floor_part commands "$1"; }

part_check() {
  local log=$1 check
  : > "$log"
  use_node
  (web_modules) >> "$log" 2>&1 || true
  build_for "$log" rapport || return 0
  : > "$log"
  for check in $("$ROOT/bin/check" --list); do
    if as_caller "$ROOT/bin/check" --no-install "$check" >> "$log" 2>&1; then
      PART_PASSED=$((PART_PASSED + 1))
    else
      PART_FAILED=$((PART_FAILED + 1))
      say "   failed: bin/check $check"
    fi
  done
}

part_web() {
  local log=$1 status=0 n
  use_node
  (web_modules) > "$log" 2>&1 || { PART_FAILED=1; return 0; }
  (cd "$ROOT/web" && as_caller npm run --silent test -- --reporter=default) > "$log" 2>&1 || status=$?
  n=$(sum_of <(grep -a ' Tests ' "$log" || true) '[0-9]+ passed')
  PART_PASSED=$n
  n=$(sum_of <(grep -a ' Tests ' "$log" || true) '[0-9]+ failed')
  if [ "$n" = 0 ] && [ $status != 0 ]; then n=1; fi
  PART_FAILED=$n
}

part_browser() {
  local log=$1 status=0 n
  build_for "$log" rapport || return 0
  (build_web) > "$log" 2>&1 || { PART_FAILED=1; return 0; }
  use_node
  (cd "$ROOT/web" && as_caller env \
    RAPPORT_BINARY="$RELEASE/rapport" npm run --silent e2e -- --reporter=list) > "$log" 2>&1 || status=$?
  n=$(sum_of "$log" '^ +[0-9]+ passed')
  PART_PASSED=$n
  n=$(sum_of "$log" '^ +[0-9]+ failed')
  if [ "$n" = 0 ] && [ $status != 0 ]; then n=1; fi
  PART_FAILED=$n
}

# One clang build serves the fuzzers and the sanitized tests.
sanitized_build() {
  cmake_build "$ROOT/build/sanitize" "$@" -- -DCMAKE_BUILD_TYPE=Sanitize \
    -DCMAKE_CXX_COMPILER=clang++-19 -DCMAKE_C_COMPILER=clang-19 -DRAPPORT_SANITIZE=ON -DRAPPORT_FUZZ=ON
}

part_fuzz() {
  local log=$1 target targets source corpus
  : > "$log"
  targets=$(cd "$ROOT" && find src -name '*_fuzz.cpp' | sort)
  for source in $targets; do
    target=$(basename "$source" .cpp)
    if ! (sanitized_build "$target") >> "$log" 2>&1; then PART_FAILED=$((PART_FAILED + 1)); continue; fi
    corpus=$ROOT/build/fuzz/$target
    as_caller mkdir -p "$corpus"
    # Seeds stand beside the target, in NAME_fuzz.corpus.
    local seeds=$ROOT/${source%.cpp}.corpus
    [ -d "$seeds" ] || seeds=
    # The object files themselves are the best beginning for what reads them.
    if [ "$target" = object_file_fuzz ]; then
      (cd "$ROOT" && find src -name '*.object.yaml' -exec cp -t "$corpus" {} +)
    fi
    # shellcheck disable=SC2086
    if as_caller "$ROOT/build/sanitize/$target" -max_total_time=$FUZZ_SECONDS -timeout=10 -rss_limit_mb=2048 \
        -max_len=65536 -print_final_stats=1 -artifact_prefix="$corpus/" "$corpus" $seeds >> "$log" 2>&1; then
      PART_PASSED=$((PART_PASSED + 1))
    else
      PART_FAILED=$((PART_FAILED + 1))
      say "   $target found something: build/fuzz/$target"
    fi
  done
}

part_sanitize() {
  local log=$1 floor status
  local ASAN=detect_leaks=1:detect_stack_use_after_return=1:check_initialization_order=1
  ASAN+=:strict_init_order=1:strict_string_checks=1
  : > "$log"
  (sanitized_build) >> "$log" 2>&1 || { PART_FAILED=1; return 0; }
  for floor in $SANITIZED; do
    [ -x "$ROOT/build/sanitize/${floor}_test" ] || continue
    status=0
    (cd "$ROOT" && as_caller env ASAN_OPTIONS="$ASAN" UBSAN_OPTIONS=print_stacktrace=1 \
      "$ROOT/build/sanitize/${floor}_test" --gtest_color=no --gtest_filter="-$SANITIZED_WITHOUT") \
      > "$log.$floor" 2>&1 || status=$?
    count_googletest "$log.$floor" $status
    cat "$log.$floor" >> "$log"
  done
}
