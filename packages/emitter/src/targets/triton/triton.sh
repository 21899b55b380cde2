# shellcheck shell=sh disable=SC2154,SC2034
# Repositories and servers. A plan's folder holds versions by digest; `current` and `before` are links to two of them. Read after common.sh.

models=${PARTITUNE_MODELS:-}
repository=${PARTITUNE_TRITON_REPOSITORY:-}
host=${PARTITUNE_TRITON_HOST:-127.0.0.1}
home=$repository/$plan_id

# shellcheck disable=SC2317,SC2329 # called by each_piece
read_piece() { # the words of a piece, and a command to call when its variables are set
  command=$1
  piece=$2 piece_id=$3 folder=$4 card_number=$5 card=$6 kind=$7 profile=$8 nth=$9
  shift 9
  percent=$1 memory_mib=$2 port=$3 turns=$4
  url=http://$host:$port
  "$command"
}

# shellcheck disable=SC2317,SC2329 # called by each_model
read_model() { # a command to call, then the words of a model: number and folder of its piece, name, source, tenant
  command=$1
  model_piece=$2 model_folder=$3 model=$4 source=$5 tenant=$6
  "$command"
}

is_ready() { curl --fail --silent --show-error --max-time 5 --output /dev/null "$1" 2> /dev/null; } # URL

post() { # URL WHAT
  if answer=$(curl --fail-with-body --silent --show-error --max-time "$timeout_s" --request POST --header 'Content-Type: application/json' --data '{}' "$1" 2>&1 < /dev/null); then return; fi
  complain "$2 failed: $answer"
  return 1
}

digest_of() { # LINK: the version it leads to
  target=$(readlink -- "$home/$1" 2> /dev/null) && say "${target##*/}"
}

# shellcheck disable=SC2317,SC2329 # called by each_piece
reload_piece() { # has the piece's server, if it runs, load what is current, and unload what it had from the version before
  if ! is_ready "$url/v2/health/live"; then
    say "piece \"$piece_id\": no server answers at $url; start it with serve.sh"
    return 0
  fi
  for old in "$home/$1/$folder"/*; do
    if [ -d "$old" ] && [ ! -d "$home/current/$folder/${old##*/}" ]; then
      post "$url/v2/repository/models/${old##*/}/unload" "unloading model ${old##*/} of piece \"$piece_id\"" || return 1
    fi
  done
  for new in "$home/current/$folder"/*; do
    if [ ! -d "$new" ]; then continue; fi
    post "$url/v2/repository/models/${new##*/}/load" "loading model ${new##*/} of piece \"$piece_id\"" || return 1
    until_true "model ${new##*/} of piece \"$piece_id\" is ready" is_ready "$url/v2/models/${new##*/}/ready" || return 1
  done
}

# shellcheck disable=SC2317,SC2329 # called by each_piece
reload_from_before() { reload_piece before; }
# shellcheck disable=SC2317,SC2329 # called by each_piece
reload_from_left() { reload_piece left; }

point() { # LINK DIGEST: in one step
  ln -sfn -- "versions/$2" "$home/$1~" && mv -T -- "$home/$1~" "$home/$1" && return
  complain "link $home/$1 cannot be set"
  return 1
}

drop_others() { # versions that neither link leads to
  for version in "$home"/versions/*; do
    name=${version##*/}
    if [ "$name" != "$(digest_of current)" ] && [ "$name" != "$(digest_of before)" ]; then rm -rf -- "$version"; fi
  done
}

# --- looking

check_triton() {
  check_program curl 'Debian package curl'
  if command -v tritonserver > /dev/null; then ok 'program tritonserver'; else note 'program tritonserver is missing here; serve.sh needs it, in a container or on the path'; fi
  if [ -d "$models" ]; then ok "models in $models"; else bad "PARTITUNE_MODELS names no folder of models (\"$models\")"; fi
  if [ -z "$repository" ]; then
    bad 'PARTITUNE_TRITON_REPOSITORY names no folder for repositories'
  elif nearest=$(existing "$home") && [ -d "$nearest" ] && [ -w "$nearest" ]; then
    ok "repositories in $home"
  else
    bad "folder $home cannot be made or written"
  fi
  each_model read_model check_model
}

existing() { # PATH: it, or the nearest folder above it that is there
  above=$1
  until [ -e "$above" ]; do above=$(dirname -- "$above"); done
  say "$above"
}

# shellcheck disable=SC2317,SC2329 # called by each_model
check_model() {
  for version in "$models/$source"/[1-9]*; do
    if [ -d "$version" ]; then
      ok "tenant \"$tenant\": model $source has version ${version##*/}"
      return
    fi
  done
  bad "tenant \"$tenant\": $models/$source has no version, such as $source/1/model.onnx"
}

# shellcheck disable=SC2317,SC2329 # called by each_piece
check_place() {
  check_piece "$piece" "$piece_id" "$card" "$kind" "$profile" "$nth"
  if [ "$kind" = mps-share ]; then check_daemon "$piece_id" "$(pipe_of "$card_number")"; fi
  if is_ready "$url/v2/health/ready"; then ok "piece \"$piece_id\": a server is ready at $url"; else note "piece \"$piece_id\": no server is ready at $url"; fi
}
