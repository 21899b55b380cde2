#!/bin/sh
# Applies claims and Deployments, waits until everything runs, and removes what an earlier version of the plan had. May be repeated. Exit 0
# everything runs, 1 it does not: undo.sh then removes it.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=cluster.sh
. "$here/cluster.sh"
# shellcheck source=dra.sh
. "$here/dra.sh"

if ! found=$(check_cluster && check_dra; [ "$failures" -eq 0 ]); then
  printf '%s\n' "$found" | grep '^FAIL' >&2
  exit 1
fi
apply_workloads || exit 1
say "plan \"$plan_name\" runs; undo.sh removes it"
