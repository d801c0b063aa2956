# What run, test and the commands in bin share: where things are, what must be installed, how the
# program and the web interface are built. Sourced, never run.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
RELEASE=$ROOT/build/release
TOOLS=$ROOT/.tools
NODE_LEAST=20.19.0
NODE_VERSION=20.20.2   # taken from npm where the machine's own is older, and with it
NPM_VERSION=11.19.1    # npm: Debian's 9.2 cannot read optional packages of other platforms
INSTALL=yes            # --no-install sets it to no

say() { printf '%s\n' "$*"; }
fail() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; exit 1; }

# ---- Who does it -------------------------------------------------------------------------------

# Under sudo everything but installing is done as the calling user, so that nothing in the folder
# ends up owned by root.
as_caller() {
  if [ "$(id -u)" = 0 ] && [ -n "${SUDO_USER:-}" ] && [ "$SUDO_USER" != root ]; then
    runuser -u "$SUDO_USER" -- env HOME="$(getent passwd "$SUDO_USER" | cut -d: -f6)" \
      PATH="$PATH" "$@"
  else
    "$@"
  fi
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else fail "needs root to install packages: run it with sudo, or install them and add --no-install"
  fi
}

# ---- Packages ----------------------------------------------------------------------------------

# packages_of GROUP… : the Debian packages of bin/lib/packages.txt in these groups.
packages_of() {
  local wanted=" $* "
  while read -r group package _; do
    case "$group" in ''|'#'*) continue ;; esac
    case "$wanted" in *" $group "*) printf '%s\n' "$package" ;; esac
  done < "$ROOT/bin/lib/packages.txt"
}

missing_of() {
  local package
  packages_of "$@" | while read -r package; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
      printf '%s\n' "$package"
  done
}

# Debian starts a system-wide cluster when a PostgreSQL server is installed. Rapport has its own, so
# for the length of the installation that is switched off; a cluster that exists is not touched.
without_system_cluster() {
  local conf=/etc/postgresql-common/createcluster.conf
  if [ -n "$(missing_of run | grep '^postgresql-15$')" ]; then
    apt_install postgresql-common
    as_root cp -p "$conf" "$conf.rapport-kept"
    as_root sed -ri 's/^#?create_main_cluster *=.*/create_main_cluster = false/' "$conf"
    "$@" || { as_root mv "$conf.rapport-kept" "$conf"; return 1; }
    as_root mv "$conf.rapport-kept" "$conf"
  else
    "$@"
  fi
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
    >> "$ROOT/build/install.log" 2>&1 ||
    { tail -20 "$ROOT/build/install.log" >&2; fail "apt-get could not install: $* (log: build/install.log)"; }
}

# install GROUP… : installs what is missing, and says what.
install() {
  [ "$INSTALL" = yes ] || return 0
  local missing
  missing=$(missing_of "$@")
  [ -n "$missing" ] || return 0
  command -v apt-get >/dev/null || fail "this machine has no apt-get; install these yourself: $missing"
  say "Installing from Debian: $(printf '%s ' $missing)"
  as_caller mkdir -p "$ROOT/build"
  as_caller touch "$ROOT/build/install.log"
  as_root apt-get update -qq >> "$ROOT/build/install.log" 2>&1 ||
    say "  apt-get update failed; going on with the package lists that are here."
  # shellcheck disable=SC2086
  without_system_cluster apt_install $missing
}

# use_git : what the checks ask which files are the project's. As root it may ask about a folder of
# another user, which git refuses otherwise.
use_git() {
  install git
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0=$ROOT
  git -C "$ROOT" rev-parse --is-inside-work-tree >/dev/null 2>&1 ||
    fail "the checks read from git which files are the project's, and $ROOT is no git checkout; run this in a clone"
}

# ---- Node --------------------------------------------------------------------------------------

version_at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]; }

