#!/bin/sh
# Says whether this host can run the plan: one line for each thing looked at. Changes nothing. Exit 0 yes, 1 no.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=pieces.sh
. "$here/pieces.sh"
# shellcheck source=host.sh
. "$here/host.sh"

check_host
[ "$failures" -eq 0 ]
