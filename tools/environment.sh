#!/bin/sh
# Makes the environment that the game runs in, or brings it up to date. Says in a line each what it
# does, and in one line what is wrong and what to do. All on stderr: what `make run ARGS=...` prints
# may be read by a program.
#
#     sh tools/environment.sh PYTHON FOLDER [EXTRA]     EXTRA: dev, what tests need, too
set -u
python=$1
folder=$2
extra=${3:+[$3]}
log=$folder/pip.log
kept=$folder/installed
unreachable='NewConnectionError|ConnectTimeout|ReadTimeout|name resolution|ProxyError|SSLError'
unreachable="$unreachable|Network is unreachable|from versions: none"

say() { echo "$*" >&2; }
fail() { say "racer: $*"; exit 1; }
trap 'say "racer: broken off; run it again to go on"; exit 130' INT

check_python() {
  command -v "$python" >/dev/null ||
    fail "there is no $python here: install Python 3.11 or newer, or name one: make PYTHON=..."
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null ||
    fail "$("$python" -V 2>&1) is too old: install Python 3.11 or newer, or name one: make PYTHON=..."
  "$python" -c 'import ensurepip, venv' 2>/dev/null ||
    fail "Python's venv module is missing; on Debian: sudo apt install python3-venv"
}

make_environment() {
  clear=
  # One that is half made has a Python but no pip.
  if [ -e "$folder/pyvenv.cfg" ]; then
    clear=--clear
  elif [ -n "$(ls -A "$folder" 2>/dev/null)" ]; then
    fail "$folder is there, and no environment: move it away, or name another: make VENV=..."
  fi
  say "Making an environment in $folder ..."
  told=$("$python" -m venv $clear "$folder" 2>&1) ||
    fail "no environment can be made in $folder: $(echo "$told" | tail -n 1)"
}

# What pip goes by. Where lint or tests alone are set otherwise, there is nothing to install.
wanted() { echo "racer$extra"; sed '/^# --- Lint/,$d' pyproject.toml; cat constraints.txt; }

install() {
  rm -f "$kept"
  say "Installing racer and what it needs into $folder ..."
  {
    "$folder/bin/python" -m pip install --disable-pip-version-check --no-input \
      --progress-bar off --retries 1 --timeout 10 -c constraints.txt -e ".$extra" 2>&1
    echo "exit $?"
  } | tee "$log" | sed -n 's/^ *Downloading \([^ /]*\)\( (.*)\)$/  fetching \1\2/p' >&2
  [ "$(tail -n 1 "$log")" = "exit 0" ] || tell_why
  wanted >"$kept"
}

tell_why() {
  if grep -qE "$unreachable" "$log"; then
    fail "no package index answers: check the network, or the proxy and index that pip is set to," \
      "and run it again; $log tells more"
  fi
  why=$(grep -E '^ *(ERROR|OSError|error): ' "$log" | grep -v subprocess-exited | tail -n 1)
  fail "pip could not install it: ${why:-it ended}; $log tells more"
}

if [ ! -e "$folder/bin/pip" ]; then
  check_python
  make_environment
fi
[ -x "$folder/bin/python" ] || fail "the Python of $folder is gone; run 'make clean', then this again"
[ "$(wanted)" = "$(cat "$kept" 2>/dev/null)" ] || install
