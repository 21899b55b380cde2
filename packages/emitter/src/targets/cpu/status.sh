#!/bin/sh
# Says of every placement whether it serves. Exit 0 all do, 1 they do not.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

state_of() { # N
  if is_serving "$1"; then
    state=serving
  elif server_of "$1" > /dev/null; then
    state='starting or ending'
  elif [ -e "$run/$1.pid" ]; then
    state=ended
  else
    state=stopped
  fi
}

{ read -r mechanism < "$run/mechanism"; } 2> /dev/null || mechanism=none
for n in $placements; do
  use "$n"
  state_of "$n"
  say "$state  \"$placement_id\"  $partition  $mechanism  pid $(server_of "$n" || say -)  $run/$n.sock"
  if [ "$state" = ended ]; then tail -n 1 -- "$run/$n.log"; fi
done
all_serve
