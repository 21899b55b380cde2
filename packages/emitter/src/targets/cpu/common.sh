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
server=$home/packages/profiler/src/live/serve.ts
run_base=${PARTITUNE_RUN_DIR:-${XDG_RUNTIME_DIR:-/tmp}/partitune-$(id -u)}
run=$run_base/$plan_id
group_name=partitune-plan-$plan_id-$(printf %s "$run" | cksum | cut -d ' ' -f 1)
longest_socket=107 # bytes of a socket's path, the limit of sockaddr_un less its end
drain_s=10         # seconds a server may take to answer what it has accepted

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

# --- control groups

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
  if [ -r "$1/cpu.max" ]; then
    read -r quota period < "$1/cpu.max"
  else
    read -r quota < "$1/cpu.cfs_quota_us" && read -r period < "$1/cpu.cfs_period_us"
  fi
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

# --- checks of the machine, one line each

ok() { say "ok    $*"; }
note() { say "note  $*"; }
bad() {
  say "FAIL  $*"
  failures=$((failures + 1))
}

check_machine() { # everything but whether the plan runs already
  failures=0
  check_programs
  check_processor
  check_memory
  check_files
  check_mechanism
  check_run_folder
  [ "$failures" -eq 0 ]
}

check_programs() {
  for program in setsid grep cksum ${taskset_needed:+taskset}; do
    command -v "$program" > /dev/null || bad "program $program is missing (Debian packages util-linux, grep, coreutils)"
  done
  if [ ! -r "$server" ]; then
    bad "partitune is not in $home; install it there or emit the plan anew with its folder"
  elif ! command -v node > /dev/null; then
    bad "node is neither in $home/node_modules/.bin nor on the path; install partitune's dependencies"
  elif ! node -e 'process.exit(process.features.typescript ? 0 : 1)' 2> /dev/null; then
    bad "$(command -v node) is $(node --version 2> /dev/null), which does not run TypeScript; 22.18 or newer is needed"
  else
    ok "node $(node --version) in $(command -v node)"
  fi
}

check_processor() {
  cores=$(nproc)
  if [ "$cores" -lt "$cores_needed" ]; then
    bad "$cores cores, $cores_needed are needed"
  else
    ok "$cores cores, $cores_needed are needed"
  fi
  if [ "$cores" -ne "$device_cores" ]; then note "the plan was made for a machine of $device_cores cores"; fi
  model=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo 2> /dev/null | head -n 1)
  if [ -n "$model" ] && [ "$model" != "$processor" ]; then
    note "the plan was made for \"$processor\", this is \"$model\": its promises may not hold here"
  fi
}

check_memory() {
  available_kib=$(sed -n 's/^MemAvailable:[[:space:]]*\([0-9]*\) kB$/\1/p' /proc/meminfo)
  if [ -z "$memory_needed_kib" ]; then
    note "$((available_kib / 1024)) MiB of memory are available; the plan does not say what it needs"
  elif [ "$available_kib" -lt "$memory_needed_kib" ]; then
    bad "$((available_kib / 1024)) MiB of memory are available, $((memory_needed_kib / 1024)) MiB are needed"
  else
    ok "$((available_kib / 1024)) MiB of memory are available, $((memory_needed_kib / 1024)) MiB are needed"
  fi
}

check_files() {
  if ! cd -- "$directory" 2> /dev/null; then
    bad "folder $directory, from which the workloads are started, cannot be entered"
    return
  fi
  for n in $placements; do
    use "$n"
    if [ -n "$model_file" ] && { [ ! -f "$model_file" ] || [ ! -r "$model_file" ] || [ ! -s "$model_file" ]; }; then
      bad "placement \"$placement_id\": model $model_label is missing, unreadable or empty"
    elif [ -n "$program" ] && ! command -v "$program" > /dev/null; then
      bad "placement \"$placement_id\": program $program_label is not found"
    else
      ok "placement \"$placement_id\": what it runs is there"
    fi
  done
}

check_mechanism() {
  if choose_mechanism; then
    case $mechanism in
      none) ok 'no processor shares are to be held' ;;
      paced) note "shares are held by pauses between batches, less exactly than by quotas${reason:+ ($reason)}" ;;
      *) ok "shares are held by $mechanism in $cgroup_parent${reason:+ ($reason)}" ;;
    esac
  else
    bad "shares cannot be held by $mechanism_wanted, which the plan asks for ($reason)"
  fi
  takes="the plan takes $(in_cores "$plan_millicores") of $cores cores"
  others=$(others_share)
  if [ "$plan_millicores" -gt $((cores * 1000)) ]; then
    bad "$takes"
  elif [ $((others + plan_millicores)) -gt $((cores * 1000)) ]; then
    note "$takes, and other partitune processes hold $(in_cores "$others"): they will get in each other's way"
  else
    ok "$takes"
  fi
}

in_cores() { # THOUSANDTHS of a core
  printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000))
}

others_share() { # thousandths of a core held by groups of partitune with processes in them, but for this plan's
  sum=0
  for group in "${cgroup_parent:-/nowhere}"/partitune*; do
    case $group in */"$group_name"-*) continue ;; esac
    if read -r _ 2> /dev/null < "$group/cgroup.procs"; then sum=$((sum + $(quota_of "$group"))); fi
  done
  echo "$sum"
}

check_run_folder() {
  if make_run_folder; then ok "processes are recorded in $run"; else bad "$why"; fi
  rmdir -- "$run" 2> /dev/null
}

make_run_folder() { # only its owner may look inside: who can reach a socket can use the workload
  for n in $placements; do socket=$run/$n.sock; done
  why="socket path $socket has more than $longest_socket bytes; set PARTITUNE_RUN_DIR to a shorter folder"
  if [ "$(printf %s "$socket" | wc -c)" -gt "$longest_socket" ]; then return 1; fi
  why="folder $run cannot be made or written; set PARTITUNE_RUN_DIR to one that can"
  { (umask 077 && mkdir -p -- "$run"); } 2> /dev/null || return 1
  [ -w "$run" ] || return 1
  why="folder $run or the one above it belongs to somebody else; set PARTITUNE_RUN_DIR to one of yours"
  [ "$(stat -c %u -- "$run")" = "$(id -u)" ] || return 1
  [ -n "${PARTITUNE_RUN_DIR:-}" ] || [ "$(stat -c %u -- "$run_base")" = "$(id -u)" ]
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
  rm -f -- "$run/$1.pid" "$run/$1.sock" "$run/$1.cgroup" "$run/$1.log"
}

processes_of() { # N: as marked, and as found in its groups
  {
    marked "$1"
    lines "$groups" | while IFS= read -r group; do cat -- "$group/cgroup.procs" 2> /dev/null; done
  } | sort -u | tr '\n' ' '
}

lines() { [ -z "$1" ] || printf '%s\n' "$1"; }
