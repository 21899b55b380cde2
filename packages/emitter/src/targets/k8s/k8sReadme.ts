import type { FleetPlan } from "@partitune/schema";
import type { EmitOptions, Refusal } from "../../emission.ts";
import { markdownCode as code } from "../../markdownCode.ts";
import { fleetReadme, refusalLines } from "../services/fleetReadme.ts";
import { draGates } from "./dra.ts";
import type { Naming } from "./manifest.ts";

/** Words for the operator of a cluster, in Markdown. */
export function k8sReadme(
  plan: FleetPlan,
  options: EmitOptions,
  naming: Naming,
  ways: readonly string[],
  refused: Readonly<Record<string, readonly Refusal[]>>,
): string {
  const missing = Object.entries(refused).filter(([, refusals]) => refusals.length > 0);
  const left = missing.map(([way, refusals]) => `\n${code(`${way}/`)} is left out:\n\n${refusalLines(refusals)}\n`);
  const usage = `Choose the folder that fits how the cluster hands out cards: ${ways.map((way) => code(`${way}/`)).join(" or ")}.

${ways.map((way) => usageOf[way as keyof typeof usageOf](plan)).join("\n")}
    FOLDER/check.sh     can this cluster run it? one line for each thing looked at; changes nothing
    FOLDER/apply.sh     apply, wait until it runs and read it back; may be repeated
    FOLDER/status.sh    does everything run?
    FOLDER/undo.sh      remove it and put back what was before; may be repeated

\`kubectl\` uses its current context. What was before is kept in \`~/.local/state/partitune\`, or in the folder that
\`PARTITUNE_STATE_DIR\` names. \`PARTITUNE_TIMEOUT_S\` (300) is how long apply.sh waits for one thing.
${left.join("")}`;
  return fleetReadme(plan, options, {
    title: `for Kubernetes, namespace ${code(naming.namespace)}`,
    usage,
    notes: [...ways.flatMap((way) => notesOf[way as keyof typeof notesOf]), ...commonNotes],
    nameOf: (tenant) => naming.tenants.get(tenant)!,
  });
}

const usageOf = {
  dra: (plan: FleetPlan) => {
    const gates = draGates(plan);
    const needed =
      gates.length === 0 ? "" : `; the feature gates ${gates.join(" and ")} of the driver, alpha and off by default`;
    return `\`dra/\` needs Kubernetes 1.34 and the NVIDIA DRA driver for GPUs${needed}.\n`;
  },
  "device-plugin": () =>
    "`device-plugin/` needs the NVIDIA device plugin with a ConfigMap: `PARTITUNE_PLUGIN_NAMESPACE` and `PARTITUNE_PLUGIN_CONFIGMAP` name it, `PARTITUNE_NODES` the nodes that are to carry the plan, separated by spaces.\n",
} as const;

const notesOf = {
  dra: [
    "MIG instances must exist before: emit the plan for `mig` or `mig-parted`. A claim asks for a profile; which instance of it, and so which start, the driver picks.",
    "MPS shares are limits, not reservations. The daemon of a claim starts with the largest share; each container lowers its own by `CUDA_MPS_ACTIVE_THREAD_PERCENTAGE` and `CUDA_MPS_PINNED_DEVICE_MEM_LIMIT`. Processes of one tenant divide its share. Memory limits are the measured memory and a tenth.",
    "All that shares a card refers to one claim, so it runs on one node.",
    "The driver's gates MPSSupport and DynamicMIG exclude each other.",
  ],
  "device-plugin": [
    "The plugin has one configuration for all cards of a node, and hands out any instance of a profile or any replica: neighbours may be others than planned.",
    "With MPS every replica is held to an equal part of multiprocessors and memory.",
    "apply.sh adds one key to the ConfigMap and labels the nodes; undo.sh takes both back and compares the rest with what it saved.",
  ],
} as const;

const commonNotes = [
  "A container's image starts a server for `PARTITUNE_WORKLOAD` that forms batches up to `PARTITUNE_BATCH` and waits at most `PARTITUNE_MAX_DELAY_S` for one to fill.",
  "Names that Kubernetes does not allow are shortened and get a digest; annotations have the plan's own.",
  "Power is not set: cards run in their default mode.",
] as const;
