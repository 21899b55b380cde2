# shellcheck shell=sh disable=SC2154
# unit.sh VERB WORD…: what the plan's units call. Installed beside common.sh, pieces.sh and values.sh.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=pieces.sh
. "$here/pieces.sh"

records=$run_base/systemd-$plan_id

smi() { tell nvidia-smi "$@"; }

ask() { # CARD PROPERTY
  nvidia-smi -i "$1" --query-gpu="$2" --format=csv,noheader,nounits 2> /dev/null < /dev/null
}

# --- power

# shellcheck disable=SC2317,SC2329 # called by each_power
set_power() { # WANTED CARD-NUMBER CARD WATTS MHZ MEMORY-MHZ
  if [ "$1" != "$2" ]; then return 0; fi
  if [ -n "$4" ] && [ ! -e "$records/limit-$2" ]; then # what was set before, once
    if ! limit=$(ask "$3" power.limit) || [ -z "$limit" ] || ! say "$limit" > "$records/limit-$2"; then
      complain "the power limit of GPU $3 cannot be recorded, so it is not changed"
      return 1
    fi
  fi
  if [ -n "$6" ]; then smi -i "$3" -lmc "$6,$6" || return 1; fi
  if [ -n "$5" ]; then smi -i "$3" -lgc "$5,$5" || return 1; fi
  if [ -n "$4" ]; then smi -i "$3" -pl "$4"; fi
}

# shellcheck disable=SC2317,SC2329 # called by each_power
restore_power() { # WANTED CARD-NUMBER CARD WATTS MHZ MEMORY-MHZ
  if [ "$1" != "$2" ]; then return 0; fi
  left=0
  if [ -n "$5" ]; then smi -i "$3" -rgc || left=1; fi
  if [ -n "$6" ]; then smi -i "$3" -rmc || left=1; fi
  if [ -n "$4" ] && { read -r limit < "$records/limit-$2"; } 2> /dev/null; then
    if smi -i "$3" -pl "$limit"; then rm -f -- "$records/limit-$2"; else left=1; fi
  fi
  return "$left"
}

# --- MPS daemons

# shellcheck disable=SC2317,SC2329 # called by each_piece
use_piece() { # WANTED PIECE ID CARD KIND PROFILE NTH: sets its UUID
  if [ "$1" != "$2" ]; then return 0; fi
  if uuid=$(uuid_of "$2" "$4" "$5" "$6" "$7"); then return 0; fi
  complain "piece \"$3\" is not there"
  return 1
}

start_daemon() { # card|piece PIECE
  uuid=''
  each_piece use_piece "$2" && [ -n "$uuid" ] || return 1
  if [ "$1" = card ]; then
    if [ ! -e "$records/mode-$2" ]; then
      mode=$(ask "$uuid" compute_mode) && [ -n "$mode" ] && say "$mode" > "$records/mode-$2" || return 1
    fi
    smi -i "$uuid" -c EXCLUSIVE_PROCESS || return 1
  fi
  unset CUDA_MPS_ACTIVE_THREAD_PERCENTAGE CUDA_MPS_PINNED_DEVICE_MEM_LIMIT
  CUDA_VISIBLE_DEVICES=$uuid exec nvidia-cuda-mps-control -d
}

restore_card() { # card|piece PIECE: its compute mode, also where the daemon did not start
  if [ "$1" != card ] || ! { read -r mode < "$records/mode-$2"; } 2> /dev/null; then return 0; fi
  uuid=''
  each_piece use_piece "$2" && [ -n "$uuid" ] || return 1
  case $mode in
    *xclusive*) mode=EXCLUSIVE_PROCESS ;;
    *rohibited*) mode=PROHIBITED ;;
    *) mode=DEFAULT ;;
  esac
  smi -i "$uuid" -c "$mode" && rm -f -- "$records/mode-$2"
}

# --- tenants

# shellcheck disable=SC2317,SC2329 # called by tenant_N
serve() { # ENGINE…: becomes a server of the tenant's engine, on its piece
  socket=$records/$number.$process.sock
  export PARTITUNE_TENANT_ID="$tenant_id" PARTITUNE_PROCESS="$process" PARTITUNE_BATCH="$batch" PARTITUNE_MAX_DELAY_S="$max_delay_s"
  # shellcheck disable=SC2089,SC2090 # quotes in a folder's name mean themselves
  export PATH="$home/node_modules/.bin:$PATH"
  unset CUDA_VISIBLE_DEVICES
  if [ "$in_mps" = no ]; then
    uuid=''
    each_piece use_piece "$piece" && [ -n "$uuid" ] || exit 1
    export CUDA_VISIBLE_DEVICES="$uuid"
  fi
  cd -- "$directory" || exit 1
  # shellcheck disable=SC2086 # assignments without blanks
  exec env $limits node "$home/packages/profiler/src/live/serve.ts" "--socket=$socket" "--batch=$batch" \
    "--max-delay-s=$max_delay_s" "--ready-timeout-s=$ready_timeout_s" -- "$@"
}

case $1 in
  power-set) each_power set_power "$2" ;;
  power-restore) each_power restore_power "$2" ;;
  mps-start) start_daemon "$2" "$3" ;;
  mps-stop) echo quit | nvidia-cuda-mps-control ;;
  mps-restore) restore_card "$2" "$3" ;;
  tenant)
    number=$2 process=$3
    "tenant_$2" serve
    ;;
  *) exit 2 ;;
esac
