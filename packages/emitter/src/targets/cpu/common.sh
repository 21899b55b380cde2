# shellcheck shell=sh
# Shared by check.sh, start.sh, stop.sh and status.sh, which set `here` to this folder before they read it.
#
# Every process of placement N carries PARTITUNE_PLACEMENT=<run folder>/N in its environment. That mark, and the control group
# where there is one, is how processes are found again: a process id alone may meanwhile belong to somebody else.

set -u
unset CDPATH
# shellcheck source=placements.sh disable=SC2154 # here: set by the script that reads this
. "$here/placements.sh"

# shellcheck disable=SC2089,SC2090 # quotes in a folder's name mean themselves
export PATH="$home/node_modules/.bin:$PATH"
run_base=${PARTITUNE_RUN_DIR:-${XDG_RUNTIME_DIR:-/tmp}/partitune-$(id -u)}
run=$run_base/$plan_id
group_name=partitune-plan-$plan_id-$(printf %s "$run" | cksum | cut -d ' ' -f 1)
drain_s=10 # seconds a server may take to answer what it has accepted

# shellcheck source=cgroups.sh
. "$here/cgroups.sh"

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }

use() { "placement_$1"; }

# --- processes

marked() { # N: processes of a placement
  grep -slzxF -- "PARTITUNE_PLACEMENT=$run/$1" /proc/[0-9]*/environ | cut -d / -f 3
}

server_of() { # N: its server, if that is alive
  { read -r recorded < "$run/$1.pid"; } 2> /dev/null || return 1
  grep -qszxF -- "PARTITUNE_PLACEMENT=$run/$1" "/proc/$recorded/environ" && say "$recorded"
}

is_child_alive() { # PID of a process started here
  { read -r stat < "/proc/$1/stat"; } 2> /dev/null || return 1
  case ${stat##*) } in Z*) return 1 ;; esac
}

is_serving() { [ -S "$run/$1.sock" ] && server_of "$1" > /dev/null; }

all_serve() {
  for n in $placements; do is_serving "$n" || return 1; done
}

# --- stopping

all_placements() { # those of the plan, and those recorded by an earlier version of it
  for n in $placements; do say "$n"; done
  for record in "$run"/[0-9]*.pid; do
    record=${record##*/}
    case $record in *'*'*) ;; *) say "${record%.pid}" ;; esac
  done
}

stop_placements() { # N…: lets servers finish what they have accepted, then ends whatever is left
  for n in "$@"; do
    pid=$(server_of "$n") && kill -TERM "$pid" 2> /dev/null
  done
  tenths=0
  while any_server "$@" && [ "$tenths" -lt $((drain_s * 10)) ]; do
    sleep 0.1
    tenths=$((tenths + 1))
  done
  left=0
  for n in "$@"; do end_placement "$n" || left=1; done
  return "$left"
}

any_server() {
  for n in "$@"; do
    if server_of "$n" > /dev/null; then return; fi
  done
  return 1
}

end_placement() { # N: kills its processes, removes its groups and its records
  groups=$(groups_of "$1")
  tries=0
  while pids=$(processes_of "$1") && [ -n "$pids" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
      complain "placement $1: processes cannot be ended: $pids"
      return 1
    fi
    # shellcheck disable=SC2086 # a list of numbers
    kill -KILL $pids 2> /dev/null
    sleep 0.05
  done
  lines "$groups" | while IFS= read -r group; do remove_group "$group" || exit 1; done || return 1
  rm -f -- "$run/$1.pid" "$run/$1.sock" "$run/$1.sock~" "$run/$1.cgroup" "$run/$1.log"
}

processes_of() { # N: as marked, and as found in its groups
  {
    marked "$1"
    lines "$groups" | while IFS= read -r group; do cat -- "$group/cgroup.procs" 2> /dev/null; done
  } | sort -u | tr '\n' ' '
}

lines() { [ -z "$1" ] || printf '%s\n' "$1"; }
