# shellcheck shell=sh
# Shared by the scripts of a power mode, which set `here` to this folder before they read it.
#
# What the device was set to before stands in $record from before the first change until all of it is back, so that undo.sh finds
# it also when whoever applied the plan was killed. device.sh brings what is the device's own:
#   device_check              one line for each thing looked at; counts failures
#   device_record FOLDER      writes down what is set now
#   device_set MODE           sets it; 1 when a setter fails
#   device_differences MODE   one line for each thing that is not as wanted, and 1 when there is one
#   device_restore            puts back what $record holds; 1 when something is not back

set -u
unset CDPATH
state=${PARTITUNE_STATE_DIR:-/var/lib/partitune/power-mode}
record=$state/record
settle_tenths=${PARTITUNE_SETTLE_TENTHS:-20} # of a second that clocks may take to follow

say() { printf '%s\n' "$*"; }
complain() { printf '%s\n' "$*" >&2; }
ok() { say "ok    $*"; }
note() { say "note  $*"; }
bad() {
  say "FAIL  $*"
  failures=$((failures + 1))
}

# shellcheck source=values.sh disable=SC2154 # here: set by the script that reads this
. "$here/values.sh"
# shellcheck source=device.sh
. "$here/device.sh"

failures=0

check_root() {
  if [ "$(id -u)" -eq 0 ]; then ok 'root, who may set power modes'; else bad 'only root may set power modes; call it with sudo'; fi
}

check_program() { # PROGRAM WHERE
  if command -v "$1" > /dev/null; then ok "program $1"; else bad "program $1 is missing ($2)"; fi
}

check_state() {
  if ! other_plan; then
    bad "plan \"$applied_name\" has set the power mode; undo it first with its undo.sh"
  elif [ -d "$record" ]; then
    note 'this plan is applied already, or was while it was interrupted'
  else
    ok 'no other plan has set the power mode'
  fi
}

other_plan() { # 1 when another plan's record is there, with its name
  { read -r applied_id < "$record/plan"; } 2> /dev/null || return 0
  { IFS= read -r applied_name < "$record/name"; } 2> /dev/null || applied_name=$applied_id
  [ "$applied_id" = "$plan_id" ]
}

# --- one at a time

worker() { # the process at work on the power mode, if it lives
  { read -r working < "$state/working"; } 2> /dev/null || return 1
  [ "$working" != $$ ] && grep -qszE '(^|/)(apply|undo|run)\.sh$' "/proc/$working/cmdline" && say "$working"
}

take_turn() { # one that was killed does not block the next
  if ! { (umask 077 && mkdir -p -- "$state"); } 2> /dev/null || [ ! -w "$state" ]; then
    complain "folder $state cannot be made or written; call it with sudo"
    return 1
  fi
  if other=$(worker); then
    complain "process $other is setting the power mode"
    return 1
  fi
  rm -f -- "$state/working"
  (set -C && echo $$ > "$state/working") 2> /dev/null
}

release() { rm -f -- "$state/working"; }

# --- applying and undoing

record_before() { # once: what was set before the plan, whatever happens later
  if ! other_plan; then
    complain "plan \"$applied_name\" has set the power mode; undo it first with its undo.sh"
    return 1
  fi
  if [ -d "$record" ]; then return; fi
  rm -rf -- "$record~"
  if mkdir -- "$record~" && say "$plan_id" > "$record~/plan" && say "$plan_name" > "$record~/name" &&
    cat /proc/sys/kernel/random/boot_id > "$record~/boot" && device_record "$record~"; then
    sync -- "$record~"/* 2> /dev/null
    mv -- "$record~" "$record"
  else
    complain "what is set now cannot be recorded in $state, so nothing is changed"
    return 1
  fi
}

set_mode() { # MODE: sets it and reads it back
  device_set "$1" || return 1
  tenths=0
  until differences=$(device_differences "$1"); do
    if [ "$tenths" -ge "$settle_tenths" ]; then
      complain "the device did not take the mode:"
      complain "$differences"
      return 1
    fi
    sleep 0.1
    tenths=$((tenths + 1))
  done
}

same_boot() {
  { read -r recorded_boot < "$record/boot" && read -r this_boot < /proc/sys/kernel/random/boot_id; } 2> /dev/null &&
    [ "$recorded_boot" = "$this_boot" ]
}

restore() { # what was set before the plan; the record goes when all of it is back
  if [ ! -d "$record" ]; then return; fi
  if device_restore; then
    rm -rf -- "$record~"
    mv -- "$record" "$record~" && rm -rf -- "$record~"
  else
    complain "not everything is back; the record is kept in $record, call undo.sh again"
    return 1
  fi
}
