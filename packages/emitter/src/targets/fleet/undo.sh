#!/bin/sh
# Stops the plan's tenants and takes back what the plan made; also after it was interrupted or killed. Harmless when nothing is applied. Exit
# 0 everything is as before, 1 something is not.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

stop_worker() { # of this plan: it takes its own work back when asked to end
  other=$(worker) && { read -r _ owner < "$state_base/working"; } 2> /dev/null && [ "$owner" = "$target-$plan_id" ] || return
  kill -TERM "$other" 2> /dev/null
  tenths=0
  while [ "$tenths" -lt 300 ] && worker > /dev/null; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  if worker > /dev/null; then kill -KILL "$other" 2> /dev/null; fi
}

stop_worker
if [ ! -d "$record" ]; then
  say "plan \"$plan_name\" is not applied"
  exit 0
fi
take_turn || exit 1
trap '' INT TERM HUP
if stop_tenants && restore; then
  release
  say "plan \"$plan_name\" is taken back"
else
  release
  exit 1
fi
