#!/bin/sh
# Sets the power mode of each period of the schedule in its turn, for as long as the period lasts, and reads it back. Ends when the
# schedule does, or when asked to (SIGTERM, Ctrl-C); then, and when a mode is not taken, what was set before is put back. Exit 0 it
# ended and everything is back, 1 something failed.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

sleeper=''
current=none

now() { # hundredths of a second since the start of the machine
  read -r up _ < /proc/uptime
  say "${up%.*}${up#*.}"
}

finish() { # CODE
  trap '' INT TERM HUP
  if [ -n "$sleeper" ]; then kill "$sleeper" 2> /dev/null; fi
  code=$1
  restore || code=1
  release
  exit "$code"
}

# shellcheck disable=SC2317,SC2329 # called by each_period
play() { # MODE HUNDREDTHS: the end is counted from the schedule's start, so that periods do not drift
  end=$((end + $2))
  if [ "$1" != "$current" ]; then
    "mode_$1"
    set_mode "$1" || return 1
    current=$1
    say "mode \"$mode_name\""
  fi
  while left=$((end - $(now))) && [ "$left" -gt 0 ]; do
    sleep "$((left / 100)).$(printf %02d $((left % 100)))" &
    sleeper=$!
    wait "$sleeper"
  done
  sleeper=''
}

take_turn || exit 1
trap 'complain "ending the schedule"; finish 0' INT TERM HUP
if ! found=$(check_root; device_check; [ "$failures" -eq 0 ]); then
  printf '%s\n' "$found" | grep '^FAIL' >&2
  release
  exit 1
fi
record_before || {
  release
  exit 1
}
end=$(now)
each_period play || finish 1
while [ "$repeat" = yes ]; do each_period play || finish 1; done
say 'the schedule has ended'
finish 0
