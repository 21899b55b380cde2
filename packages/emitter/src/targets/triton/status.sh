#!/bin/sh
# Says which servers and models of the plan answer. Exit 0 all, 1 not all.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=triton.sh
. "$here/triton.sh"

# shellcheck disable=SC2317,SC2329 # called by each_piece
show_piece() {
  if is_ready "$url/v2/health/ready"; then
    say "ready    server of piece \"$piece_id\" at $url"
  else
    say "missing  server of piece \"$piece_id\" at $url"
    failures=$((failures + 1))
  fi
  shown=$piece shown_url=$url
  each_model read_model show_model
}

# shellcheck disable=SC2317,SC2329 # called by each_model
show_model() {
  if [ "$model_piece" != "$shown" ]; then return 0; fi
  if is_ready "$shown_url/v2/models/$model/ready"; then
    say "ready    model $model of tenant \"$tenant\""
  else
    say "missing  model $model of tenant \"$tenant\""
    failures=$((failures + 1))
  fi
}

if [ "$(digest_of current)" = "$plan_digest" ]; then
  say "current  plan \"$plan_name\" in $home"
else
  say "missing  plan \"$plan_name\" is not current in $home"
  failures=$((failures + 1))
fi
each_piece read_piece show_piece
[ "$failures" -eq 0 ]
