#!/bin/sh
# Says whether the cards are as planned and which tenants run. Changes nothing. Exit 0 the cards are as planned, 1 they are not.

here=$(cd -- "$(dirname -- "$0")" && pwd -P) || exit 2
# shellcheck source=common.sh
. "$here/common.sh"

if ! same_plan; then
  say "an earlier version of plan \"$plan_name\" is applied"
elif [ -d "$record" ]; then
  say "plan \"$plan_name\" is applied; what was there before is recorded in $record"
else
  say "plan \"$plan_name\" is not applied"
fi
if other=$(worker); then say "process $other is at work on the cards"; fi
if differences=$(device_differences 2>&1); then
  say 'the cards are as planned'
  planned=0
else
  say 'the cards are not as planned:'
  lines "$differences" | indented
  planned=1
fi
if [ ! -e "$here/run.sh" ]; then exit "$planned"; fi
for n in $tenants; do
  "tenant_$n"
  pids=$(marked "$n" | tr '\n' ' ')
  if [ -n "$pids" ]; then say "running  \"$tenant_id\"  processes $pids"; else say "stopped  \"$tenant_id\""; fi
done
exit "$planned"
