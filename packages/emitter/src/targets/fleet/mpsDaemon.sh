# shellcheck shell=sh disable=SC2154
# Control daemons of MPS, one per card or MIG instance, each with a folder of pipes of its own. Read by device.sh.

longest_pipe=90 # bytes of a pipe folder's path: sockets in it have names of up to 16 more, and sockaddr_un holds 107

pipe_of() { say "$run/mps-$1"; } # KEY
log_of() { say "$state/log-$1"; }

check_pipes() { # KEY
  if [ "$(pipe_of "$1" | wc -c)" -gt "$longest_pipe" ]; then
    bad "folder $(pipe_of "$1") has a path too long for sockets; set PARTITUNE_RUN_DIR to a shorter one"
  fi
}

control() { # KEY WORDS…: what its daemon answers
  key=$1
  shift
  answer=$(printf '%s\n' "$*" | CUDA_MPS_PIPE_DIRECTORY=$(pipe_of "$key") timeout 20 nvidia-cuda-mps-control 2>&1) || {
    say "$answer"
    return 1
  }
  case $answer in *'Cannot find MPS control daemon'*)
    say "$answer"
    return 1
    ;;
  esac
  if [ -n "$answer" ]; then say "$answer"; fi
}

is_answering() { control "$1" get_server_list > /dev/null; }

daemon_start() { # KEY DEVICE [OPTION…]: a daemon that shows clients this device alone
  key=$1
  device=$2
  shift 2
  if is_answering "$key"; then return; fi
  pipe=$(pipe_of "$key")
  log=$(log_of "$key")
  if ! mkdir -p -- "$pipe" "$log"; then return 1; fi
  env -u CUDA_MPS_ACTIVE_THREAD_PERCENTAGE -u CUDA_MPS_PINNED_DEVICE_MEM_LIMIT -u CUDA_MPS_SM_PARTITION \
    CUDA_VISIBLE_DEVICES="$device" CUDA_MPS_PIPE_DIRECTORY="$pipe" CUDA_MPS_LOG_DIRECTORY="$log" \
    nvidia-cuda-mps-control -d "$@" < /dev/null > "$log/start.txt" 2>&1
  tenths=0
  until is_answering "$key"; do
    if [ "$tenths" -ge "${PARTITUNE_DAEMON_TENTHS:-100}" ]; then
      complain "the MPS daemon of $device does not answer: $(tail -n 5 -- "$log/start.txt" "$log/control.log" 2> /dev/null)"
      return 1
    fi
    sleep 0.1
    tenths=$((tenths + 1))
  done
}

daemon_clients() { # KEY: their process ids
  for serving in $(control "$1" get_server_list); do
    case $serving in *[!0-9]*) continue ;; esac
    control "$1" "get_client_list $serving" | grep -x '[0-9][0-9]*'
  done
}

daemon_processes() { # KEY: control daemon and servers, by their pipe folder
  grep -slzxF -- "CUDA_MPS_PIPE_DIRECTORY=$(pipe_of "$1")" /proc/[0-9]*/environ | cut -d / -f 3 | while read -r found; do
    if is_mps "$found"; then say "$found"; fi
  done
}

is_mps() { # PID: whether it is a control daemon or a server, by the first words of its command line
  tr '\0' '\n' 2> /dev/null < "/proc/$1/cmdline" | head -n 2 | grep -qE '(^|/)nvidia-cuda-mps-(control|server)$'
}

is_daemon() { # PID: whether it is a control daemon in the background, not somebody asking one
  is_mps "$1" && tr '\0' '\n' 2> /dev/null < "/proc/$1/cmdline" | grep -qxE -- '-[a-zA-Z]*[df][a-zA-Z]*|--daemon|--foreground'
}

is_idle() { # KEY: whether nobody uses its daemon; clients that have just ended take a moment to leave
  tenths=0
  while clients=$(daemon_clients "$1" | tr '\n' ' ') && [ -n "$clients" ]; do
    if [ "$tenths" -ge "${PARTITUNE_SETTLE_TENTHS:-50}" ]; then
      complain "processes $clients use the MPS daemon in $(pipe_of "$1"); end them first"
      return 1
    fi
    sleep 0.5
    tenths=$((tenths + 5))
  done
}

daemon_quit() { # KEY: ends it when nobody uses it; one that does not answer is ended at once
  patience=0
  if is_answering "$1"; then
    is_idle "$1" || return 1
    control "$1" quit > /dev/null
    patience=50
  fi
  tenths=0
  while left_over=$(daemon_processes "$1") && [ -n "$left_over" ]; do
    # shellcheck disable=SC2086 # a list of numbers
    if [ "$tenths" -eq "$patience" ]; then kill -TERM $left_over 2> /dev/null; fi
    # shellcheck disable=SC2086 # a list of numbers
    if [ "$tenths" -ge $((patience + 50)) ]; then kill -KILL $left_over 2> /dev/null; fi
    if [ "$tenths" -ge $((patience + 70)) ]; then
      complain "processes $(printf '%s ' "$left_over")of the MPS daemon in $(pipe_of "$1") cannot be ended"
      return 1
    fi
    sleep 0.1
    tenths=$((tenths + 1))
  done
  rm -rf -- "$(pipe_of "$1")" "$(log_of "$1")"
}

# Clients of another daemon, and of none, would work on the card beside the plan's.
foreign_daemons() { # UUID INDEX KEY: control daemons but the plan's own that show this device, one line each
  grep -sla nvidia-cuda-mps-control /proc/[0-9]*/cmdline | cut -d / -f 3 | while read -r pid; do
    if ! is_daemon "$pid"; then continue; fi
    variables=$(tr '\0' '\n' 2> /dev/null < "/proc/$pid/environ")
    if [ -z "$variables" ] && ! is_daemon "$pid"; then continue; fi # it has just ended
    if printf '%s\n' "$variables" | grep -qxF -- "CUDA_MPS_PIPE_DIRECTORY=$(pipe_of "$3")"; then continue; fi
    seen=$(printf '%s\n' "$variables" | sed -n 's/^CUDA_VISIBLE_DEVICES=//p')
    case ,$(printf %s "$seen" | tr -d ' '), in
      ,, | *",$2,"* | *",$1,"*) say "process $pid${seen:+ (CUDA_VISIBLE_DEVICES=$seen)}" ;;
    esac
  done
}
