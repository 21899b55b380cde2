# shellcheck shell=sh disable=SC2154
# MIG instances at their planned places: nvidia-smi mig. Read by common.sh, whose functions it uses.
#
# An instance is known by its card, its first memory slice and its size; its number is the driver's and may be given to another one later.
# $record/made-CARD-START stands there from before an instance is made until it is destroyed, $record/before-CARD lists those that were there first.

# shellcheck source=nvidia.sh
. "$here/nvidia.sh"
# shellcheck source=migInstances.sh
. "$here/migInstances.sh"
# shellcheck source=mpsDaemon.sh
. "$here/mpsDaemon.sh"

settle_tenths=${PARTITUNE_SETTLE_TENTHS:-50} # of a second that the driver may take to let go of an instance

instance_at() { # START SIZE, of instances on standard input: the number of the one there
  awk -v start="$1" -v size="$2" '$3 == start && $4 == size { print $2; found = 1; exit } END { exit !found }'
}

overlapping() { # START SIZE, of instances on standard input: those that take a slice of it, in words
  awk -v start="$1" -v size="$2" '$3 < start + size && start < $3 + $4 { printf "%s%s (instance %s, memory slices %s to %s)", sep, $5, $2, $3, $3 + $4 - 1; sep = ", " }'
}

# --- can the card be cut so?

device_check() {
  check_program nvidia-smi 'comes with the driver'
  check_program awk 'Debian package mawk'
  if [ -n "$daemons_needed" ]; then check_program nvidia-cuda-mps-control 'comes with the driver; several processes share an instance through it'; fi
  for c in $cards; do
    if check_card_there "$c" && check_mode && check_driver; then check_layout "$c"; fi
  done
}

check_mode() {
  if ! mode=$(mig_mode "$uuid"); then
    bad "GPU $gpu does not say whether MIG is enabled"
    return 1
  fi
  case $mode in
    Enabled,Enabled)
      ok "GPU $gpu has MIG enabled"
      return
      ;;
    Disabled,Disabled) bad "GPU $gpu has MIG disabled; end everything that uses the card and enable it: nvidia-smi -i $uuid -mig 1 (an Ampere card is reset by that)" ;;
    Disabled,Enabled) bad "GPU $gpu has MIG enabled only after its next reset; end everything that uses the card, then: nvidia-smi --gpu-reset -i $uuid, or reboot" ;;
    Enabled,Disabled) bad "GPU $gpu has MIG disabled from its next reset on; keep it: nvidia-smi -i $uuid -mig 1" ;;
    *) bad "GPU $gpu has no MIG" ;;
  esac
  return 1
}

check_driver() { # least drivers: NVIDIA MIG user guide
  case $card_name in
    *A30*) least=460 ;;
    *H100* | *H800* | *GH200*) least=525 ;;
    *H20 | *H20-* | *'H20 '*) least=535 ;;
    *H200*) least=550 ;;
    *B200*) least=570 ;;
    *'RTX PRO'*) least=575 ;;
    *B300*) least=580 ;;
    *) least=450 ;;
  esac
  version=$(driver_of "$uuid")
  case $version in
    '' | *[!0-9]*)
      bad "GPU $gpu does not say which driver it has"
      return 1
      ;;
  esac
  if [ "$version" -lt "$least" ]; then
    bad "GPU $gpu has driver $version; MIG on $card_name needs $least or newer"
    return 1
  fi
  ok "GPU $gpu has driver $version"
}

check_layout() { # CARD
  if ! profiles=$(nvidia-smi mig -i "$uuid" -lgip 2>&1 < /dev/null) || ! places=$(nvidia-smi mig -i "$uuid" -lgipp 2>&1 < /dev/null); then
    bad "GPU $gpu does not list its MIG profiles: $(printf '%s' "${places:-$profiles}" | tail -n 1)"
    return
  fi
  if ! look "$uuid"; then
    bad "$trouble"
    return
  fi
  for n in $card_pieces; do
    "piece_$n"
    if ! find_profile; then
      bad "piece \"$piece_id\": $why"
    else
      [ -z "$why" ] || note "piece \"$piece_id\": $why"
      check_place "$1"
    fi
  done
}

