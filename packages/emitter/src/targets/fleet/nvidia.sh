# shellcheck shell=sh disable=SC2154
# Questions to nvidia-smi. Read by device.sh.

ask() { # GPU PROPERTY: its value without a unit; empty when the card has none
  value=$(nvidia-smi -i "$1" --query-gpu="$2" --format=csv,noheader,nounits 2> /dev/null < /dev/null) || return 1
  case $value in *'N/A'* | *'Not Supported'* | *'Unknown'*) value='' ;; esac
  say "$value"
}

tell() { # OPTION…: has nvidia-smi change something
  said=$(nvidia-smi "$@" 2>&1 < /dev/null) && return
  complain "nvidia-smi $* failed: $said"
  return 1
}

use_card() { # N: its variables, and uuid: as recorded when the plan was applied, else as the card says
  "card_$1"
  if { read -r uuid < "$record/card-$1"; } 2> /dev/null; then return; fi
  uuid=$(ask "$gpu" uuid) && [ -n "$uuid" ]
}

check_card_there() { # N: sets uuid
  if ! use_card "$1"; then
    bad "card \"$card_id\": GPU $gpu does not answer; nvidia-smi -L lists those there are"
    return 1
  fi
  card_name=$(ask "$uuid" name)
  ok "card \"$card_id\" is GPU $gpu, $card_name, $uuid"
  if printf '%s' "$uuids_seen" | grep -qxF -- "$uuid"; then
    bad "card \"$card_id\": GPU $gpu is another card of the plan already"
    return 1
  fi
  uuids_seen="$uuids_seen$uuid
"
}
uuids_seen=''

record_cards() { # FOLDER: by UUID, since numbers change with the cards that are there
  for c in $cards; do
    "card_$c"
    uuid=$(ask "$gpu" uuid) && [ -n "$uuid" ] && say "$uuid" > "$1/card-$c" || return 1
  done
}

recorded_cards() { # the numbers of those that were recorded
  for file in "$record"/card-*; do
    case $file in *'*') ;; *) say "${file##*/card-}" ;; esac
  done
}

driver_of() { # UUID: the first number of its driver's version
  driver=$(ask "$1" driver_version) && say "${driver%%.*}"
}
