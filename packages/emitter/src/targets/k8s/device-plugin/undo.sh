#!/bin/sh
# Removes the plan's Deployments and puts back the configuration of the device plugin and the labels of its nodes. May be repeated. Exit 0
# everything is back, 1 something is not: the record is kept.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=cluster.sh
. "$here/cluster.sh"
# shellcheck source=device-plugin.sh
. "$here/device-plugin.sh"

tell kubectl delete --ignore-not-found -f "$manifests" || exit 1
delete_workloads || exit 1
if [ -e "$state/complete" ]; then
  restore || exit 1
  rm -rf -- "$state"
fi
say "nothing of plan \"$plan_name\" is left"
