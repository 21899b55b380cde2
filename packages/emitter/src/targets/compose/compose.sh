# shellcheck shell=sh disable=SC2154
# Docker and the plan's compose file. Read after common.sh and pieces.sh.

variables=$state/pieces.env

compose() {
  docker compose --project-name "partitune-$plan_id" --env-file "$variables" --file "$here/compose.yaml" "$@" < /dev/null
}

check_docker() {
  check_program docker 'https://docs.docker.com/engine/install'
  check_program nvidia-smi 'comes with the driver'
  if version=$(docker compose version --short 2> /dev/null < /dev/null); then
    ok "docker compose $version"
  else
    bad 'docker compose is missing (Debian package docker-compose-plugin, from Docker)'
  fi
  if runtimes=$(docker info --format '{{json .Runtimes}} {{json .CDISpecDirs}}' 2>&1 < /dev/null); then
    ok 'the Docker daemon answers'
    case $runtimes in
      *nvidia*) ok 'the Docker daemon has the NVIDIA runtime' ;;
      *) note 'the Docker daemon names no NVIDIA runtime; devices need it, or CDI (NVIDIA Container Toolkit)' ;;
    esac
  else
    bad "the Docker daemon does not answer: $(printf '%s\n' "$runtimes" | tail -n 1)"
  fi
  for image in $images; do
    if docker image inspect "$image" > /dev/null 2>&1 < /dev/null; then ok "image $image"; else note "image $image is not here yet and will be pulled"; fi
  done
  each_piece check_host_piece
}

# shellcheck disable=SC2317,SC2329 # called by each_piece
check_host_piece() { # PIECE ID CARD KIND PROFILE NTH MPS CARD-NUMBER
  check_piece "$1" "$2" "$3" "$4" "$5" "$6"
  if [ "$7" = yes ]; then check_daemon "$2" "$(pipes_of "$1" "$4" "$8")"; fi
}

pipes_of() { # PIECE KIND CARD-NUMBER: of the daemon of the instance, or of the card
  if [ "$2" = mig ]; then pipe_of_piece "$1"; else pipe_of "$3"; fi
}

# shellcheck disable=SC2317,SC2329 # called by each_piece
write_piece() { # PIECE ID CARD KIND PROFILE NTH MPS CARD-NUMBER
  if ! found=$(uuid_of "$1" "$3" "$4" "$5" "$6"); then
    complain "piece \"$2\" is not there; check.sh says more"
    return 1
  fi
  say "PIECE_$1=$found" >> "$variables~"
  if [ "$7" = yes ]; then say "PIPES_$1=$(pipes_of "$1" "$4" "$8")" >> "$variables~"; fi
}

write_variables() {
  make_state && : > "$variables~" && each_piece write_piece && mv -- "$variables~" "$variables"
}

# shellcheck disable=SC2317,SC2329 # called by each_service
show_service() { # SERVICE REPLICAS TENANT
  running=$(compose ps --status running --quiet "$1" 2> /dev/null | grep -c .)
  if [ "$running" -ge "$2" ]; then
    say "runs      \"$3\"  $1, $running of $2"
  else
    say "missing   \"$3\"  $1, $running of $2"
    failures=$((failures + 1))
  fi
}
