#!/bin/sh
# Says whether this machine's cards can take the plan: one line for each thing looked at. Changes nothing. Exit 0 they can, 1 they
# cannot.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

check_root
check_state
device_check
[ "$failures" -eq 0 ]
