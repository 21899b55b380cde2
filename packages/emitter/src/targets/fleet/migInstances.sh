# shellcheck shell=sh disable=SC2154
# MIG instances that a card has. Read by device.sh after nvidia.sh.

mig_mode() { # UUID: "Enabled,Enabled", now and after the next reset
  modes=$(nvidia-smi -i "$1" --query-gpu=mig.mode.current,mig.mode.pending --format=csv,noheader 2> /dev/null < /dev/null) &&
    printf '%s\n' "$modes" | tr -d ' '
}

instances() { # UUID: lines "PROFILE-ID INSTANCE START SIZE NAME"
  if ! listed=$(nvidia-smi mig -i "$1" -lgi 2>&1 < /dev/null); then
    case $listed in *'No GPU instances found'*) return 0 ;; esac
    complain "nvidia-smi mig -i $1 -lgi failed: $listed"
    return 1
  fi
  printf '%s\n' "$listed" | awk '
    /^\|[ ]*[0-9]+[ ]+MIG / {
      if ($7 !~ /^[0-9]+:[0-9]+$/ || $5 $6 ~ /[^0-9]/) { bad = 1; next }
      split($7, place, ":")
      print $5, $6, place[1], place[2], $4
    }
    END { exit bad }' || {
    complain "what nvidia-smi mig -i $1 -lgi says cannot be read: $listed"
    return 1
  }
}

# shellcheck disable=SC2034 # existing, trouble: for device.sh
look() { # UUID: sets what nvidia-smi says of the card now: existing, compute, details and devices, which those below read; else trouble, and 1
  trouble=''
  if ! existing=$(instances "$1" 2>&1); then
    trouble=$existing
  elif ! compute=$(nvidia-smi mig -i "$1" -lci 2>&1 < /dev/null) && case $compute in *'No compute instances found'*) false ;; esac; then
    trouble="nvidia-smi mig -i $1 -lci failed: $compute"
  elif ! details=$(nvidia-smi -i "$1" -q -x 2>&1 < /dev/null); then
    trouble="nvidia-smi -i $1 -q -x failed: $details"
  elif ! devices=$(nvidia-smi -L 2>&1 < /dev/null); then
    trouble="nvidia-smi -L failed: $devices"
  else
    return 0
  fi
  return 1
}

look_or_complain() { # UUID
  look "$1" && return
  complain "$trouble"
  return 1
}

compute_instances() { # INSTANCE: how many compute instances it has
  printf '%s\n' "$compute" | awk -v gi="$1" '/^\|[ ]*[0-9]+[ ]+[0-9]+[ ]+MIG / && $3 == gi { n++ } END { print n + 0 }'
}

processes_on() { # INSTANCE: process ids, in a line
  printf '%s\n' "$details" | awk -F '[<>]' -v gi="$1" '
    $2 == "process_info" { open = 1; mine = 0 }
    $2 == "/process_info" { open = 0 }
    open && $2 == "gpu_instance_id" { mine = ($3 == gi) }
    open && mine && $2 == "pid" { printf "%s ", $3 }'
}

mig_uuid() { # UUID INSTANCE
  number=$(printf '%s\n' "$details" | awk -F '[<>]' -v gi="$2" '
    $2 == "mig_device" { open = 1 }
    $2 == "/mig_device" { open = 0 }
    open && $2 == "index" { number = $3 }
    open && $2 == "gpu_instance_id" && $3 == gi { print number; exit }')
  [ -n "$number" ] && printf '%s\n' "$devices" | awk -v card="(UUID: $1)" -v number="$number" '
    /^GPU / { mine = index($0, card) > 0 }
    mine && /^ +MIG / && match($0, /Device +[0-9]+:/) {
      device = substr($0, RSTART, RLENGTH)
      gsub(/[^0-9]/, "", device)
      if (device == number && match($0, /UUID: MIG-[^)]*/)) { print substr($0, RSTART + 6, RLENGTH - 6); found = 1; exit }
    }
    END { exit !found }'
}

write_pieces() { # from $record/clients, lines "PIECE<tab>MIG-UUID<tab>ID": files for those who start clients
  sed "s/^\([0-9]*\)	\([^	]*\)	.*/PIECE_\1=\2/" "$record/clients" > "$state/pieces.env" &&
    cut -f 2- "$record/clients" > "$state/pieces.tsv" && chmod 644 "$state/pieces.env" "$state/pieces.tsv"
}

forget_pieces() { rm -f -- "$state/pieces.env" "$state/pieces.tsv"; }
