#!/bin/sh
# Says whether this machine can run the plan: one line for each thing looked at. Changes nothing. Exit 0 yes, 1 no.

set -u
unset CDPATH
here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=values.sh
. "$here/values.sh"

export PATH="$home/node_modules/.bin:$PATH"
run=${PARTITUNE_RUN_DIR:-${XDG_RUNTIME_DIR:-/tmp}/partitune-$(id -u)}/$plan_id
failures=0
say() { printf '%s\n' "$*"; }
bad() {
  say "FAIL  $*"
  failures=1
}

if [ ! -r "$home/packages/profiler/src/interleave/serveTurns.ts" ]; then
  bad "partitune is not in $home; install it there or emit the plan anew with its folder"
elif ! command -v node > /dev/null; then
  bad "node is neither in $home/node_modules/.bin nor on the path; install partitune's dependencies"
elif ! node -e 'process.exit(process.features.typescript ? 0 : 1)' 2> /dev/null; then
  bad "$(command -v node) is $(node --version 2> /dev/null), which does not run TypeScript; 22.18 or newer is needed"
else
  say "ok    node $(node --version) in $(command -v node)"
fi
cores=$(nproc)
if [ "$cores" -lt "$threads" ]; then
  bad "$cores cores, $threads are needed"
else
  say "ok    $cores cores, $threads are needed"
fi
if (cd -- "$directory") 2> /dev/null; then
  say "ok    workloads are started from $directory"
else
  bad "folder $directory, from which the workloads are started, cannot be entered"
fi
running=no
n=0
while [ "$n" -lt "$sockets" ]; do
  if [ -S "$run/$n.sock" ]; then running=yes; fi
  n=$((n + 1))
done
if [ "$running" = yes ]; then
  bad "a plan of the name \"$plan_name\" is running already, or was killed: its sockets are in $run"
else
  say "ok    no plan of the name \"$plan_name\" is running"
fi
exit "$failures"
