#!/bin/sh
# Builds this version of the repositories, makes it current, and has the servers that run load it. When one cannot, the version before is current
# again. May be repeated. Exit 0 all that runs has loaded it, 1 something failed.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=triton.sh
. "$here/triton.sh"

version=$home/versions/$plan_digest

# shellcheck disable=SC2317,SC2329 # called by each_model
build_model() { # its configuration, and links to the versions of its files
  mkdir -p -- "$version~/$model_folder/$model" &&
    cp -- "$here/repository/$model_folder/$model/config.pbtxt" "$version~/$model_folder/$model/" || return 1
  for files in "$models/$source"/[1-9]*; do
    ln -s -- "$files" "$version~/$model_folder/$model/${files##*/}" || return 1
  done
}

if ! found=$(check_triton; [ "$failures" -eq 0 ]); then
  printf '%s\n' "$found" | grep '^FAIL' >&2
  exit 1
fi
models=$(cd -- "$models" && pwd -P) || exit 1
rm -rf -- "$version~"
if ! each_model read_model build_model; then
  complain "the repositories cannot be built in $home"
  exit 1
fi
before=$(digest_of current)
if [ "$before" = "$plan_digest" ]; then
  # The same configurations: only links to model files may differ.
  rm -rf -- "$version" && mv -- "$version~" "$version" || exit 1
else
  rm -rf -- "$version" && mv -- "$version~" "$version" || exit 1
  if [ -n "$before" ]; then point before "$before" || exit 1; else rm -f -- "$home/before"; fi
  point current "$plan_digest" || exit 1
fi
if ! each_piece read_piece reload_from_before; then
  complain "not every server has loaded plan \"$plan_name\"; undo.sh makes the version before current again"
  exit 1
fi
drop_others
say "plan \"$plan_name\" is current in $home; undo.sh makes the version before current again"
