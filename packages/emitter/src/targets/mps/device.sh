# shellcheck shell=sh disable=SC2154
# Cards shared through MPS: a control daemon for each, the card in exclusive mode so that nobody works beside it, and static partitions where the
# plan has them. Read by common.sh, whose functions it uses.

# shellcheck source=nvidia.sh
. "$here/nvidia.sh"
# shellcheck source=mpsDaemon.sh
. "$here/mpsDaemon.sh"

least_static=13010 # CUDA 13.1, the first whose daemon has static partitions

# --- can the card be shared so?

device_check() {
  check_program nvidia-smi 'comes with the driver'
  check_program nvidia-cuda-mps-control 'comes with the driver'
  check_program timeout 'Debian package coreutils'
  for c in $cards; do
    if check_card_there "$c"; then check_sharing "$c"; fi
  done
}

check_sharing() { # CARD
  check_pipes "$c"
  if [ "$(ask "$uuid" mig.mode.current)" = Enabled ]; then
    bad "GPU $gpu has MIG enabled, so its instances are shared and not the card; plan MIG instances, or end everything that uses it and call: nvidia-smi -i $uuid -mig 0"
  fi
  check_capability
  if total=$(ask "$uuid" memory.total) && [ "${total%%.*}" -ge "$memory_needed_mib" ] 2> /dev/null; then
    ok "GPU $gpu has ${total%%.*} MiB of memory, tenants need $memory_needed_mib MiB"
  else
    bad "GPU $gpu has ${total:-no} MiB of memory, tenants need $memory_needed_mib MiB"
  fi
  others=$(foreign_daemons "$uuid" "$(ask "$uuid" index)" "$1" | tr '\n' ' ')
  if [ -n "$others" ]; then
    bad "GPU $gpu: another MPS daemon serves it, $others; quit that one first"
  else
    ok "GPU $gpu is served by no other MPS daemon"
  fi
  strangers=$(strangers_on "$uuid" "$1")
  if [ -n "$strangers" ]; then
    bad "GPU $gpu: processes $strangers use it without the plan; end them first, since the card is taken for MPS alone"
  else
    ok "GPU $gpu is used by nobody else"
  fi
  if [ -e "$record/daemon-$1" ] && ! is_answering "$1"; then note "GPU $gpu: the MPS daemon of this plan does not answer; apply.sh starts it again"; fi
}

check_capability() {
  capability=$(ask "$uuid" compute_cap)
  least_capability=7 what='limited shares'
  if [ -n "$static" ]; then least_capability=8 what='static partitions'; fi
  case $capability in
    [0-9]*.[0-9]*)
      if [ "${capability%%.*}" -ge "$least_capability" ]; then ok "GPU $gpu has compute capability $capability"; else
        bad "GPU $gpu has compute capability $capability, and $what need $least_capability.0 or newer"
      fi
      ;;
    *) bad "GPU $gpu does not say its compute capability" ;;
  esac
  if [ -z "$static" ]; then return; fi
  version=$(nvidia-cuda-mps-control -v 2> /dev/null < /dev/null | sed -n 's/.*Binary version: *\([0-9][0-9]*\).*/\1/p')
  if [ -n "$version" ] && [ "$version" -ge "$least_static" ]; then
    ok "the MPS daemon has static partitions (version $version)"
  else
    bad "the MPS daemon is of version ${version:-unknown}; static partitions need $least_static (CUDA 13.1) or newer"
  fi
}

strangers_on() { # UUID CARD: processes that use the card and belong neither to the plan's daemon nor to its tenants
  own=$(daemon_processes "$2")
  nvidia-smi -i "$1" --query-compute-apps=pid --format=csv,noheader,nounits 2> /dev/null < /dev/null | tr -d ' ' | while read -r pid; do
    case $pid in '' | *[!0-9]*) continue ;; esac
    if printf '%s\n' "$own" | grep -qx "$pid" || is_marked "$pid"; then continue; fi
    printf '%s ' "$pid"
  done
}

# --- applying

