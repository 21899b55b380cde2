# shellcheck shell=sh disable=SC2154,SC2034
# The configuration of the NVIDIA device plugin: a key of its ConfigMap, which nodes choose by a label. Read after cluster.sh.

plugin_namespace=${PARTITUNE_PLUGIN_NAMESPACE:-nvidia-device-plugin}
plugin_configmap=${PARTITUNE_PLUGIN_CONFIGMAP:-}
nodes=${PARTITUNE_NODES:-}
label=nvidia.com/device-plugin.config
label_path='jsonpath={.metadata.labels.nvidia\.com/device-plugin\.config}'

plugin() { kubectl --namespace "$plugin_namespace" "$@" < /dev/null; }

check_plugin() {
  if [ -z "$plugin_configmap" ]; then
    bad 'PARTITUNE_PLUGIN_CONFIGMAP does not name the ConfigMap of the device plugin'
  elif plugin get configmap "$plugin_configmap" > /dev/null 2>&1; then
    ok "ConfigMap $plugin_configmap of the device plugin"
  else
    bad "ConfigMap $plugin_configmap is not in namespace $plugin_namespace; PARTITUNE_PLUGIN_NAMESPACE and PARTITUNE_PLUGIN_CONFIGMAP name it"
  fi
  if [ -z "$nodes" ]; then bad 'PARTITUNE_NODES names no nodes that are to carry the plan'; fi
  check_version
  for node in $nodes; do check_node "$node"; done
}

check_version() { # sharing by MPS came with 0.15.0
  image=$(plugin get daemonsets.apps --output \
    'jsonpath={range .items[*].spec.template.spec.containers[*]}{.image}{"\n"}{end}' 2> /dev/null | grep device-plugin | head -n 1)
  version=$(version_of "$image")
  if [ -z "$image" ]; then
    bad "no DaemonSet in namespace $plugin_namespace runs the device plugin"
  elif [ "$shared" = no ]; then
    ok "device plugin $image"
  elif [ -z "$version" ]; then
    note "device plugin $image does not say its version; sharing by MPS needs 0.15.0"
  elif [ "$version" -ge 15 ]; then
    ok "device plugin $image can share cards by MPS"
  else
    bad "device plugin $image cannot share cards by MPS; that came with 0.15.0"
  fi
}

check_node() { # NODE
  if ! labelled=$(kubectl get node "$1" --output "$label_path" 2> /dev/null < /dev/null); then
    bad "node $1 is not there"
    return
  fi
  case $labelled in
    '') ok "node $1 has the plugin's default configuration" ;;
    "$plan_id") note "node $1 carries this plan already" ;;
    *) note "node $1 has configuration $labelled, which undo.sh puts back" ;;
  esac
}

# --- the record of what was before, made once

record_before() {
  make_state || return 1
  if [ -e "$state/complete" ]; then return; fi
  plugin get configmap "$plugin_configmap" --output yaml > "$state/configmap.yaml" &&
    plugin get configmap "$plugin_configmap" --output 'jsonpath={.data}' > "$state/data" &&
    : > "$state/nodes" &&
    for node in $nodes; do
      labelled=$(kubectl get node "$node" --output "$label_path" < /dev/null) && say "$node ${labelled:--}" >> "$state/nodes" || return 1
    done &&
    say "$plugin_namespace $plugin_configmap" > "$state/plugin" && : > "$state/complete" && return
  complain "what is configured now cannot be recorded in $state, so nothing is changed"
  return 1
}

configure() {
  tell kubectl --namespace "$plugin_namespace" patch configmap "$plugin_configmap" --type merge \
    --patch-file "$here/configmap-patch.yaml" || return 1
  for node in $nodes; do
    tell kubectl label node "$node" --overwrite "$label=$plan_id" || return 1
  done
}

# shellcheck disable=SC2317,SC2329 # called by each_resource
await_resource() { # RESOURCE HOW-MANY
  until_true "the nodes offer $2 of $1 (they offer ${offered:-none})" offers "$1" "$2" && return
  complain "MIG instances must exist before: emit the plan for mig or mig-parted"
  return 1
}

# shellcheck disable=SC2317,SC2329 # called by until_true
offers() { # RESOURCE HOW-MANY
  offered=0
  path=$(printf '%s\n' "$1" | sed 's/\./\\./g')
  for node in $nodes; do
    here_offered=$(kubectl get node "$node" --output "jsonpath={.status.allocatable.$path}" 2> /dev/null < /dev/null)
    case $here_offered in '' | *[!0-9]*) ;; *) offered=$((offered + here_offered)) ;; esac
  done
  [ "$offered" -ge "$2" ]
}

restore() { # labels first, so that no node asks for a key that is gone
  read -r plugin_namespace plugin_configmap < "$state/plugin" || return 1
  while read -r node before; do
    if [ "$before" = - ]; then
      tell kubectl label node "$node" "$label-" || return 1
    else
      tell kubectl label node "$node" --overwrite "$label=$before" || return 1
    fi
  done < "$state/nodes"
  tell kubectl --namespace "$plugin_namespace" patch configmap "$plugin_configmap" --type merge \
    --patch "{\"data\":{\"$plan_id\":null}}" || return 1
  if ! now=$(plugin get configmap "$plugin_configmap" --output 'jsonpath={.data}'); then
    complain "ConfigMap $plugin_configmap cannot be read back"
    return 1
  fi
  if [ "$now" != "$(cat "$state/data")" ]; then
    say "note: others changed ConfigMap $plugin_configmap meanwhile; as it was before it is kept in $state.configmap.yaml"
    cp -- "$state/configmap.yaml" "$state.configmap.yaml"
  fi
}
