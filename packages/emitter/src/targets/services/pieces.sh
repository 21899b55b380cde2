# shellcheck shell=sh disable=SC2154
# Finds pieces on this host: the UUID of a MIG instance as the bundle for mig or mig-parted wrote it down, or else as `nvidia-smi -L` lists it, where the nth of a
# profile in the plan is the nth below its card, since instances of one profile are alike; the pipes of MPS daemons where the bundles for mps and
# mig put them. Read after common.sh.

written=${PARTITUNE_PIECES:-}
for file in "/var/lib/partitune/fleet/mig-$plan_id/pieces.env" "/var/lib/partitune/fleet/mig-parted-$plan_id/pieces.env"; do
  if [ -z "$written" ] && [ -r "$file" ]; then written=$file; fi
done
run_base=${PARTITUNE_RUN_DIR:-/run/partitune}

uuid_of() { # PIECE CARD KIND PROFILE NTH: of an instance, or of the card itself when it is no MIG piece
  if [ "$3" = mig ] && [ -r "$written" ]; then
    found=$(sed -n "s/^PIECE_$1=\(MIG-[A-Za-z0-9/-]*\)\$/\1/p" "$written")
  else
    found=$(listed "$2" "$3" "$4" "$5")
  fi
  [ -n "$found" ] && say "$found"
}

listed() { # CARD KIND PROFILE NTH
  nvidia-smi -L 2> /dev/null < /dev/null | awk -v card="$1" -v kind="$2" -v profile="$3" -v nth="$4" '
    function uuid(line) { sub(/.*\(UUID: /, "", line); sub(/\).*/, "", line); return line }
    /^GPU / {
      number = $2
      sub(/:$/, "", number)
      mine = (number == card || uuid($0) == card)
      if (mine && kind != "mig") { print uuid($0); exit }
    }
    mine && /^ +MIG / && $2 == profile && seen++ == nth { print uuid($0); exit }'
}

check_piece() { # PIECE ID CARD KIND PROFILE NTH
  if found=$(uuid_of "$1" "$3" "$4" "$5" "$6"); then
    ok "piece \"$2\" is $found"
  elif [ "$4" = mig ]; then
    bad "piece \"$2\": card $3 has no MIG instance $5 number $(($6 + 1)); create it first (emit the plan for mig or mig-parted)"
  else
    bad "piece \"$2\": card $3 is not there; nvidia-smi -L lists those that are"
  fi
}

pipe_of() { say "$run_base/mps-$plan_id/mps-$1"; }          # NUMBER OF A CARD: of its daemon, when it is divided into shares
pipe_of_piece() { say "$run_base/mig-$plan_id/mps-$1"; } # PIECE: of the daemon within a MIG instance

check_daemon() { # ID PIPES
  answer=$(echo get_server_list | CUDA_MPS_PIPE_DIRECTORY=$2 timeout 20 nvidia-cuda-mps-control 2>&1) || answer='Cannot find MPS control daemon'
  case $answer in
    *'Cannot find MPS control daemon'*) bad "piece \"$1\": no MPS daemon answers in $2; start it first (emit the plan for mps, or for mig where processes share an instance)" ;;
    *) ok "piece \"$1\": an MPS daemon answers in $2" ;;
  esac
}
