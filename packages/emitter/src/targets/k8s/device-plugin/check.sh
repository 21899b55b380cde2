#!/bin/sh
# Says whether this cluster can run the plan: one line for each thing looked at. Changes nothing. Exit 0 yes, 1 no.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=cluster.sh
. "$here/cluster.sh"
# shellcheck source=device-plugin.sh
. "$here/device-plugin.sh"

if check_cluster; then check_plugin; fi
[ "$failures" -eq 0 ]
