# shellcheck shell=sh disable=SC2154
# Processes of tenants. Read by common.sh, whose functions it uses.
#
# Every process of tenant N that run.sh starts carries PARTITUNE_TENANT=<state folder>/N in its environment. That mark is how processes are
# found again: a process id alone may meanwhile belong to somebody else.

drain_s=10 # seconds a tenant may take to end when asked

marked() { # N: processes of a tenant
  grep -slzxF -- "PARTITUNE_TENANT=$state/$1" /proc/[0-9]*/environ | cut -d / -f 3
}

all_marked() {
  for n in $tenants; do marked "$n"; done
}

is_marked() { # PID: whether it is a process of any tenant of this plan
  grep -qszF -- "PARTITUNE_TENANT=$state/" "/proc/$1/environ"
}

stop_tenants() { # asks them to end, then ends them
  pids=$(all_marked)
  if [ -z "$pids" ]; then return; fi
  # shellcheck disable=SC2086 # a list of numbers
  kill -TERM $pids 2> /dev/null
  tenths=0
  while pids=$(all_marked) && [ -n "$pids" ]; do
    if [ "$tenths" -ge $((drain_s * 10 + 20)) ]; then
      complain "processes of tenants cannot be ended: $(printf '%s ' "$pids")"
      return 1
    fi
    # shellcheck disable=SC2086 # a list of numbers
    if [ "$tenths" -ge $((drain_s * 10)) ]; then kill -KILL $pids 2> /dev/null; fi
    sleep 0.1
    tenths=$((tenths + 1))
  done
}