# The driver's own listing is right; the plan's may be of another one. Names and numbers differ between drivers, so a profile is the same when
# its compute slices, its extensions, its size and its start agree.
find_profile() { # of the piece in use, in $profiles and $places: sets profile_here, its number; why: what is different, or 1 and what contradicts the plan
  why=''
  read -r profile_here name free gibibytes multiprocessors_here <<EOT
$(printf '%s\n' "$profiles" | awk -v name="$profile" -v id="$profile_id" '
  /^\|[ ]*[0-9]+[ ]+MIG / {
    split($6, count, "/")
    row = $5 " " $4 " " count[1] " " $7 " " $9
    if ($4 == name) same_name = row
    if ($5 == id) same_id = row
  }
  END { print same_name != "" ? same_name : same_id }')
EOT
  if [ -z "$profile_here" ]; then
    why="the card has neither a profile $profile nor one of number $profile_id; nvidia-smi mig -i $uuid -lgip lists those it has"
    return 1
  fi
  place=$(printf '%s\n' "$places" | sed -n "s/^.*Profile ID  *$profile_here  *Placements* *: *{\([0-9, ]*\)} *: *\([0-9]*\) *\$/\2 \1/p" | tr -d '\r')
  size_here=${place%% *}
  starts_here=,$(printf %s "${place#* }" | tr -d ' '),
  if [ -z "$place" ]; then
    why="the card lists no places for profile $name"
  elif [ "${name%%g.*}${name##*gb}" != "${profile%%g.*}${profile##*gb}" ]; then
    why="the card's profile $profile_here is $name, which is not $profile"
  elif [ "$size_here" != "$size" ]; then
    why="$name covers $size_here memory slices on this card, and $size in the plan"
  elif case $starts_here in *",$start,"*) false ;; esac; then
    why="$name may not begin at memory slice $start on this card, only at $(printf %s "$starts_here" | sed 's/^,//; s/,$//; s/,/, /g')"
  elif [ -n "$multiprocessors" ] && [ "$multiprocessors_here" -lt "$multiprocessors" ]; then
    why="$name has $multiprocessors_here multiprocessors on this card, and $multiprocessors in the plan, whose promises would not hold"
  elif [ "$(mebibytes "$gibibytes")" -lt "$memory_needed_mib" ]; then
    why="$name has $(mebibytes "$gibibytes") MiB on this card, and its tenants need $memory_needed_mib MiB"
  else
    if [ "$name" != "$profile" ]; then why="the card calls its $profile $name"; fi
    return 0
  fi
  return 1
}

mebibytes() { awk -v gib="$1" 'BEGIN { printf "%d", gib * 1024 }'; } # GIBIBYTES

check_place() { # CARD
  found=$(printf '%s\n' "$existing" | instance_at "$start" "$size") || found=''
  here_is="piece \"$piece_id\": $name at memory slice $start of GPU $gpu"
  if [ -z "$found" ]; then
    blockers=$(lines "$existing" | overlapping "$start" "$size")
    if [ -n "$blockers" ]; then
      bad "$here_is is taken by $blockers, which this plan did not make; destroy it or plan around it"
    elif [ "$free" -lt 1 ]; then
      bad "$here_is cannot be made beside what is there: the card has no free $name"
    else
      ok "$here_is is free"
    fi
  elif ! printf '%s\n' "$existing" | grep -q "^$profile_here $found "; then
    bad "$here_is is taken by instance $found, which is of another profile and not of this plan; destroy it or plan around it"
  elif [ -e "$record/made-$1-$start" ]; then
    ok "$here_is is there: instance $found"
  elif pids=$(processes_on "$found") && [ -n "$pids" ] && ! foundling "$1"; then
    bad "$here_is is there already, and processes $pids use it; end them or plan around them"
  else
    note "$here_is is there already: instance $found is used as it is, and undo.sh leaves it"
  fi
}

foundling() { [ -e "$record/found-$1-$start" ]; } # CARD: an instance that was there before the plan, and which the plan uses

# --- applying

device_record() { # FOLDER
  record_cards "$1" || return 1
  for c in $cards; do
    read -r uuid < "$1/card-$c"
    instances "$uuid" > "$1/before-$c" || return 1
  done
}

device_apply() {
  : > "$record/clients~" || return 1
  for c in $cards; do
    use_card "$c" || return 1
    cut_card "$c" && check_compute && write_clients || return 1
  done
  mv -- "$record/clients~" "$record/clients" && write_pieces || return 1
  for c in $cards; do
    "card_$c"
    start_daemons || return 1
  done
}

cut_card() { # CARD: makes the instances that are not there
  if ! profiles=$(nvidia-smi mig -i "$uuid" -lgip 2>&1 < /dev/null) || ! places=$(nvidia-smi mig -i "$uuid" -lgipp 2>&1 < /dev/null); then
    complain "GPU $gpu does not list its MIG profiles: ${places:-$profiles}"
    return 1
  fi
  existing=$(instances "$uuid") || return 1
  for n in $card_pieces; do
    "piece_$n"
    if ! find_profile; then
      complain "piece \"$piece_id\": $why"
      return 1
    fi
    if printf '%s\n' "$existing" | instance_at "$start" "$size" > /dev/null; then
      if [ ! -e "$record/made-$1-$start" ]; then : > "$record/found-$1-$start"; fi
    else
      say "$uuid $profile_here $start $size" > "$record/made-$1-$start" && tell mig -i "$uuid" -cgi "$profile_here:$start" -C || return 1
    fi
  done
  look_or_complain "$uuid"
}

check_compute() { # whether each planned instance is there, with a compute instance: one that was interrupted may lack it
  for n in $card_pieces; do
    "piece_$n"
    if ! made=$(printf '%s\n' "$existing" | instance_at "$start" "$size"); then
      complain "piece \"$piece_id\": the driver reported success, but no $profile is at memory slice $start of GPU $gpu"
      return 1
    fi
    if [ "$(compute_instances "$made")" -eq 0 ]; then tell mig -i "$uuid" -gi "$made" -cci && look_or_complain "$uuid" || return 1; fi
  done
}

