# shellcheck shell=sh disable=SC2154
# What both ways of handing out cards share: kubectl. Read after common.sh.

manifests=$here/workloads.yaml
workload_kinds=deployments.apps

kube() { kubectl --namespace "$namespace" "$@" < /dev/null; }

check_cluster() {
  check_program kubectl 'https://kubernetes.io/docs/tasks/tools'
  if ! answer=$(kubectl version 2>&1 < /dev/null); then
    bad "the cluster does not answer: $(printf '%s\n' "$answer" | tail -n 1)"
    return 1
  fi
  ok "the cluster answers: $(printf '%s\n' "$answer" | grep -i server | tail -n 1)"
  if kubectl get namespace "$namespace" > /dev/null 2>&1 < /dev/null; then
    ok "namespace $namespace"
  else
    bad "namespace $namespace is missing; kubectl create namespace $namespace"
  fi
  check_may create deployments.apps
}

check_may() { # VERB RESOURCE
  if kube auth can-i "$1" "$2" > /dev/null 2>&1; then
    ok "you may $1 $2"
  else
    bad "you may not $1 $2 in namespace $namespace"
  fi
}

version_of() { # IMAGE: major and minor of its tag as one number; empty when it has none
  printf '%s\n' "${1##*:}" | sed -n 's/^v\{0,1\}\([0-9]\{1,3\}\)\.\([0-9]\{1,3\}\)\..*/\1 \2/p' | {
    read -r major minor && say $((major * 1000 + minor))
  }
}

apply_workloads() {
  tell kubectl apply -f "$manifests" || return 1
  each_deployment roll_out || return 1
  # Of an earlier version of the plan: the selector leaves what was applied just now.
  tell kubectl --namespace "$namespace" delete "$workload_kinds" --ignore-not-found \
    --selector "app.kubernetes.io/part-of=$plan_id,partitune/plan-digest!=$plan_digest"
}

# shellcheck disable=SC2317,SC2329 # called by each_deployment
roll_out() { # DEPLOYMENT REPLICAS TENANT
  tell kubectl --namespace "$namespace" rollout status "deployment/$1" "--timeout=${timeout_s}s" && return
  complain "tenant \"$3\" does not run; kubectl -n $namespace describe deployment $1 says more, undo.sh removes everything"
  return 1
}

delete_workloads() {
  tell kubectl --namespace "$namespace" delete "$workload_kinds" --ignore-not-found \
    --selector "app.kubernetes.io/part-of=$plan_id" || return 1
  until_true "nothing of the plan is left" none_left
}

# shellcheck disable=SC2317,SC2329 # called by until_true
none_left() {
  left=$(kube get "$workload_kinds" --selector "app.kubernetes.io/part-of=$plan_id" --output name 2>&1) && [ -z "$left" ]
}

# shellcheck disable=SC2317,SC2329 # called by each_deployment
show_deployment() { # DEPLOYMENT REPLICAS TENANT
  running=$(kube get deployment "$1" --output 'jsonpath={.status.availableReplicas}' 2> /dev/null)
  if [ "${running:-0}" -ge "$2" ]; then
    say "runs      \"$3\"  $1, $2 of $2"
  else
    say "missing   \"$3\"  $1, ${running:-0} of $2"
    failures=$((failures + 1))
  fi
}
