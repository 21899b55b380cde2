# shellcheck shell=sh disable=SC2154
# Power caps and clocks of NVIDIA cards: nvidia-smi. Read by common.sh, whose functions it uses.

ask() { # GPU PROPERTY: its value without a unit; empty when the card has none
  value=$(nvidia-smi -i "$1" --query-gpu="$2" --format=csv,noheader,nounits 2> /dev/null < /dev/null) || return 1
  case $value in *'N/A'* | *'Not Supported'* | *'Unknown'*) value='' ;; esac
  say "$value"
}

hundredths() { # NUMBER with at most two decimals
  fraction=00
  case $1 in *.*) fraction=${1#*.}00 ;; esac
  while [ "${#fraction}" -gt 2 ]; do fraction=${fraction%?}; done
  say $((${1%%.*} * 100 + 1$fraction - 100))
}

is_number() { case $1 in '' | *[!0-9.]* | *.*.* | .*) return 1 ;; esac; }

tell() { # GPU OPTION…: has nvidia-smi set something
  card=$1
  shift
  said=$(nvidia-smi -i "$card" "$@" 2>&1 < /dev/null) && return
  complain "nvidia-smi -i $card $* failed: $said"
  return 1
}

device_check() {
  check_program nvidia-smi 'comes with the driver'
  for gpu in $gpus; do check_gpu "$gpu"; done
}

check_gpu() { # GPU
  if ! uuid=$(ask "$1" uuid) || [ -z "$uuid" ]; then
    bad "GPU $1 does not answer; nvidia-smi -L lists those there are"
    return
  fi
  ok "GPU $1 is $(ask "$1" name), $uuid"
  case $(ask "$1" persistence_mode) in
    Enabled) ok "GPU $1 keeps its settings: persistence mode is on" ;;
    *) note "GPU $1 loses its settings when its last user ends: turn persistence mode on (nvidia-smi -pm 1, or nvidia-persistenced)" ;;
  esac
  for mode in $modes; do
    "mode_$mode"
    if [ -n "$power_cap_w" ]; then check_cap "$1"; fi
    if [ -n "$memory_mhz$gpu_mhz" ]; then check_clocks "$1"; fi
  done
}

check_cap() { # GPU
  least=$(ask "$1" power.min_limit) && most=$(ask "$1" power.max_limit)
  if ! is_number "$least" || ! is_number "$most"; then
    bad "GPU $1 does not let its power be limited"
  elif [ "$(hundredths "$power_cap_w")" -lt "$(hundredths "$least")" ] || [ "$(hundredths "$power_cap_w")" -gt "$(hundredths "$most")" ]; then
    bad "GPU $1 cannot be limited to $power_cap_w W; it allows $least to $most W"
  else
    ok "GPU $1 can be limited to $power_cap_w W ($least to $most W)"
  fi
}

check_clocks() { # GPU
  legal=$(nvidia-smi -i "$1" --query-supported-clocks=memory,graphics --format=csv,noheader,nounits 2> /dev/null < /dev/null | tr -d ' ')
  wanted="${memory_mhz:-[0-9]*},${gpu_mhz:-[0-9]*}"
  if printf '%s\n' "$legal" | grep -qx -- "$wanted"; then
    ok "GPU $1 can run at${gpu_mhz:+ $gpu_mhz MHz}${memory_mhz:+ with memory at $memory_mhz MHz}"
  else
    bad "GPU $1 cannot run at${gpu_mhz:+ $gpu_mhz MHz}${memory_mhz:+ with memory at $memory_mhz MHz}; nvidia-smi -q -d SUPPORTED_CLOCKS lists what it can"
  fi
}

device_record() { # FOLDER: by UUID, since numbers change with the cards that are there
  for gpu in $gpus; do
    uuid=$(ask "$gpu" uuid) && [ -n "$uuid" ] && limit=$(ask "$gpu" power.limit) && say "$uuid ${limit:--}" || return 1
  done > "$1/limits"
}

recorded_limit() { # GPU
  uuid=$(ask "$1" uuid) && sed -n "s/^$uuid //p" "$record/limits"
}

device_set() { # MODE: what it does not set is as it was before the plan
  "mode_$1"
  for gpu in $gpus; do
    set_cap "$gpu" && set_clocks "$gpu" || return 1
  done
}

change() { # GPU WHAT OPTION VALUE: sets something, and marks before that it is to be undone
  mark=$record/changed-$2-$1
  if [ -e "$mark" ]; then
    tell "$1" "$3" "$4"
    return
  fi
  : > "$mark" || return 1
  tell "$1" "$3" "$4" && return
  rm -f -- "$mark" # a card that refused it would refuse to undo it
  return 1
}

set_cap() { # GPU
  if [ -n "$power_cap_w" ]; then
    change "$1" cap -pl "$power_cap_w"
  elif [ -e "$record/changed-cap-$1" ]; then
    restore_cap "$1"
  fi
}

set_clocks() { # GPU: memory first, since the legal clocks of the card depend on it
  if [ -n "$memory_mhz" ]; then
    change "$1" memory -lmc "$memory_mhz,$memory_mhz" || return 1
  elif [ -e "$record/changed-memory-$1" ]; then
    tell "$1" -rmc || return 1
  fi
  if [ -n "$gpu_mhz" ]; then
    change "$1" gpu -lgc "$gpu_mhz,$gpu_mhz" || return 1
  elif [ -e "$record/changed-gpu-$1" ]; then
    tell "$1" -rgc || return 1
  fi
}

device_differences() { # MODE
  "mode_$1"
  different=0
  for gpu in $gpus; do
    if [ -n "$power_cap_w" ]; then compare_cap "$gpu" "$power_cap_w"; fi
    if [ -n "$gpu_mhz" ]; then compare_clock "$gpu" clocks.current.sm "$gpu_mhz"; fi
    if [ -n "$memory_mhz" ]; then compare_clock "$gpu" clocks.current.memory "$memory_mhz"; fi
  done
  [ "$different" -eq 0 ]
}

compare_cap() { # GPU WATTS
  is=$(ask "$1" power.limit)
  if is_number "$is" && [ "$(hundredths "$is")" -eq "$(hundredths "$2")" ]; then return; fi
  say "GPU $1: power limit is ${is:-unknown} W, wanted is $2 W"
  different=1
}

# The driver does not say which clocks are locked. An idle or throttled card runs slower than its lock, so only a faster one proves
# that the lock is not there.
compare_clock() { # GPU PROPERTY MEGAHERTZ
  is=$(ask "$1" "$2")
  if is_number "$is" && [ "${is%%.*}" -le "$3" ]; then return; fi
  say "GPU $1: $2 is ${is:-unknown} MHz, locked should be $3 MHz"
  different=1
}

device_restore() {
  left=0
  for gpu in $gpus; do
    if [ -e "$record/changed-gpu-$gpu" ]; then tell "$gpu" -rgc || left=1; fi
    if [ -e "$record/changed-memory-$gpu" ]; then tell "$gpu" -rmc || left=1; fi
    if [ -e "$record/changed-cap-$gpu" ]; then restore_cap "$gpu" || left=1; fi
  done
  return "$left"
}

restore_cap() { # GPU
  limit=$(recorded_limit "$1")
  if ! is_number "$limit"; then
    complain "the power limit of GPU $1 before the plan is not recorded; nvidia-smi -i $1 -q -d POWER shows its default"
    return 1
  fi
  tell "$1" -pl "$limit" || return 1
  different=0
  compare_cap "$1" "$limit" >&2
  [ "$different" -eq 0 ]
}
