# shellcheck shell=sh
# Shared by the scripts of a fleet bundle, which set `here` to their folder before they read it.

set -u
unset CDPATH

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }
ok() { say "ok    $*"; }
note() { say "note  $*"; }
bad() {
  say "FAIL  $*"
  failures=$((failures + 1))
}
failures=0

# shellcheck source=values.sh disable=SC2154 # here: set by the script that reads this
. "$here/values.sh"

state=${PARTITUNE_STATE_DIR:-${XDG_STATE_HOME:-${HOME:-/root}/.local/state}/partitune}/$plan_id
timeout_s=${PARTITUNE_TIMEOUT_S:-300}
poll_s=${PARTITUNE_POLL_S:-1} # between two questions; each counts as a second

check_program() { # PROGRAM WHERE
  if command -v "$1" > /dev/null; then ok "program $1"; else bad "program $1 is missing ($2)"; fi
}

tell() { # PROGRAM ARGUMENT…: runs it, and says what failed
  said=$("$@" 2>&1 < /dev/null) && return
  complain "$* failed: $said"
  return 1
}

until_true() { # WHAT COMMAND…: asks again until it succeeds or the time is over
  awaited=$1
  shift
  waited=0
  until "$@"; do
    if [ "$waited" -ge "$timeout_s" ]; then
      complain "after $timeout_s s still not so: $awaited"
      return 1
    fi
    sleep "$poll_s"
    waited=$((waited + 1))
  done
}

make_state() {
  if (umask 077 && mkdir -p -- "$state") 2> /dev/null && [ -w "$state" ]; then return; fi
  complain "folder $state cannot be made or written; set PARTITUNE_STATE_DIR"
  return 1
}
