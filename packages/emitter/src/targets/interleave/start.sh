#!/bin/sh
# Starts the plan's workers and has them take turns until asked to end (SIGTERM, Ctrl-C). Arguments are handed on, such as
# --log=FILE. Exit 0 it ended when asked to, 1 a worker failed, 2 it was started wrongly.

set -u
unset CDPATH
here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=values.sh
. "$here/values.sh"

export PATH="$home/node_modules/.bin:$PATH"
run=${PARTITUNE_RUN_DIR:-${XDG_RUNTIME_DIR:-/tmp}/partitune-$(id -u)}/$plan_id
(umask 077 && mkdir -p -- "$run") || exit 2
cd -- "$directory" || exit 2
exec node "$home/packages/profiler/src/interleave/serveTurns.ts" "--plan=$here/plan.json" "--folder=$run" "--home=$home" \
  "--threads=$threads" ${zoo:+"--zoo=$zoo"} "--ready-timeout-s=$ready_timeout_s" "$@"