write_clients() { # the MIG UUID of every piece, for those who start clients
  for n in $card_pieces; do
    "piece_$n"
    made=$(printf '%s\n' "$existing" | instance_at "$start" "$size")
    if ! client=$(mig_uuid "$uuid" "$made"); then
      complain "piece \"$piece_id\": nvidia-smi -L does not list the UUID of its instance"
      return 1
    fi
    printf '%s\t%s\t%s\n' "$n" "$client" "$piece_id" >> "$record/clients~"
  done
}

start_daemons() {
  for n in $card_pieces; do
    "piece_$n"
    if [ "$daemon" != yes ]; then continue; fi
    : > "$record/daemon-$n" && daemon_start "$n" "$(client_uuid "$n")" || return 1
  done
}

client_uuid() { sed -n "s/^$1	\([^	]*\)	.*/\1/p" "$record/clients" 2> /dev/null; } # PIECE

device_differences() {
  different=0
  for c in $cards; do
    if ! use_card "$c"; then
      say "card \"$card_id\": GPU $gpu does not answer"
      different=1
      continue
    fi
    if ! look "$uuid"; then
      say "$trouble"
      different=1
      continue
    fi
    for n in $card_pieces; do
      "piece_$n"
      compare_piece || different=1
    done
  done
  [ "$different" -eq 0 ]
}

compare_piece() {
  if ! made=$(printf '%s\n' "$existing" | instance_at "$start" "$size"); then
    say "piece \"$piece_id\": no $profile at memory slice $start of GPU $gpu"
  elif [ "$(compute_instances "$made")" -ne 1 ]; then
    say "piece \"$piece_id\": instance $made has $(compute_instances "$made") compute instances, not one"
  elif [ -z "$(client_uuid "$n")" ] || [ "$(mig_uuid "$uuid" "$made")" != "$(client_uuid "$n")" ]; then
    say "piece \"$piece_id\": instance $made has another UUID than was written down"
  elif [ "$daemon" = yes ] && ! is_answering "$n"; then
    say "piece \"$piece_id\": its MPS daemon does not answer"
  else
    return 0
  fi
  return 1
}

# --- undoing

device_restore() {
  left=0
  for file in "$record"/daemon-*; do
    case $file in *'*') continue ;; esac
    if daemon_quit "${file##*/daemon-}"; then rm -f -- "$file"; else left=1; fi
  done
  if [ "$left" -ne 0 ]; then return 1; fi
  if same_boot; then
    for file in "$record"/made-*; do
      case $file in *'*') continue ;; esac
      if destroy_piece "$file"; then rm -f -- "$file"; else left=1; fi
    done
  else
    complain 'the machine was booted again since, which destroyed all instances: those there are now were made by somebody else and are left'
  fi
  if [ "$left" -eq 0 ]; then forget_pieces; fi
  return "$left"
}

destroy_piece() { # FILE
  read -r uuid id start size < "$1" || return 0
  look_or_complain "$uuid" || return 1
  gi=$(printf '%s\n' "$existing" | instance_at "$start" "$size") || return 0
  card=${1##*/made-}
  if printf '%s\n' "$existing" | grep -q "^$id $gi " && ! grep -q "^[0-9]* $gi $start $size " "$record/before-${card%-*}"; then
    destroy_instance
  fi
}

destroy_instance() { # gi of the card uuid
  pids=$(processes_on "$gi")
  if [ -n "$pids" ]; then
    complain "processes $pids use instance $gi of $uuid; end them first"
    return 1
  fi
  if [ "$(compute_instances "$gi")" -gt 0 ]; then tell mig -i "$uuid" -dci -gi "$gi" || return 1; fi
  tenths=0
  until said=$(nvidia-smi mig -i "$uuid" -dgi -gi "$gi" 2>&1 < /dev/null); do
    if [ "$tenths" -ge "$settle_tenths" ]; then
      complain "nvidia-smi mig -i $uuid -dgi -gi $gi failed: $said"
      return 1
    fi
    sleep 0.5
    tenths=$((tenths + 5))
  done
  if existing=$(instances "$uuid") && ! printf '%s\n' "$existing" | instance_at "$start" "$size" > /dev/null; then return 0; fi
  complain "instance $gi of $uuid is still there, although the driver reported success"
  return 1
}

# --- running

device_ready() { # says why a tenant cannot run, and 1
  "piece_$piece"
  use_card "$piece_card"
  if ! look "$uuid"; then
    say "$trouble"
    return 1
  fi
  n=$piece
  compare_piece
}

device_enter() {
  CUDA_VISIBLE_DEVICES=$(client_uuid "$piece")
  export CUDA_VISIBLE_DEVICES
  if [ "$processes" -gt 1 ]; then
    CUDA_MPS_PIPE_DIRECTORY=$(pipe_of "$piece") CUDA_MPS_LOG_DIRECTORY=$(log_of "$piece")
    export CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_LOG_DIRECTORY
  fi
}
