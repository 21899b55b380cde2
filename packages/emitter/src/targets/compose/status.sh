#!/bin/sh
# Says what of the plan runs. Exit 0 everything, 1 something is missing.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=compose.sh
. "$here/compose.sh"

if [ ! -r "$variables" ]; then
  say "plan \"$plan_name\" is not applied"
  exit 1
fi
each_service show_service
[ "$failures" -eq 0 ]
