#!/bin/sh
# Cuts the cards as planned and reads that back. What was there before is recorded first; when something fails, what was made is taken
# back. May be repeated: what is there already is left alone. Exit 0 everything is as planned, 1 it is not.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

give_up() {
  if [ "$fresh" = yes ]; then
    restore
  else
    complain 'what was applied before is left as it is; undo.sh takes it back'
  fi
  release
  exit 1
}

interrupted() {
  trap '' INT TERM HUP
  complain 'interrupted'
  give_up
}

fresh=no
take_turn || exit 1
trap interrupted INT TERM HUP
if ! found=$(check_root; check_state; device_check; [ "$failures" -eq 0 ]); then
  printf '%s\n' "$found" | grep '^FAIL' >&2
  release
  exit 1
fi
record_before || {
  release
  exit 1
}
device_apply || give_up
if ! differences=$(device_differences); then
  complain 'the cards are not as planned:'
  complain "$differences"
  give_up
fi
say "plan \"$plan_name\" is applied; undo.sh takes it back"
release
