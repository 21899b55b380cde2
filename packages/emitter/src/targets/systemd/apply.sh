#!/bin/sh
# Installs the plan's units, starts them, now and at every boot, and waits until all are active. An earlier version of the plan is stopped and
# removed first. May be repeated. Exit 0 all are active, 1 they are not: undo.sh then removes them.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=pieces.sh
. "$here/pieces.sh"
# shellcheck source=host.sh
. "$here/host.sh"

if ! found=$(check_host; [ "$failures" -eq 0 ]); then
  printf '%s\n' "$found" | grep '^FAIL' >&2
  exit 1
fi
give_up() {
  complain "plan \"$plan_name\" is not running; undo.sh removes what was installed"
  exit 1
}
if { read -r installed < "$etc/digest"; } 2> /dev/null && [ "$installed" != "$plan_digest" ]; then
  remove_units || give_up
fi
record_mig || exit 1
if ! install_files; then
  complain "files cannot be written to $etc and $units"
  give_up
fi
tell systemctl daemon-reload || give_up
cut_cards || give_up
tell systemctl enable --now "$target" || give_up
each_unit await_unit || give_up
say "plan \"$plan_name\" runs, at every boot; undo.sh removes it"
