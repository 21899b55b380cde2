#!/bin/sh
# run.sh TENANT [COMMAND…]: starts a tenant's processes on its piece and stays with them: ends when they have, ends the others when one
# fails, and all when asked to (SIGTERM, Ctrl-C). Without a command, what the plan says the workload is started with. Exit 0 they ended
# well, 1 they did not or cannot be started, 2 no such tenant.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

# shellcheck disable=SC2089,SC2090 # quotes in a folder's name mean themselves
export PATH="$home/node_modules/.bin:$PATH"
server=$home/packages/profiler/src/live/serve.ts

list_tenants() {
  for n in $tenants; do
    "tenant_$n"
    printf '  %s\n' "$tenant_id"
  done
}

find_tenant() { # ID: sets tenant and its variables
  for tenant in $tenants; do
    "tenant_$tenant"
    if [ "$tenant_id" = "$1" ]; then return; fi
  done
  return 1
}

enter() { # PROCESS COMMAND…: becomes the command, on the tenant's piece
  export PARTITUNE_TENANT="$state/$tenant" PARTITUNE_PROCESS="$1" PARTITUNE_BATCH="$batch" PARTITUNE_MAX_DELAY_S="$max_delay_s"
  shift
  unset CUDA_VISIBLE_DEVICES CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_LOG_DIRECTORY CUDA_MPS_ACTIVE_THREAD_PERCENTAGE \
    CUDA_MPS_PINNED_DEVICE_MEM_LIMIT CUDA_MPS_SM_PARTITION
  device_enter
  if ! cd -- "$directory"; then exit 1; fi
  exec "$@"
}

# shellcheck disable=SC2317,SC2329 # called by engine_N
serve() { # PROCESS ENGINE…: becomes a server of the plan's own command
  number=$1
  shift
  enter "$number" node "$server" "--socket=$run/$tenant.$number.sock" "--batch=$batch" "--max-delay-s=$max_delay_s" \
    "--ready-timeout-s=$ready_timeout_s" -- "$@"
}

begin() { # PROCESS COMMAND…
  if [ "$#" -gt 1 ]; then enter "$@"; else "engine_$tenant" serve "$1"; fi
}

end_all() { # CODE
  trap '' INT TERM HUP
  # shellcheck disable=SC2086 # a list of numbers
  kill -TERM $children 2> /dev/null
  wait
  exit "$1"
}

is_running() { # PID of a child
  { read -r stat < "/proc/$1/stat"; } 2> /dev/null || return 1
  case ${stat##*) } in Z*) return 1 ;; esac
}

reap() { # takes the children that have ended from `children`; 1 when one of them ended badly
  left_over=''
  for child in $children; do
    if is_running "$child"; then left_over="$left_over $child"; else wait "$child" || return 1; fi
  done
  children=$left_over
}

if [ "$#" -eq 0 ] || ! find_tenant "$1"; then
  complain 'name a tenant of the plan:'
  list_tenants >&2
  exit 2
fi
shift
if ! same_plan || [ ! -d "$record" ]; then
  complain "plan \"$plan_name\" is not applied; call apply.sh first"
  exit 1
fi
if ! why=$(device_ready); then
  complain "tenant \"$tenant_id\" cannot run: $why"
  exit 1
fi
if [ -n "$(marked "$tenant")" ]; then
  complain "tenant \"$tenant_id\" is running already; end it first, since its limits are fixed when it starts"
  exit 1
fi
if [ "$#" -eq 0 ]; then
  if [ -n "$no_engine" ]; then
    complain "workload of tenant \"$tenant_id\" $no_engine; give the command that serves it: run.sh TENANT COMMAND…"
    exit 1
  fi
  if ! { mkdir -p -- "$run"; } 2> /dev/null; then
    complain "folder $run for sockets cannot be made; set PARTITUNE_RUN_DIR to one that can"
    exit 1
  fi
  socket=$run/$tenant.$((processes - 1)).sock
  if [ "$(printf %s "$socket" | wc -c)" -gt 106 ]; then
    complain "socket path $socket is too long; set PARTITUNE_RUN_DIR to a shorter folder"
    exit 1
  fi
fi
if [ "$processes" -eq 1 ]; then begin 0 "$@"; fi
children=''
trap 'end_all 0' INT TERM HUP
number=0
while [ "$number" -lt "$processes" ]; do
  (begin "$number" "$@") &
  children="$children $!"
  number=$((number + 1))
done
while [ -n "$children" ]; do
  reap || end_all 1
  sleep 0.2
done
