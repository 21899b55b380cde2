# shellcheck shell=sh disable=SC2154
# Installing units. Read after common.sh and pieces.sh.

etc_base=${PARTITUNE_ETC_DIR:-/etc/partitune}
etc=$etc_base/$plan_id
units=${PARTITUNE_UNITS_DIR:-/etc/systemd/system}
target=partitune-$plan_id.target
manager=nvidia-mig-manager.service
drop_in=$units/$manager.d/partitune-$plan_id.conf

check_host() {
  if [ "$(id -u)" -eq 0 ]; then ok 'root, who may install units'; else bad 'only root may install units; call it with sudo'; fi
  check_program systemctl 'this target is for hosts with systemd'
  check_program nvidia-smi 'comes with the driver'
  if [ "$mps" = yes ]; then check_program nvidia-cuda-mps-control 'comes with the driver'; fi
  if [ "$mig" = yes ]; then
    check_program nvidia-mig-parted 'https://github.com/NVIDIA/mig-parted'
    if systemctl cat "$manager" > /dev/null 2>&1 < /dev/null; then ok "unit $manager"; else bad "unit $manager is missing; install it with nvidia-mig-parted"; fi
    for other in "$units/$manager.d"/*; do
      if [ -e "$other" ] && [ "$other" != "$drop_in" ]; then note "drop-in $other also configures $manager; the last by name wins"; fi
    done
  fi
  case $etc_base$units in *[!A-Za-z0-9/._-]*) bad "folders $etc_base and $units: units take letters, digits, dots, dashes and underscores alone" ;; esac
  each_piece check_card
  if { read -r installed < "$etc/digest"; } 2> /dev/null; then
    if [ "$installed" = "$plan_digest" ]; then note 'this plan is installed already'; else note 'an earlier version of this plan is installed and will be replaced'; fi
  fi
}

# shellcheck disable=SC2317,SC2329 # called by each_piece
check_card() { # PIECE ID CARD KIND PROFILE NTH: MIG instances are made by the manager, so only the card must be there
  if listed "$3" whole '' 0 | grep -q .; then
    ok "piece \"$2\": card $3"
  else
    bad "piece \"$2\": card $3 is not there; nvidia-smi -L lists those that are"
  fi
}

ours() { # files of the plan's units
  for file in "$units/partitune-$plan_id".target "$units/partitune-${plan_id}"_*; do
    if [ -e "$file" ]; then say "${file##*/}"; fi
  done
}

install_files() {
  mkdir -p -- "$etc" "$units" || return 1
  for file in common.sh pieces.sh values.sh unit.sh; do cp -- "$here/$file" "$etc/" || return 1; done
  if [ "$mig" = yes ]; then
    cp -- "$here/mig-parted.yaml" "$etc/" && mkdir -p -- "$units/$manager.d" || return 1
  fi
  (cd -- "$here/units" && find . -type f) | while read -r file; do
    sed "s|/etc/partitune/$plan_id/|$etc/|g" "$here/units/$file" > "$units/$file" || exit 1
  done || return 1
  say "$plan_digest" > "$etc/digest"
}

remove_units() { # stopping puts power, compute modes and the like back
  if [ -e "$units/$target" ]; then tell systemctl disable --now "$target" || return 1; fi
  active=$(systemctl list-units --plain --no-legend --all "partitune-${plan_id}[._]*" 2> /dev/null < /dev/null | awk '{ print $1 }')
  for unit in $active; do tell systemctl stop "$unit" || return 1; done
  for file in $(ours); do rm -f -- "$units/$file"; done
  rm -f -- "$drop_in"
  rmdir -- "$units/$manager.d" 2> /dev/null
  tell systemctl daemon-reload
}

record_mig() { # once: what the cards are cut into before the plan
  if [ "$mig" = no ] || [ -e "$etc/mig-before.yaml" ]; then return; fi
  if mkdir -p -- "$etc" && nvidia-mig-parted export > "$etc/mig-before.yaml~" 2> /dev/null < /dev/null && [ -s "$etc/mig-before.yaml~" ]; then
    mv -- "$etc/mig-before.yaml~" "$etc/mig-before.yaml"
  else
    rm -f -- "$etc/mig-before.yaml~"
    complain 'what the cards are cut into cannot be recorded (nvidia-mig-parted export), so nothing is changed'
    return 1
  fi
}

cut_cards() { # only where they are cut otherwise, since the manager clears a card first
  if [ "$mig" = no ] || nvidia-mig-parted assert -f "$etc/mig-parted.yaml" -c "$plan_id" > /dev/null 2>&1 < /dev/null; then return; fi
  tell systemctl restart "$manager"
}

restore_mig() {
  if [ ! -e "$etc/mig-before.yaml" ]; then return; fi
  tell nvidia-mig-parted apply -f "$etc/mig-before.yaml" -c current
}

# shellcheck disable=SC2317,SC2329 # called by each_unit
show_unit() { # UNIT
  if systemctl is-active --quiet "$1" 2> /dev/null < /dev/null; then
    say "active    $1"
  else
    say "inactive  $1"
    failures=$((failures + 1))
  fi
}

# shellcheck disable=SC2317,SC2329 # called by each_unit
await_unit() { until_true "unit $1 is active; journalctl -u $1 says why" systemctl is-active --quiet "$1"; } # UNIT
