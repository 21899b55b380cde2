#!/bin/sh
# Says whether the plan is applied and which of its modes is set. Exit 0 one of them is, 1 none is.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

if ! other_plan; then
  say "plan \"$applied_name\" has set the power mode, not this one"
elif [ -d "$record" ]; then
  say "plan \"$plan_name\" is applied; what was set before is recorded in $record"
else
  say "plan \"$plan_name\" is not applied"
fi
if other=$(worker); then say "process $other is at work on the power mode"; fi
set=no
for mode in $modes; do
  "mode_$mode"
  if differences=$(device_differences "$mode" 2> /dev/null); then
    say "set      \"$mode_name\""
    set=yes
  else
    say "not set  \"$mode_name\""
    printf '%s\n' "$differences" | while IFS= read -r line; do say "           $line"; done
  fi
done
[ "$set" = yes ]
