# shellcheck shell=sh disable=SC2154
# Checks of the machine, one line each. Read by check.sh and start.sh after common.sh.

server=$home/packages/profiler/src/live/serve.ts
longest_socket=106 # bytes of a socket's path: what sockaddr_un holds, less its end and the mark of one that is not ready

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
