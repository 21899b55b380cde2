#!/bin/sh
# Says whether this machine can run the plan: one line for each thing looked at. Changes nothing. Exit 0 yes, 1 no.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"
# shellcheck source=machine.sh
. "$here/machine.sh"

check_machine
possible=$?
if [ -n "$passed_on" ]; then echo -cpu > "$passed_on"; fi
running=''
for n in $placements; do
  if server_of "$n" > /dev/null; then running="$running $n"; fi
done
if [ -n "$running" ]; then
  say "FAIL  a plan of the name \"$plan_name\" is running already (placements$running); stop it first with stop.sh"
  possible=1
else
  say "ok    no plan of the name \"$plan_name\" is running"
fi
exit "$possible"