device_record() { # FOLDER
  record_cards "$1" || return 1
  for c in $cards; do
    read -r uuid < "$1/card-$c"
    mode=$(ask "$uuid" compute_mode) && [ -n "$mode" ] && say "$mode" > "$1/mode-$c" || return 1
  done
}

device_apply() {
  for c in $cards; do
    use_card "$c"
    if [ "$(ask "$uuid" compute_mode)" != Exclusive_Process ]; then
      : > "$record/changed-mode-$c" && tell -i "$uuid" -c EXCLUSIVE_PROCESS || return 1
    fi
    : > "$record/daemon-$c" || return 1
    daemon_start "$c" "$uuid" ${static:+-S} || return 1
    if [ -n "$static" ]; then make_partitions "$c" || return 1; fi
  done
}

# What lspart says: a line "card FREE USED FREE-SM USED-SM", and a line "partition ID CHUNKS SM" for each. Some versions put dashes where a
# column has no meaning.
partitions() { # CARD
  control "$1" lspart | awk '
    /^GPU-/ {
      n = 0
      for (i = 1; i <= NF; i++) if ($i != "-") field[++n] = $i
      if (n >= 5 && field[2] field[3] field[4] field[5] ~ /^[0-9]+$/) print "card", field[2], field[3], field[4], field[5]
      else if (n >= 5 && field[n] ~ /^(Yes|No)$/) print "partition", field[2], field[n - 2], field[n - 1]
    }'
}

make_partitions() { # CARD
  listing=$(partitions "$1")
  if [ -z "$listing" ]; then
    control "$1" "start_server -uid $(id -u)" > /dev/null # partitions are the server's
    listing=$(partitions "$1")
  fi
  card_line=$(printf '%s\n' "$listing" | grep '^card ')
  if [ -z "$card_line" ]; then
    complain "the MPS daemon of GPU $gpu lists no partitions: $(control "$1" lspart)"
    return 1
  fi
  forget_unknown "$1"
  for n in $card_pieces; do
    "piece_$n"
    make_partition "$1" || return 1
  done
}

forget_unknown() { # CARD: partitions of an apply.sh that was killed before it could write them down
  printf '%s\n' "$listing" | sed -n 's/^partition \([^ ]*\) .*/\1/p' | while read -r id; do
    if ! grep -qsxF -- "$uuid/$id" "$record"/partition-*; then control "$1" "sm_partition rm $uuid $id" > /dev/null; fi
  done
}

make_partition() { # CARD, the piece in use
  if is_partitioned "$1"; then return; fi
  read -r _ free used free_sm used_sm <<EOT
$(partitions "$1" | grep '^card ')
EOT
  case $free$used$free_sm$used_sm in
    '' | *[!0-9]*)
      complain "the MPS daemon of GPU $gpu does not list its partitions: $(control "$1" lspart)"
      return 1
      ;;
  esac
  if [ $((free + used)) -eq 0 ]; then
    complain "GPU $gpu has no chunks to give away"
    return 1
  fi
  chunk=$(((free_sm + used_sm) / (free + used)))
  if [ $((multiprocessors % chunk)) -ne 0 ]; then
    complain "piece \"$piece_id\" has $multiprocessors multiprocessors, and GPU $gpu gives them in chunks of $chunk; plan again for this card"
    return 1
  fi
  if [ $((multiprocessors / chunk)) -gt "$free" ]; then
    complain "piece \"$piece_id\" needs $((multiprocessors / chunk)) chunks, and GPU $gpu has $free left"
    return 1
  fi
  answer=$(control "$1" "sm_partition add $uuid $((multiprocessors / chunk))")
  id=$(printf '%s\n' "$answer" | sed -n 's/^Partition \(.*\) created$/\1/p')
  if [ -z "$id" ]; then
    complain "piece \"$piece_id\": no partition was made on GPU $gpu: $answer"
    return 1
  fi
  say "$id" > "$record/partition-$n"
}

partition_of() { # PIECE: the id that clients are given
  { read -r id < "$record/partition-$1"; } 2> /dev/null && say "$id"
}

