#!/bin/sh
# Removes the plan's Deployments and claims, and waits until they are gone. May be repeated. Exit 0 nothing is left, 1 something is.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=cluster.sh
. "$here/cluster.sh"
# shellcheck source=dra.sh
. "$here/dra.sh"

tell kubectl delete --ignore-not-found -f "$manifests" || exit 1
delete_workloads || exit 1
say "nothing of plan \"$plan_name\" is left"
