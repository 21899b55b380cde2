#!/bin/sh
# Sets a power mode of the plan, the first one unless a number is given, and reads it back. What was set before is recorded first
# and put back when something fails. May be repeated. Exit 0 it is set, 1 it is not, 2 no such mode.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

mode=${1:-0}
case " $modes " in
  *" $mode "*) ;;
  *)
    complain "the plan has no mode \"$mode\"; its modes are: $modes"
    exit 2
    ;;
esac

interrupted() {
  trap '' INT TERM HUP
  complain 'interrupted; putting back what was set before'
  restore
  release
  exit 1
}

take_turn || exit 1
trap interrupted INT TERM HUP
if ! found=$(check_root; device_check; [ "$failures" -eq 0 ]); then
  printf '%s\n' "$found" | grep '^FAIL' >&2
  release
  exit 1
fi
record_before || {
  release
  exit 1
}
"mode_$mode"
if set_mode "$mode"; then
  say "mode \"$mode_name\" is set; undo.sh puts back what was set before"
  release
else
  restore
  release
  exit 1
fi
