# shellcheck shell=sh disable=SC2154
# Control groups, and the choice of what holds a share. Read by common.sh, whose variables it uses.

# Places in which a group may be made, one a line: the top, where a service belongs, then the groups around this process, down to
# its own, of which one may be delegated to an unprivileged user.

cgroup_v2_places() {
  if [ -n "${PARTITUNE_CGROUP:-}" ]; then
    say "$PARTITUNE_CGROUP"
    return
  fi
  while read -r _ point type _; do
    if [ "$type" = cgroup2 ]; then places_below "$point" "$(sed -n 's/^0:://p' /proc/self/cgroup)" && return; fi
  done < /proc/mounts
}

cgroup_v1_places() {
  while read -r _ point type options _; do
    case "$type,$options," in
      cgroup,*,cpu,*) places_below "$point" "$(sed -n 's/^[0-9]*:\([a-z_]*,\)*cpu\(,[a-z_]*\)*://p' /proc/self/cgroup)" && return ;;
    esac
  done < /proc/mounts
}

places_below() { # MOUNTPOINT GROUP
  place=$1
  rest=${2#/}
  say "$place"
  while [ -n "$rest" ]; do
    place=$place/${rest%%/*}
    say "$place"
    case $rest in */*) rest=${rest#*/} ;; *) rest='' ;; esac
  done
}

find_place() { # MECHANISM PLACES: sets cgroup_parent to the first place that works; else says in `why` what is missing
  why="no hierarchy of $1 with a cpu controller is mounted"
  wanted=$1
  set -f
  IFS='
'
  # shellcheck disable=SC2086 # one word a line
  set -- $2
  unset IFS
  set +f
  for cgroup_parent in "$@"; do
    case $wanted in
      cgroup-v2) try_v2 && return ;;
      cgroup-v1) try_group cgroup-v1 && return ;;
    esac
  done
  return 1
}

try_v2() {
  why="cgroup v2 offers no cpu controller in $cgroup_parent"
  grep -qsw cpu "$cgroup_parent/cgroup.controllers" || return 1
  switch=$cgroup_parent/cgroup.subtree_control
  if grep -qsw cpu "$switch"; then
    try_group cgroup-v2
    return
  fi
  why="the cpu controller of cgroup v2 cannot be passed on to groups in $cgroup_parent"
  { echo +cpu > "$switch"; } 2> /dev/null || return 1
  # shellcheck disable=SC2034 # for check.sh
  if try_group cgroup-v2; then
    passed_on=$switch
  else
    echo -cpu > "$switch"
    return 1
  fi
}

try_group() { # MECHANISM: makes a group below cgroup_parent, enters it and removes it
  why="no control group can be made and entered in $cgroup_parent (root or a delegated group is needed)"
  probe=$cgroup_parent/partitune-plan-probe-$$
  { mkdir -- "$probe"; } 2> /dev/null || return 1
  { set_quota "$1" "$probe" 2000 5000 && sh -c "$join_cgroups" partitune-join "$probe/cgroup.procs" -- true; } 2> /dev/null
  tried=$?
  remove_group "$probe"
  return "$tried"
}

set_quota() { # MECHANISM GROUP QUOTA PERIOD, the last two in microseconds
  if [ "$1" = cgroup-v2 ]; then
    echo "$3 $4" > "$2/cpu.max"
  else
    echo "$4" > "$2/cpu.cfs_period_us" && echo "$3" > "$2/cpu.cfs_quota_us"
  fi
}

quota_of() { # GROUP: its quota in thousandths of a core, 0 when it has none
  quota=max
  {
    if [ -r "$1/cpu.max" ]; then
      read -r quota period < "$1/cpu.max"
    else
      read -r quota < "$1/cpu.cfs_quota_us" && read -r period < "$1/cpu.cfs_period_us"
    fi || quota=max # the group has gone meanwhile
  } 2> /dev/null
  case $quota in max | -*) echo 0 ;; *) echo $((quota * 1000 / period)) ;; esac
}

remove_group() { # GROUP without processes; the kernel may need a moment to notice that they are gone
  tries=0
  until { rmdir -- "$1"; } 2> /dev/null || [ ! -d "$1" ]; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
      complain "control group $1 cannot be removed"
      return 1
    fi
    sleep 0.05
  done
}

groups_of() { # N: the control groups that may be a placement's, whether or not it was recorded
  {
    cat -- "$run/$1.cgroup" 2> /dev/null
    { cgroup_v2_places; cgroup_v1_places; } | sed "s|\$|/$group_name-$1|"
  } | sort -u | while IFS= read -r candidate; do
    if [ -d "$candidate" ]; then say "$candidate"; fi
  done
}

# --- what holds a share

choose_mechanism() { # sets mechanism, cgroup_parent, reason (why this one) and passed_on (the file that was changed to try it)
  cgroup_parent='' reason=''
  # shellcheck disable=SC2034 # for check.sh
  passed_on=''
  mechanism=none
  if [ "$shares_used" = no ]; then return; fi
  for mechanism in cgroup-v2 cgroup-v1; do
    case $mechanism_wanted in auto | "$mechanism") ;; *) continue ;; esac
    case $mechanism in
      cgroup-v2) places=$(cgroup_v2_places) ;;
      cgroup-v1) places=$(cgroup_v1_places) ;;
    esac
    if find_place "$mechanism" "$places"; then return; fi
    reason="$reason${reason:+; }not $mechanism: $why"
  done
  mechanism=paced
  case $mechanism_wanted in auto | paced) return ;; *) return 1 ;; esac
}
