#!/bin/sh
# Puts back what was set before the plan; also after it was interrupted, killed, or is being run. Harmless when nothing is
# applied. Exit 0 everything is back, 1 something is not.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

stop_worker() { # it puts everything back itself when asked to end
  other=$(worker) || return
  kill -TERM "$other" 2> /dev/null
  tenths=0
  while [ "$tenths" -lt 300 ] && worker > /dev/null; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  kill -KILL "$other" 2> /dev/null
}

if other_plan; then
  stop_worker
else
  complain "plan \"$applied_name\" has set the power mode, not this one; call its undo.sh"
  exit 1
fi
if [ ! -d "$record" ]; then
  say "plan \"$plan_name\" is not applied"
  exit 0
fi
take_turn || exit 1
trap '' INT TERM HUP
if restore; then
  release
  say "what was set before plan \"$plan_name\" is back"
else
  release
  exit 1
fi
