import type { FleetPlan, Warning } from "@partitune/schema";
import type { Emission, EmitOptions, EmittedFile, Refusal, Target } from "../emission.ts";
import { planId } from "../planId.ts";
import { fleetCards } from "./fleet/fleetCards.ts";
import { fleetWarnings } from "./fleet/fleetWarnings.ts";
import {
  devicePluginConfig,
  devicePluginManifests,
  devicePluginRefusals,
  devicePluginResources,
} from "./k8s/devicePlugin.ts";
import { draDevices, draGates, draManifests, draRefusals } from "./k8s/dra.ts";
import { k8sReadme } from "./k8s/k8sReadme.ts";
import { type Naming, namingOf } from "./k8s/manifest.ts";
import { commonFile, planFile, scriptFile, textFile, turnWarnings, valuesFile } from "./services/fleetBundle.ts";
import { tenantsOf } from "./services/fleetParts.ts";
import { memoryWarnings } from "./services/mpsLimits.ts";
import { yamlText } from "./services/yamlText.ts";

/** How a cluster hands out cards. */
type Way = "device-plugin" | "dra";

/**
 * Kubernetes, for both ways in which a cluster hands out NVIDIA cards: `dra/` with claims of the DRA driver (resource.k8s.io/v1), `device-plugin/`
 * with a configuration of the device plugin; both with a Deployment for each tenant. The one that cannot carry the plan is left out, with
 * a warning that says why.
 *
 * Refused: what neither can say, piece by piece. Needs an image for each workload.
 */
export const k8s: Target<FleetPlan> = { kinds: ["fleet-plan"], write };

function write(plan: FleetPlan, options: EmitOptions): Emission {
  const refused: Readonly<Record<Way, readonly Refusal[]>> = {
    dra: draRefusals(plan),
    "device-plugin": devicePluginRefusals(plan),
  };
  const ways = (["dra", "device-plugin"] as const).filter((way) => refused[way].length === 0);
  if (ways.length === 0)
    return { status: "refused", refusals: uniqueRefusals([...refused.dra, ...refused["device-plugin"]]) };
  const naming = namingOf(plan, options);
  const files = ways.flatMap((way) => (way === "dra" ? draFiles : devicePluginFiles)(plan, options, naming));
  const readme = k8sReadme(plan, options, naming, ways, refused);
  return {
    status: "emitted",
    files: [...files, planFile(plan), textFile("README.md", readme)],
    warnings: [
      ...fleetWarnings(fleetCards(plan, {}), plan.synthetic, options),
      ...turnWarnings(plan),
      ...(ways.includes("dra") ? memoryWarnings(plan) : []),
      ...Object.entries(refused).flatMap(([way, refusals]) => leftOut(way, refusals)),
    ],
  };
}

function uniqueRefusals(refusals: readonly Refusal[]): readonly Refusal[] {
  return [...new Map(refusals.map((each) => [`${each.where}\n${each.cause}`, each])).values()];
}

function leftOut(way: string, refusals: readonly Refusal[]): readonly Warning[] {
  if (refusals.length === 0) return [];
  const { where, cause, advice } = refusals[0]!;
  const more = refusals.length === 1 ? "" : ` (and ${refusals.length - 1} more, see README.md)`;
  return [{ code: "left-out", where: `${way}/`, cause: `it is left out: ${where}: ${cause}${more}`, advice }];
}

function draFiles(plan: FleetPlan, options: EmitOptions, naming: Naming): readonly EmittedFile[] {
  return [
    ...scripts("dra"),
    textFile("dra/workloads.yaml", yamlText(draManifests(plan, options, naming))),
    valuesFile(
      plan,
      options,
      {
        variables: { namespace: naming.namespace, gates: draGates(plan).join(" ") },
        lists: { device: [...draDevices(plan)], deployment: deployments(plan, naming) },
      },
      "dra/values.sh",
    ),
  ];
}

function devicePluginFiles(plan: FleetPlan, options: EmitOptions, naming: Naming): readonly EmittedFile[] {
  const config = devicePluginConfig(plan);
  return [
    ...scripts("device-plugin"),
    textFile("device-plugin/config.yaml", yamlText([config])),
    // Merged into the plugin's own ConfigMap, where a node chooses its configuration by this key.
    textFile(
      "device-plugin/configmap-patch.yaml",
      yamlText([{ data: { [planId(options.name)]: yamlText([config]) } }]),
    ),
    textFile("device-plugin/workloads.yaml", yamlText(devicePluginManifests(plan, options, naming))),
    valuesFile(
      plan,
      options,
      {
        variables: { namespace: naming.namespace, shared: config.sharing === undefined ? "no" : "yes" },
        lists: {
          resource: [...devicePluginResources(plan)],
          deployment: deployments(plan, naming),
        },
      },
      "device-plugin/values.sh",
    ),
  ];
}

function scripts(way: Way): readonly EmittedFile[] {
  const source = (path: string) => new URL(`k8s/${path}`, import.meta.url);
  return [
    ...["check.sh", "apply.sh", "status.sh", "undo.sh"].map((path) =>
      scriptFile(source(`${way}/${path}`), `${way}/${path}`),
    ),
    scriptFile(source(`${way}/${way}.sh`), `${way}/${way}.sh`, false),
    scriptFile(source("cluster.sh"), `${way}/cluster.sh`, false),
    commonFile(`${way}/common.sh`),
  ];
}

function deployments(plan: FleetPlan, naming: Naming) {
  return tenantsOf(plan).map(({ tenant }) => [naming.tenants.get(tenant.id)!, tenant.processes, tenant.id]);
}
