#!/bin/sh
# Stops and removes the plan's containers. May be repeated. Exit 0 nothing is left, 1 something is.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=compose.sh
. "$here/compose.sh"

if [ ! -r "$variables" ]; then
  say "plan \"$plan_name\" is not applied"
  exit 0
fi
if ! said=$(compose down --remove-orphans 2>&1); then
  complain "docker compose down failed: $said"
  exit 1
fi
if left=$(compose ps --all --quiet 2>&1) && [ -z "$left" ]; then
  rm -rf -- "$state"
  say "nothing of plan \"$plan_name\" is left"
else
  complain "containers are left: $left"
  exit 1
fi
