# shellcheck shell=sh disable=SC2154
# Shared by the scripts of a fleet plan, which set `here` to this folder before they read it.
#
# What was there before the plan stands in $record from before the first change until all of it is back, and every change is written
# down before it is made, so that undo.sh finds it also when whoever applied the plan was killed. device.sh brings what is the target's own:
#   device_check              one line for each thing looked at; counts failures
#   device_record FOLDER      writes down what is there now
#   device_apply              makes what is missing; 1 when that fails
#   device_differences        one line for each thing that is not as planned, and 1 when there is one
#   device_restore            takes back what $record says was made; 1 when something is left

set -u
unset CDPATH

# shellcheck source=values.sh
. "$here/values.sh"

state_base=${PARTITUNE_STATE_DIR:-/var/lib/partitune/fleet}
state=$state_base/$target-$plan_id
record=$state/record
run=${PARTITUNE_RUN_DIR:-/run/partitune}/$target-$plan_id

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }
ok() { say "ok    $*"; }
note() { say "note  $*"; }
bad() {
  say "FAIL  $*"
  failures=$((failures + 1))
}
lines() { [ -z "$1" ] || printf '%s\n' "$1"; }
indented() { sed 's/^/           /'; }

failures=0

check_root() {
  if [ "$(id -u)" -eq 0 ]; then ok 'root, who may cut cards'; else bad 'only root may cut cards; call it with sudo'; fi
}

check_program() { # PROGRAM WHERE
  if command -v "$1" > /dev/null; then ok "program $1"; else bad "program $1 is missing ($2)"; fi
}

check_state() {
  if ! same_plan; then
    bad "an earlier version of plan \"$plan_name\" is applied; undo it first with undo.sh"
  elif [ -d "$record" ]; then
    note 'this plan is applied already, or was while it was interrupted'
  else
    ok 'this plan is not applied yet'
  fi
}

same_plan() { # 1 when what is applied under this plan's name is another
  { read -r applied_digest < "$record/digest"; } 2> /dev/null || return 0
  [ "$applied_digest" = "$plan_digest" ]
}

# --- one at a time

worker() { # the process at work on the machine's cards, if it lives
  { read -r working _ < "$state_base/working"; } 2> /dev/null || return 1
  [ "$working" != $$ ] && grep -qszE '(^|/)(apply|undo)\.sh$' "/proc/$working/cmdline" && say "$working"
}

take_turn() { # one that was killed does not block the next
  if ! { mkdir -p -- "$state"; } 2> /dev/null || [ ! -w "$state" ]; then
    complain "folder $state cannot be made or written; call it with sudo"
    return 1
  fi
  if other=$(worker); then
    complain "process $other is cutting this machine's cards"
    return 1
  fi
  rm -f -- "$state_base/working"
  (set -C && echo "$$ $target-$plan_id" > "$state_base/working") 2> /dev/null
}

release() {
  rm -f -- "$state_base/working"
  rmdir -- "$state" "$run" 2> /dev/null || : # they stay while something is in them
}

# --- applying and undoing

record_before() { # once: what was there before the plan, whatever happens later; sets fresh
  # shellcheck disable=SC2034 # for apply.sh
  fresh=no
  if ! same_plan; then
    complain "an earlier version of plan \"$plan_name\" is applied; undo it first with undo.sh"
    return 1
  fi
  if [ -d "$record" ]; then return; fi
  # shellcheck disable=SC2034
  fresh=yes
  rm -rf -- "$record~"
  if mkdir -- "$record~" && say "$plan_digest" > "$record~/digest" && cat /proc/sys/kernel/random/boot_id > "$record~/boot" &&
    device_record "$record~"; then
    sync -- "$record~"/* 2> /dev/null
    mv -- "$record~" "$record"
  else
    rm -rf -- "$record~"
    complain "what is there now cannot be recorded in $state, so nothing is changed"
    return 1
  fi
}

same_boot() {
  { read -r recorded_boot < "$record/boot" && read -r this_boot < /proc/sys/kernel/random/boot_id; } 2> /dev/null &&
    [ "$recorded_boot" = "$this_boot" ]
}

restore() { # what the plan made goes; the record goes when nothing is left
  if [ ! -d "$record" ]; then return; fi
  if device_restore; then
    rm -rf -- "$record~"
    mv -- "$record" "$record~" && rm -rf -- "$record~"
  else
    complain "not everything is taken back; the record is kept in $record, call undo.sh again"
    return 1
  fi
}

# shellcheck source=tenants.sh
. "$here/tenants.sh"
# shellcheck source=device.sh
. "$here/device.sh"
