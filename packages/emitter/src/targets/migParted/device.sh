# shellcheck shell=sh disable=SC2154
# MIG instances by nvidia-mig-parted, which is told how many of which size a card has and puts them where it likes. Read by common.sh, whose
# functions it uses.

# shellcheck source=nvidia.sh
. "$here/nvidia.sh"
# shellcheck source=migInstances.sh
. "$here/migInstances.sh"

config=$here/config.yaml

sizes() { # UUID: what is there, as "1g.10gb 2" lines in the order of names; nothing where MIG is disabled
  case $(mig_mode "$1") in Enabled,*) ;; *) return 0 ;; esac
  there=$(instances "$1") || return 1
  lines "$there" | awk '{ n[$5]++ } END { for (name in n) print name, n[name] }' | LC_ALL=C sort
}

planned_sizes() { printf '%s\n' "$card_sizes" | tr , '\n' | LC_ALL=C sort; } # of the card in use

in_words() { tr '\n' ',' | sed 's/,$//; s/,/, /g'; }

check_card_index() { # of the card in use: mig-parted counts as nvidia-smi does
  id=$(ask "$uuid" pci.device_id)
  case " $device_ids " in
    '  ' | *" $id "*) ok "GPU $gpu has device id ${id:-unknown}" ;;
    *)
      bad "GPU $gpu has device id ${id:-unknown}, and the plan is for cards of $device_ids"
      return 1
      ;;
  esac
}

device_check() {
  check_program nvidia-smi 'comes with the driver'
  check_program nvidia-mig-parted 'NVIDIA/mig-parted on GitHub; with the GPU Operator in a cluster, use config.yaml there'
  if said=$(nvidia-mig-parted assert -a -f "$config" -c "$plan_id" 2>&1 < /dev/null); then
    ok "nvidia-mig-parted reads config.yaml, configuration $plan_id"
  else
    bad "nvidia-mig-parted does not read config.yaml: $said"
  fi
  for c in $cards; do
    if check_card_there "$c" && check_card_index; then check_card; fi
  done
}

check_card() { # in use
  case $(mig_mode "$uuid") in
    Enabled,Enabled) check_sizes ;;
    Disabled,Disabled)
      note "GPU $gpu has MIG disabled: apply.sh has it enabled, which resets an Ampere card"
      check_unused
      ;;
    *,*abled) bad "GPU $gpu changes its MIG mode at its next reset; end everything that uses the card, then: nvidia-smi --gpu-reset -i $uuid, or reboot" ;;
    *) bad "GPU $gpu has no MIG" ;;
  esac
}

check_sizes() {
  if ! now=$(sizes "$uuid" 2>&1); then
    bad "$now"
  elif [ "$now" = "$(planned_sizes)" ]; then
    ok "GPU $gpu has the planned instances: $(printf '%s\n' "$now" | in_words)"
  else
    check_names
    if [ -n "$now" ]; then
      check_whole_instances
      check_unused
      note "GPU $gpu has other instances, $(printf '%s\n' "$now" | in_words): nvidia-mig-parted destroys all of them, and undo.sh makes as many of each size again. To keep some, emit the plan for mig"
    else
      ok "GPU $gpu has MIG enabled and no instances"
    fi
  fi
}

check_names() { # they count here, and drivers differ in them
  listed=$(nvidia-smi mig -i "$uuid" -lgip 2> /dev/null < /dev/null | awk '/^\|[ ]*[0-9]+[ ]+MIG / { print $4 }')
  for name in $(planned_sizes | cut -d ' ' -f 1); do
    if printf '%s\n' "$listed" | grep -qxF -- "$name"; then ok "GPU $gpu has the profile $name"; else
      bad "GPU $gpu has no profile $name, but $(printf '%s\n' "$listed" | in_words); plan with the card's own listing"
    fi
  done
}

check_whole_instances() { # what is recorded is instances, not how they are divided further
  if ! look "$uuid"; then
    bad "$trouble"
    return
  fi
  for gi in $(printf '%s\n' "$existing" | cut -d ' ' -f 2); do
    if [ "$(compute_instances "$gi")" -ne 1 ]; then
      bad "GPU $gpu: instance $gi has other than one compute instance, which undo.sh could not make again; destroy it first"
    fi
  done
}

check_unused() {
  if ! pids=$(processes "$uuid"); then
    bad "GPU $gpu does not say which processes use it"
  elif [ -n "$pids" ]; then
    bad "GPU $gpu: processes $pids use it, and nvidia-mig-parted clears the whole card; end them, or emit the plan for mig, which keeps pieces"
  else
    ok "GPU $gpu is used by nobody"
  fi
}

processes() { # UUID
  details=$(nvidia-smi -i "$1" -q -x 2> /dev/null < /dev/null) && printf '%s\n' "$details" | awk -F '[<>]' '$2 == "pid" { printf "%s ", $3 }'
}

# --- applying

