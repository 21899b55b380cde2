#!/bin/sh
# Records what the device plugin is configured with, adds the plan's configuration, lets the nodes choose it, waits until they offer what the
# plan needs, and runs it. May be repeated. Exit 0 everything runs, 1 it does not: undo.sh then puts everything back.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=cluster.sh
. "$here/cluster.sh"
# shellcheck source=device-plugin.sh
. "$here/device-plugin.sh"

if ! found=$(check_cluster && check_plugin; [ "$failures" -eq 0 ]); then
  printf '%s\n' "$found" | grep '^FAIL' >&2
  exit 1
fi
record_before || exit 1
configure || exit 1
each_resource await_resource || exit 1
apply_workloads || exit 1
say "plan \"$plan_name\" runs; undo.sh removes it"
