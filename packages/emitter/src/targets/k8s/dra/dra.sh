# shellcheck shell=sh disable=SC2154,SC2034
# Claims of the NVIDIA DRA driver. Read after cluster.sh.

workload_kinds=deployments.apps,resourceclaims.resource.k8s.io,resourceclaimtemplates.resource.k8s.io

check_dra() {
  if kubectl get --raw /apis/resource.k8s.io/v1 > /dev/null 2>&1 < /dev/null; then
    ok 'the cluster has resource.k8s.io/v1'
  else
    bad 'the cluster has no resource.k8s.io/v1; it comes with Kubernetes 1.34'
  fi
  check_may create resourceclaims.resource.k8s.io
  check_may create resourceclaimtemplates.resource.k8s.io
  check_gates
  slices=$(kubectl get resourceslices.resource.k8s.io --output \
    'jsonpath={range .items[?(@.spec.driver=="gpu.nvidia.com")].spec.devices[*]}{.attributes.type.string}{" "}{.attributes.profile.string}{"\n"}{end}' 2> /dev/null < /dev/null)
  each_device check_device
}

check_gates() { # those of the driver's kubelet plugin, in the environment of its containers
  set_gates=$(kubectl get daemonsets.apps --all-namespaces --output \
    'jsonpath={range .items[*].spec.template.spec.containers[*].env[?(@.name=="FEATURE_GATES")]}{.value}{"\n"}{end}' 2> /dev/null < /dev/null)
  for gate in $gates; do
    case $set_gates in
      *"$gate=true"*) ok "the driver's feature gate $gate is on" ;;
      *) bad "the driver's feature gate $gate is off; it is set as featureGates.$gate=true when the driver is installed" ;;
    esac
  done
  case " $gates ,$set_gates" in
    *' MPSSupport '*DynamicMIG=true*) bad "the driver's feature gates DynamicMIG and MPSSupport exclude each other" ;;
  esac
}

# shellcheck disable=SC2317,SC2329 # called by each_device
check_device() { # PROFILE-OR-gpu HOW-MANY
  class=mig.nvidia.com
  if [ "$1" = gpu ]; then class=gpu.nvidia.com; fi
  if kubectl get deviceclass.resource.k8s.io "$class" > /dev/null 2>&1 < /dev/null; then
    ok "device class $class"
  else
    bad "device class $class is missing; install the NVIDIA DRA driver for GPUs"
  fi
  if [ "$1" = gpu ]; then
    there=$(printf '%s\n' "$slices" | grep -c '^gpu ')
  else
    there=$(printf '%s\n' "$slices" | grep -c -x -F -- "mig $1")
  fi
  if [ "$there" -ge "$2" ]; then
    ok "$there devices \"$1\" are published, $2 are needed; whether others hold them only the scheduler knows"
  else
    bad "$there devices \"$1\" are published, $2 are needed; create them first (emit the plan for mig or mig-parted)"
  fi
}
