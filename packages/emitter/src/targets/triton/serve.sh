#!/bin/sh
# serve.sh PIECE: becomes the Triton server of a piece, with the plan's limits, on the piece's ports. Without a piece, lists them. Exit 2 no such piece.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=pieces.sh
. "$here/pieces.sh"
# shellcheck source=triton.sh
. "$here/triton.sh"

# shellcheck disable=SC2317,SC2329 # called by each_piece
list_piece() { printf '  %s  (%s, port %s)\n' "$piece_id" "$folder" "$port"; }

# shellcheck disable=SC2317,SC2329 # called by each_piece
serve_piece() {
  if [ "$piece_id" != "$wanted" ] && [ "$folder" != "$wanted" ]; then return 0; fi
  if [ ! -d "$home/current/$folder" ]; then
    complain "plan \"$plan_name\" is not current in $home; call apply.sh first"
    exit 1
  fi
  unset CUDA_VISIBLE_DEVICES CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_LOG_DIRECTORY CUDA_MPS_ACTIVE_THREAD_PERCENTAGE CUDA_MPS_PINNED_DEVICE_MEM_LIMIT
  enter_piece
  set -- "--model-repository=$home/current/$folder" --model-control-mode=explicit \
    "--http-port=$port" "--grpc-port=$((port + 1))" "--metrics-port=$((port + 2))"
  for each in "$home/current/$folder"/*; do set -- "$@" "--load-model=${each##*/}"; done
  if [ -n "$turns" ]; then set -- "$@" --rate-limit=execution_count "--rate-limit-resource=turn:$turns:0"; fi
  exec tritonserver "$@"
}

# shellcheck disable=SC2317,SC2329 # called by serve_piece
enter_piece() {
  if [ "$kind" = mps-share ]; then # the daemon shows its clients one device
    CUDA_MPS_PIPE_DIRECTORY=$(pipe_of "$card_number")
    export CUDA_MPS_PIPE_DIRECTORY CUDA_MPS_ACTIVE_THREAD_PERCENTAGE="$percent"
    if [ -n "$memory_mib" ]; then export CUDA_MPS_PINNED_DEVICE_MEM_LIMIT="0=${memory_mib}M"; fi
  elif CUDA_VISIBLE_DEVICES=$(uuid_of "$piece" "$card" "$kind" "$profile" "$nth"); then
    export CUDA_VISIBLE_DEVICES
  else
    complain "piece \"$piece_id\" is not there; check.sh says more"
    exit 1
  fi
}

wanted=${1:-}
if [ -n "$wanted" ]; then each_piece read_piece serve_piece; fi
complain "name a piece of the plan:"
each_piece read_piece list_piece >&2
exit 2
