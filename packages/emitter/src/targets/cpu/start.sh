#!/bin/sh
# Starts every placement of the plan under its share and waits until each can serve. What runs already is left alone. When one
# does not start, those started here are stopped again. Exit 0 all serve, 1 they do not.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=machine.sh
. "$here/machine.sh"

started=''
mine=no

undo() {
  # shellcheck disable=SC2086 # a list of numbers
  stop_placements $started
  release
}

release() {
  if [ "$mine" = yes ]; then rm -f -- "$run/starting"; fi
  # shellcheck disable=SC2046 # a list of numbers
  if ! any_server $(all_placements); then rm -f -- "$run/digest"; fi
  rmdir -- "$run" 2> /dev/null
}

interrupted() {
  trap '' INT TERM HUP
  complain 'interrupted; stopping what was started'
  undo
  exit 1
}

take_turn() { # one start at a time; a start that was killed does not block the next
  if { read -r other < "$run/starting"; } 2> /dev/null && grep -qszF start.sh "/proc/$other/cmdline"; then
    complain "plan \"$plan_name\" is being started by process $other"
    return 1
  fi
  rm -f -- "$run/starting"
  (set -C && echo $$ > "$run/starting") 2> /dev/null && mine=yes
}

same_plan() { # a changed plan of the same name does not take over what an older one started
  for n in $(all_placements); do
    if server_of "$n" > /dev/null && [ "$(cat -- "$run/digest" 2> /dev/null)" != "$plan_digest" ]; then
      complain "an earlier version of plan \"$plan_name\" is running; stop it first with stop.sh"
      return 1
    fi
  done
  say "$plan_digest" > "$run/digest"
}

make_group() { # N: makes the placement's control group and records it, before it exists
  group=$cgroup_parent/$group_name-$1
  say "$group" > "$run/$1.cgroup" && mkdir -- "$group" && set_quota "$mechanism" "$group" "$quota_us" "$period_us" && return
  complain "placement \"$placement_id\": control group $group cannot be made"
  return 1
}

start_placement() { # N
  end_placement "$1" || return 1
  use "$1"
  started="$started $1"
  case $partition_kind,$mechanism in
    cpu-share,cgroup-*) make_group "$1" || return 1 ;;
  esac
  "engine_$1" launch "$1"
}

launch() { # N PROGRAM ARGUMENT…
  number=$1
  shift
  set -- node "$server" "--socket=$run/$number.sock" "--batch=$batch" "--max-delay-s=$max_delay_s" \
    "--ready-timeout-s=$ready_timeout_s" -- "$@"
  case $partition_kind,$mechanism in
    cpu-share,cgroup-*) set -- sh -c "$join_cgroups" partitune-join "$group/cgroup.procs" -- "$@" ;;
    cpu-share,paced) set -- env "PARTITUNE_PACE=$capacity_cores" "$@" ;;
    core-set,*) set -- taskset -c "$core_list" "$@" ;;
  esac
  (
    export PARTITUNE_PLACEMENT="$run/$number"
    cd -- "$directory" && exec setsid "$@" < /dev/null
  ) > "$run/$number.log" 2>&1 &
  echo $! > "$run/$number.pid"
}

await() { # N: until its server listens, which it does when its engine is ready
  use "$1"
  read -r child < "$run/$1.pid"
  tenths=0
  until [ -S "$run/$1.sock" ]; do
    if ! is_child_alive "$child"; then
      complain "placement \"$placement_id\" did not start:"
      tail -n 20 -- "$run/$1.log" >&2
      return 1
    fi
    if [ "$tenths" -ge $((ready_timeout_s * 10)) ]; then
      complain "placement \"$placement_id\" was not ready after $ready_timeout_s s"
      return 1
    fi
    sleep 0.1
    tenths=$((tenths + 1))
  done
  say "placement \"$placement_id\" serves at $run/$1.sock"
}

make_run_folder || {
  complain "$why"
  exit 1
}
trap interrupted INT TERM HUP
if ! take_turn || ! same_plan; then
  release
  exit 1
fi
if all_serve; then
  say "plan \"$plan_name\" is running already"
  release
  exit 0
fi
# Not in a subshell: it chooses the mechanism. The checks move to another folder, which nothing below depends on.
if ! check_machine > "$run/check.txt"; then
  grep '^FAIL' "$run/check.txt" >&2
  rm -f -- "$run/check.txt"
  release
  exit 1
fi
rm -f -- "$run/check.txt"
for n in $placements; do
  if is_serving "$n"; then continue; fi
  start_placement "$n" || {
    undo
    exit 1
  }
done
for n in $started; do
  await "$n" || {
    undo
    exit 1
  }
done
say "$mechanism" > "$run/mechanism"
rm -f -- "$run/starting"
say "plan \"$plan_name\" is running; stop.sh stops it"
