#!/bin/sh
# Stops every placement of the plan: servers answer what they have accepted, then everything left is ended, control groups are
# removed. Also after a start that was cut short; harmless when nothing runs. Exit 0 nothing is left, 1 something is.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

stop_start() { # a start under way would go on starting; it undoes its own work when asked to end
  { read -r starter < "$run/starting"; } 2> /dev/null || return
  grep -qszF start.sh "/proc/$starter/cmdline" || return
  kill -TERM "$starter" 2> /dev/null
  tenths=0
  while is_child_alive "$starter" && [ "$tenths" -lt $((drain_s * 10)) ]; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  kill -KILL "$starter" 2> /dev/null
}

stop_start
# shellcheck disable=SC2046 # a list of numbers
stop_placements $(all_placements | sort -un)
left=$?
rm -f -- "$run/starting" "$run/check.txt" "$run/mechanism" "$run/digest"
rmdir -- "$run" 2> /dev/null
if [ "$left" -eq 0 ]; then say "plan \"$plan_name\" is stopped"; fi
exit "$left"
