#!/bin/sh
# Looks up the pieces, starts every container, removes those of an earlier version of the plan, and waits until all run. May be repeated. Exit 0 all
# run, 1 they do not: undo.sh then removes them.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=pieces.sh
. "$here/pieces.sh"
# shellcheck source=compose.sh
. "$here/compose.sh"

if ! found=$(check_docker; [ "$failures" -eq 0 ]); then
  printf '%s\n' "$found" | grep '^FAIL' >&2
  exit 1
fi
write_variables || exit 1
if ! said=$(compose up --detach --remove-orphans --wait --wait-timeout "$timeout_s" 2>&1); then
  complain "docker compose up failed: $said"
  complain 'undo.sh removes what was started'
  exit 1
fi
found=$(each_service show_service; [ "$failures" -eq 0 ]) || {
  complain "$found"
  complain 'not everything runs; undo.sh removes what was started'
  exit 1
}
say "plan \"$plan_name\" runs; undo.sh removes it"
