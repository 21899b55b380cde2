#!/bin/sh
# Says what of the plan runs. Exit 0 everything, 1 something is missing.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=cluster.sh
. "$here/cluster.sh"

each_deployment show_deployment
[ "$failures" -eq 0 ]
