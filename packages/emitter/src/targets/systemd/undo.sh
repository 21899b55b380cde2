#!/bin/sh
# Stops the plan's units, which puts power and compute modes back, removes them, and cuts the cards as they were before. May be repeated. Exit 0
# everything is back, 1 something is not: call it again.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=host.sh
. "$here/host.sh"

if [ ! -d "$etc" ] && [ -z "$(ours)" ]; then
  say "plan \"$plan_name\" is not installed"
  exit 0
fi
remove_units || exit 1
restore_mig || exit 1
rm -rf -- "$etc"
rmdir -- "$etc_base" 2> /dev/null
say "nothing of plan \"$plan_name\" is left"
