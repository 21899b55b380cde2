#!/bin/sh
# Says whether this device can take the plan, and what of it is set now: one line for each thing looked at. Changes nothing. Exit 0
# it can, 1 it cannot.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

check_root
check_state
device_check
for mode in $modes; do
  "mode_$mode"
  if differences=$(device_differences "$mode" 2> /dev/null); then
    note "mode \"$mode_name\" is set now"
  else
    printf '%s\n' "$differences" | while IFS= read -r line; do note "mode \"$mode_name\" is not set: $line"; done
  fi
done
[ "$failures" -eq 0 ]