is_partitioned() { # CARD, the piece in use
  id=$(partition_of "$n") && partitions "$1" | awk -v id="${id#*/}" -v sm="$multiprocessors" '$1 == "partition" && $2 == id && $4 == sm { found = 1 } END { exit !found }'
}

device_differences() {
  different=0
  for c in $cards; do
    if ! use_card "$c"; then
      say "card \"$card_id\": GPU $gpu does not answer"
      different=1
      continue
    fi
    compare_card "$c" || different=1
    if [ -z "$static" ]; then continue; fi
    for n in $card_pieces; do
      "piece_$n"
      compare_partition "$c" || different=1
    done
  done
  [ "$different" -eq 0 ]
}

compare_card() { # CARD
  mode=$(ask "$uuid" compute_mode)
  if [ "$mode" != Exclusive_Process ]; then
    say "card \"$card_id\": GPU $gpu is in compute mode ${mode:-unknown}, not Exclusive_Process"
  elif ! is_answering "$1"; then
    say "card \"$card_id\": no MPS daemon of this plan answers in $(pipe_of "$1")"
  else
    return 0
  fi
  return 1
}

compare_partition() { # CARD, the piece in use
  if is_partitioned "$1"; then return; fi
  say "piece \"$piece_id\": no partition of $multiprocessors multiprocessors on GPU $gpu"
  return 1
}

# --- undoing

device_restore() {
  left=0
  for c in $(recorded_cards); do
    read -r uuid < "$record/card-$c"
    restore_card "$c" || left=1
  done
  return "$left"
}

restore_card() { # CARD uuid
  if [ -e "$record/daemon-$1" ]; then
    is_idle "$1" || return 1
    remove_partitions "$1"
    daemon_quit "$1" || return 1
    rm -f -- "$record/daemon-$1"
  fi
  if [ ! -e "$record/changed-mode-$1" ]; then return; fi
  now=$(ask "$uuid" compute_mode) || return 1
  if [ "$now" = Exclusive_Process ]; then # else somebody else, or a reboot, has changed it since
    read -r before < "$record/mode-$1"
    tell -i "$uuid" -c "$(printf %s "$before" | tr '[:lower:]' '[:upper:]')" || return 1
    if [ "$(ask "$uuid" compute_mode)" != "$before" ]; then
      complain "GPU $uuid is not back in compute mode $before, although the driver reported success"
      return 1
    fi
  fi
  rm -f -- "$record/changed-mode-$1"
}

remove_partitions() { # CARD uuid
  for file in "$record"/partition-*; do
    case $file in *'*') continue ;; esac
    read -r id < "$file"
    case $id in
      "$uuid"/*) control "$1" "sm_partition rm $uuid ${id#*/}" > /dev/null && rm -f -- "$file" ;;
    esac
  done
}

# --- running

device_ready() { # says why a tenant cannot run, and 1
  use_card "$piece_card"
  "piece_$piece"
  n=$piece
  compare_card "$piece_card" || return 1
  if [ -n "$static" ]; then compare_partition "$piece_card" || return 1; fi
  for serving in $(control "$piece_card" get_server_list); do
    owner=$(stat -c %u -- "/proc/$serving" 2> /dev/null) || continue
    if [ "$owner" != "$(id -u)" ]; then
      say "the MPS server of its card serves user $owner, and one user at a time"
      return 1
    fi
  done
}

device_enter() {
  CUDA_MPS_PIPE_DIRECTORY=$(pipe_of "$piece_card") CUDA_MPS_LOG_DIRECTORY=$(log_of "$piece_card")
  export CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_LOG_DIRECTORY
  if [ -n "$percentage" ]; then export CUDA_MPS_ACTIVE_THREAD_PERCENTAGE="$percentage"; fi
  if [ -n "$memory_limit_mib" ]; then export CUDA_MPS_PINNED_DEVICE_MEM_LIMIT="0=${memory_limit_mib}M"; fi
  if id=$(partition_of "$piece"); then export CUDA_MPS_SM_PARTITION="$id"; fi
}