device_record() { # FOLDER
  record_cards "$1" || return 1
  nvidia-mig-parted export > "$1/export.yaml" 2> "$1/export.txt" < /dev/null || {
    complain "nvidia-mig-parted export failed: $(cat -- "$1/export.txt")"
    return 1
  }
  printf 'version: v1\nmig-configs:\n  before:\n' > "$1/before.yaml"
  for c in $cards; do
    "card_$c"
    read -r uuid < "$1/card-$c"
    mode=$(mig_mode "$uuid") && say "$mode" > "$1/mode-$c" && sizes "$uuid" > "$1/sizes-$c" && write_before "$1" || return 1
  done
}

write_before() { # FOLDER, of the card in use: this plan's cards alone, where the export holds all of the machine
  case $mode in
    Enabled,*) enabled=true ;;
    Disabled,*) enabled=false ;;
    *) return 1 ;;
  esac
  devices=$(sed 's/^\([^ ]*\) \([0-9]*\)$/"\1": \2/' "$1/sizes-$c" | in_words)
  printf '    - {devices: [%s], mig-enabled: %s, mig-devices: {%s}}\n' "$gpu" "$enabled" "$devices" >> "$1/before.yaml"
}

device_apply() {
  : > "$record/changed" || return 1
  if ! said=$(nvidia-mig-parted apply -f "$config" -c "$plan_id" 2>&1 < /dev/null); then
    complain "nvidia-mig-parted apply failed: $said"
    return 1
  fi
  for c in $cards; do
    use_card "$c"
    if ! compare_sizes; then
      complain "nvidia-mig-parted reported success, but $difference"
      return 1
    fi
  done
  write_clients && : > "$record/done"
}

# Which of several instances of one size a piece gets is not in the plan's hand here: the one that begins first.
write_clients() {
  : > "$record/clients~" || return 1
  for c in $cards; do
    use_card "$c"
    look_or_complain "$uuid" || return 1
    left_over=$(printf '%s\n' "$existing" | sort -n -k 3)
    for n in $card_pieces; do
      "piece_$n"
      gi=$(printf '%s\n' "$left_over" | awk -v name="$profile" '$5 == name { print $2; exit }')
      if [ -z "$gi" ] || ! client=$(mig_uuid "$uuid" "$gi"); then
        complain "piece \"$piece_id\": nvidia-smi -L does not list the UUID of its instance"
        return 1
      fi
      left_over=$(printf '%s\n' "$left_over" | awk -v gi="$gi" '$2 != gi')
      printf '%s\t%s\t%s\n' "$n" "$client" "$piece_id" >> "$record/clients~"
    done
  done
  mv -- "$record/clients~" "$record/clients" && write_pieces
}

compare_sizes() { # of the card in use: sets difference, and 1 when there is one
  if ! now=$(sizes "$uuid" 2>&1); then
    difference=$now
  elif [ "$now" = "$(planned_sizes)" ]; then
    return 0
  else
    if [ -n "$now" ]; then now=$(printf '%s\n' "$now" | in_words); fi
    difference="GPU $gpu has ${now:-no instances} instead of $(planned_sizes | in_words)"
  fi
  return 1
}

device_differences() {
  different=0
  for c in $cards; do
    if ! use_card "$c"; then
      say "card \"$card_id\": GPU $gpu does not answer"
      different=1
    elif ! compare_sizes; then
      say "card \"$card_id\": $difference"
      different=1
    fi
  done
  [ "$different" -eq 0 ]
}

# --- undoing

device_restore() {
  if [ ! -e "$record/changed" ]; then return; fi
  if ! same_boot; then
    complain 'the machine was booted again since, which destroyed all instances: those there are now were made by somebody else and are left'
    forget_pieces
    return 0
  fi
  for c in $(recorded_cards); do
    "card_$c"
    read -r uuid < "$record/card-$c"
    may_restore || return 1
  done
  if ! is_as_before; then
    if ! said=$(nvidia-mig-parted apply -f "$record/before.yaml" -c before 2>&1 < /dev/null); then
      complain "nvidia-mig-parted apply of what was there before failed: $said"
      return 1
    fi
    if ! is_as_before; then
      complain "GPU $gpu is not back as it was, although nvidia-mig-parted reported success"
      return 1
    fi
  fi
  forget_pieces
}

is_as_before() { # 1 at the first card that is not
  for c in $(recorded_cards); do
    "card_$c"
    read -r uuid < "$record/card-$c"
    [ "$(mig_mode "$uuid")" = "$(cat -- "$record/mode-$c")" ] && [ "$(sizes "$uuid")" = "$(cat -- "$record/sizes-$c")" ] || return 1
  done
}

may_restore() { # of the card in use: it is still the one that was recorded, unused, and not cut anew by somebody else
  if [ "$(ask "$gpu" uuid)" != "$uuid" ]; then
    complain "GPU $gpu is another card than when the plan was applied; put it back by hand: $record/before.yaml"
  elif [ -e "$record/done" ] && ! compare_sizes; then
    complain "$difference since the plan was applied; destroy what was made since, or call apply.sh again, then undo.sh"
  elif ! pids=$(processes "$uuid") || [ -n "$pids" ]; then
    complain "processes ${pids:-that nvidia-smi does not tell} use GPU $gpu; end them first"
  else
    return 0
  fi
  return 1
}