# Puts a Node new enough for the web build first in PATH: the machine's own, or one from npm.
use_node() {
  local own=
  command -v node >/dev/null && own=$(node --version 2>/dev/null | tr -d v)
  if [ -z "$own" ] || ! version_at_least "$own" "$NODE_LEAST"; then
    local arch folder
    case "$(uname -m)" in x86_64) arch=x64 ;; aarch64) arch=arm64 ;; *) fail "no Node for $(uname -m)" ;; esac
    folder=$TOOLS/node-$NODE_VERSION
    if [ ! -x "$folder/node_modules/node-linux-$arch/bin/node" ] || [ ! -x "$folder/node_modules/.bin/npm" ]; then
      [ "$INSTALL" = yes ] || fail "Node ${own:-(none)} is older than $NODE_LEAST; run without --no-install"
      command -v npm >/dev/null || install web-npm
      say "Taking Node $NODE_VERSION from npm into .tools (the machine has ${own:-none})"
      as_caller mkdir -p "$folder"
      as_caller npm install --silent --no-audit --no-fund --no-save --prefix "$folder" \
        "node-linux-$arch@$NODE_VERSION" "npm@$NPM_VERSION" || fail "npm could not fetch Node $NODE_VERSION"
    fi
    PATH=$folder/node_modules/node-linux-$arch/bin:$folder/node_modules/.bin:$PATH
    export PATH
  fi
  command -v npm >/dev/null || install web-npm
  command -v npm >/dev/null || fail "npm is missing; run without --no-install"
}

# ---- Builds ------------------------------------------------------------------------------------

# cmake_build FOLDER TARGET… -- OPTION…
cmake_build() {
  local folder=$1; shift
  local targets=()
  while [ $# -gt 0 ] && [ "$1" != -- ]; do targets+=("$1"); shift; done
  [ $# -gt 0 ] && shift
  local options="$*"
  if [ ! -f "$folder/build.ninja" ] || [ "$(cat "$folder/.options" 2>/dev/null)" != "$options" ]; then
    as_caller mkdir -p "$folder"
    as_caller cmake -S "$ROOT" -B "$folder" -G Ninja "$@" > "$folder/configure.log" 2>&1 ||
      { tail -30 "$folder/configure.log" >&2; fail "cmake failed"; }
    printf '%s' "$options" | as_caller tee "$folder/.options" > /dev/null
  fi
  as_caller ninja -C "$folder" "${targets[@]}" > "$folder/build.log" 2>&1 ||
    { grep -E -A12 'FAILED|error' "$folder/build.log" | head -60 >&2; fail "the build failed (log: ${folder#"$ROOT"/}/build.log)"; }
}

# build_program [TARGET…] : the program, and what else is named, in build/release.
build_program() {
  cmake_build "$RELEASE" "${@:-rapport}" -- -DCMAKE_BUILD_TYPE=Release
}

# node_modules FOLDER : what its lock file names, from npm, where it is not there yet.
node_modules() {
  local folder=$ROOT/$1
  local lock=$folder/package-lock.json kept=$folder/node_modules/.package-lock.json
  if [ ! -f "$kept" ] || [ "$lock" -nt "$kept" ]; then
    say "Fetching the packages of $1 from npm"
    (cd "$folder" && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 as_caller npm ci --silent --no-audit --no-fund) ||
      fail "npm ci failed in $1"
    as_caller touch "$kept"
  fi
}

web_modules() { node_modules web; }

# build_web : web/dist, when anything it is made of is newer.
build_web() {
  local index=$ROOT/web/dist/index.html
  if [ -f "$index" ] && [ -z "$(find "$ROOT/web" -path '*/node_modules' -prune -o -path '*/dist' -prune \
      -o -path '*/e2e' -prune -o -type f -newer "$index" -print -quit)" ]; then
    return 0
  fi
  use_node
  web_modules
  say "Building the web interface"
  (cd "$ROOT/web" && as_caller npm run --silent build > "$ROOT/build/web.log" 2>&1) ||
    { tail -30 "$ROOT/build/web.log" >&2; fail "the web build failed (log: build/web.log)"; }
  as_caller touch "$index"
}
