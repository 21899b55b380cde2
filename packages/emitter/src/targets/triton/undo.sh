#!/bin/sh
# Makes the version before this plan current again, or takes the repositories away when there was none, and has the servers that run follow. May be
# repeated. Exit 0 done, 1 a server did not follow: call it again.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=triton.sh
. "$here/triton.sh"

if [ -z "$repository" ]; then
  complain 'PARTITUNE_TRITON_REPOSITORY names no folder for repositories'
  exit 1
fi
if [ "$(digest_of current)" = "$plan_digest" ]; then
  point left "$plan_digest" || exit 1
  before=$(digest_of before)
  if [ -n "$before" ]; then point current "$before" || exit 1; else rm -f -- "$home/current"; fi
fi
if [ "$(digest_of left)" = "$plan_digest" ]; then
  each_piece read_piece reload_from_left || {
    complain 'not every server has followed; call undo.sh again'
    exit 1
  }
  rm -rf -- "$home/left" "$home/before" "$home/versions/$plan_digest" "$home/versions/$plan_digest~"
fi
rmdir -- "$home/versions" "$home" 2> /dev/null
say "plan \"$plan_name\" is not current any more"
