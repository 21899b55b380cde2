# shellcheck shell=sh disable=SC2154
# Power modes of a Jetson board: nvpmodel and jetson_clocks. Read by common.sh, whose functions it uses.

conf=${PARTITUNE_NVPMODEL_CONF:-/etc/nvpmodel.conf}

current_mode() { nvpmodel -q 2> /dev/null < /dev/null | grep -x '[0-9][0-9]*' | tail -n 1; }

first_there() { # PATH PATH: the first of them that can be read
  for path in "$@"; do
    if [ -n "$path" ] && [ -r "$path" ]; then
      say "$path"
      return
    fi
  done
  return 1
}

device_check() {
  check_program nvpmodel 'of the board package nvidia-l4t-nvpmodel'
  check_program jetson_clocks 'of the board package nvidia-l4t-tools'
  if [ ! -r "$conf" ]; then
    bad "the board's file $conf cannot be read"
  elif cmp -s -- "$conf" "$here/nvpmodel.conf"; then
    ok "$conf has the modes of this plan"
  elif cmp -s -- "$conf" "$here/nvpmodel.conf.before"; then
    ok "$conf is the file the plan was emitted for"
  else
    bad "$conf is not the file the plan was emitted for; emit it anew with this board's own"
  fi
  if [ -n "$(current_mode)" ]; then ok "power mode $(current_mode) is set"; else bad 'nvpmodel does not say which mode is set'; fi
  for mode in $modes; do
    "mode_$mode"
    "each_setting_$mode" check_value
    "each_gate_$mode" check_gate
  done
}

check_gate() { # LABEL VALUE PATH PATH …
  if file=$(first_there "$3" "$4") && read -r value < "$file" && [ "$value" != "$2" ]; then
    note "$1 is $value and will be $2, for which boards want a reboot; if so: nvpmodel -m $base_id ($base_name), reboot, apply"
  fi
}

check_value() { # LABEL VALUE PATH PATH TABLE TABLE PINNED PINNED
  table=$(first_there "$5" "$6") || return 0
  if grep -qwF -- "$2" "$table"; then
    ok "$1 can be $2"
  else
    bad "$1 cannot be $2, which the kernel would round; it can be $(tr -s ' \n' '  ' < "$table")"
  fi
}

device_record() { # FOLDER
  before=$(current_mode)
  if [ -z "$before" ]; then return 1; fi
  case " $own_ids " in *" $before "*) before=$default_id ;; esac # left by a plan whose record was lost
  say "$before" > "$1/mode" && cp -- "$conf" "$1/nvpmodel.conf" && jetson_clocks --store "$1/clocks" > /dev/null
}

install_conf() {
  if cmp -s -- "$conf" "$here/nvpmodel.conf"; then return; fi
  replace_conf < "$here/nvpmodel.conf"
}

replace_conf() { # the file's new text from standard input; at once, with the rights of the old one
  real=$(readlink -f -- "$conf") && cp -p -- "$real" "$real.partitune" && cat > "$real.partitune" &&
    mv -- "$real.partitune" "$real" && return
  complain "$conf cannot be written"
  return 1
}

select_mode() { # ID
  # A mode that needs a reboot is asked about; it is not for this script to reboot the board.
  said=$(printf 'no\n' | nvpmodel -m "$1" 2>&1) || {
    complain "nvpmodel -m $1 failed: $said"
    return 1
  }
  is=$(current_mode)
  [ "$is" = "$1" ] && return
  complain "nvpmodel was asked for mode $1 and reports ${is:-none}${said:+; it said: $said}"
  return 1
}

device_set() { # MODE
  "mode_$1"
  install_conf && select_mode "$model_id" || return 1
  said=$(jetson_clocks 2>&1) && return
  complain "jetson_clocks failed: $said"
  return 1
}

device_differences() { # MODE
  "mode_$1"
  different=0
  is=$(current_mode)
  if [ "$is" != "$model_id" ]; then
    say "power mode is ${is:-unknown}, wanted is $model_id ($model_name)"
    different=1
  fi
  "each_setting_$1" compare_value
  [ "$different" -eq 0 ]
}

compare_value() { # LABEL VALUE PATH PATH TABLE TABLE PINNED PINNED
  compare_file "$1" "$2" "$3" "$4"
  if first_there "$7" "$8" > /dev/null; then compare_file "$1, lower bound" "$2" "$7" "$8"; fi
}

compare_file() { # LABEL VALUE PATH PATH
  value=unreadable
  if file=$(first_there "$3" "$4"); then read -r value < "$file"; fi
  if [ "$value" = "$2" ]; then return; fi
  say "$1 is $value, wanted is $2"
  different=1
}

device_restore() {
  read -r before < "$record/mode" || return 1
  left=0
  select_mode "$before" || left=1
  if same_boot; then
    said=$(jetson_clocks --restore "$record/clocks" 2>&1) || {
      complain "jetson_clocks --restore failed: $said"
      left=1
    }
  fi
  if [ "$left" -eq 0 ]; then remove_modes || left=1; fi
  return "$left"
}

remove_modes() { # exactly what the plan put there, whatever else was changed since
  if ! grep -qx "# partitune begin $plan_id" "$conf"; then return; fi
  sed "/^# partitune begin $plan_id\$/,/^# partitune end $plan_id\$/d" < "$conf" > "$record/cleaned" &&
    replace_conf < "$record/cleaned" || return 1
  if ! cmp -s -- "$conf" "$record/nvpmodel.conf"; then note "$conf was changed by others meanwhile; their changes are kept"; fi
}
