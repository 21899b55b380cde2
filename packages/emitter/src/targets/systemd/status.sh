#!/bin/sh
# Says which of the plan's units are active. Exit 0 all, 1 not all.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=host.sh
. "$here/host.sh"

each_unit show_unit
if ! { read -r installed < "$etc/digest"; } 2> /dev/null || [ "$installed" != "$plan_digest" ]; then
  say "plan \"$plan_name\" is not installed"
  failures=$((failures + 1))
fi
[ "$failures" -eq 0 ]
